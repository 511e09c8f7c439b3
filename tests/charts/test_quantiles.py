"""Logarithms of quantiles against SciPy, and every derivative against the one before it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytensor import function
from pytensor.gradient import NullTypeGradError, grad
from scipy import special
from tests.charts.test_fused import EPS, MODES

from unfunnel.charts.kernels_quantiles import from_python
from unfunnel.charts.quantiles import EXPONENTIAL, HALF_CAUCHY, HALF_NORMAL, LogQuantile, log_quantile

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
    assert from_python(f"{name}_0", x) == pytest.approx(of_scipy(name, x), rel=tolerance, abs=tolerance)


@pytest.mark.parametrize("name", QUANTILES)
@pytest.mark.parametrize("order", [1, 2])
@given(x=st.floats(-30.0, 30.0))
@settings(max_examples=100)
def test_derivatives(name: str, order: int, x: float) -> None:
    """Central differences of the order before, which err by h² and ε / h times what they are of."""
    step = 1e-4
    above, below = (from_python(f"{name}_{order - 1}", x + side) for side in (step, -step))
    found = from_python(f"{name}_{order}", x)
    # Third derivatives of log quantiles are below 1 in size.
    assert found == pytest.approx((above - below) / (2.0 * step), abs=step**2 + 100.0 * EPS * (1.0 + x * x) / step)


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
    slope, bend = (np.array([from_python(f"{name}_{order}", point) for point in points]) for order in (1, 2))
    expected = [[of_scipy(name, point) for point in points], np.log(slope), slope + bend / slope]
    for mine, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-9, atol=1e-9)


def test_there_is_no_third_derivative() -> None:
    x = pt.dscalar("x")
    second = pt.elemwise.Elemwise(LogQuantile(HALF_NORMAL, 2))(x)
    with pytest.raises(NullTypeGradError):
        grad(second, x)
