"""Logarithms of quantiles against SciPy, and every derivative against the one before it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytensor.tensor as pt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytensor import function
from pytensor.gradient import grad
from scipy import special
from tests.charts.test_fused import EPS, MODES

from unfunnel.charts.kernels_quantiles import from_python
from unfunnel.charts.quantiles import EXPONENTIAL, HALF_CAUCHY, HALF_NORMAL, log_quantile

QUANTILES: dict[str, tuple[Any, Any]] = {
    HALF_NORMAL: (lambda p: np.sqrt(2.0) * special.erfinv(p), lambda p: np.sqrt(2.0) * special.erfcinv(p)),
    HALF_CAUCHY: (lambda p: np.tan(np.pi / 2.0 * p), lambda p: 1.0 / np.tan(np.pi / 2.0 * p)),
    EXPONENTIAL: (lambda p: -np.log1p(-p), lambda p: -np.log(p)),
}
"""From the lower tail probability, and from the upper one."""


def of_scipy(name: str, x: float) -> float:
    """From the nearer tail."""
    lower, upper = QUANTILES[name]
    return float(np.log(lower(special.ndtr(x)) if x < 0 else upper(special.ndtr(-x))))


@pytest.mark.parametrize("name", QUANTILES)
@given(x=st.floats(-37.0, 37.0))
@settings(max_examples=200)
def test_the_quantile_is_scipys(name: str, x: float) -> None:
    # A tail probability is known to x² ε, and so is its logarithm.
    tolerance = 20.0 * EPS * (1.0 + x * x)
    assert from_python(name, x) == pytest.approx(of_scipy(name, x), rel=tolerance, abs=tolerance)


@cache
def slopes(name: str) -> Any:
    """From x to ``log g'`` and to the derivatives of g and of that, as PyTensor takes them."""
    x = pt.dscalar("x")
    level, log_slope = log_quantile(x, name)
    return function([x], [log_slope, grad(level, x), grad(log_slope, x)], mode="FAST_COMPILE")


@pytest.mark.parametrize("name", QUANTILES)
@given(x=st.floats(-30.0, 30.0))
@settings(max_examples=100)
def test_derivatives(name: str, x: float) -> None:
    """Central differences, which err by h² and ε / h times what they are of."""
    step = 1e-4
    log_slope, slope, bend = slopes(name)(x)
    sides = (x + step, x - step)
    # Third derivatives of log quantiles, and of the logarithms of their slopes, are below 1 in size.
    tolerance = step**2 + 100.0 * EPS * (1.0 + x * x) / step
    above, below = (from_python(name, side) for side in sides)
    assert slope == pytest.approx((above - below) / (2.0 * step), abs=tolerance)
    assert np.exp(log_slope) == pytest.approx(slope, rel=100.0 * EPS * (1.0 + x * x))
    above, below = (slopes(name)(side)[0] for side in sides)
    assert bend == pytest.approx((above - below) / (2.0 * step), abs=tolerance)


@pytest.mark.parametrize("name", QUANTILES)
@pytest.mark.parametrize("x", [-37.0, 37.0])
def test_a_slope_far_out_is_that_of_mills(name: str, x: float) -> None:
    """By the density and the tail probability, from SciPy."""
    level = of_scipy(name, x)
    density = {
        HALF_NORMAL: lambda: 0.5 * np.log(2.0 / np.pi) - 0.5 * np.exp(2.0 * level),
        HALF_CAUCHY: lambda: np.log(2.0 / np.pi) - np.logaddexp(0.0, 2.0 * level),
        EXPONENTIAL: lambda: -np.exp(level),
    }[name]()
    expected = -0.5 * x * x - 0.5 * np.log(2.0 * np.pi) - density - level
    assert slopes(name)(x)[0] == pytest.approx(expected, abs=20.0 * EPS * x * x)


@pytest.mark.parametrize("name", QUANTILES)
@pytest.mark.parametrize("mode", MODES)
def test_numba_and_jax(name: str, mode: str) -> None:
    if mode == "JAX":
        pytest.importorskip("jax")
    x = pt.dvector("x")
    level, log_slope = log_quantile(x, name)
    outputs = [level, log_slope, grad(level.sum() + log_slope.sum(), x)]
    points = np.linspace(-8.0, 8.0, 33)
    found = function([x], outputs, mode=mode)(points)
    log_slopes, slope, bend = np.array([slopes(name)(point) for point in points]).T
    expected = [[of_scipy(name, point) for point in points], log_slopes, slope + bend]
    for mine, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-9, atol=1e-9)
