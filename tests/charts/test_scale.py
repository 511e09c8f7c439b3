from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pytensor.graph.replace import graph_replace
from scipy import stats
from tests.charts.harness import ROUNDINGS, ChartInUse, chart_in_use
from tests.charts.strategies import coordinates, powers, scales
from tests.graphs import EPS, compiled, with_settable_charts

from unfunnel import Informed
from unfunnel.families import FAMILIES

PRIORS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "HalfNormal": (lambda width: pm.HalfNormal("tau", width), stats.halfnorm),
    "HalfCauchy": (lambda width: pm.HalfCauchy("tau", width), stats.halfcauchy),
    "Exponential": (lambda width: pm.Exponential("tau", scale=width), stats.expon),
}
widths = powers(-6, 6)


def model_of(name: str) -> Any:
    with pm.Model() as model:
        width = pm.HalfNormal("width")
        pm.Normal("theta", 0, PRIORS[name][0](width), shape=2)
    return model


@pytest.fixture(scope="module", params=PRIORS)
def prior(request: pytest.FixtureRequest) -> tuple[Any, ChartInUse]:
    return PRIORS[request.param][1], chart_in_use(model_of(request.param), Informed(), "tau", ["width"])


def tail(distribution: Any, scale: float, width: float, *, lower: bool) -> float:
    """The tail probability beyond a scale; SciPy gives both to the last digits, which its quantiles are not."""
    return (distribution.cdf if lower else distribution.sf)(scale, scale=width)


def test_every_whitening_family_is_tested_here() -> None:
    assert {family.name for family in FAMILIES if family.whitening is not None} == set(PRIORS)


@given(coordinates, widths)
@example(-8.0, 1.0)
@example(8.0, 1.0)
def test_whitened(prior: Any, x: float, width: float) -> None:
    distribution, chart = prior
    chart.set("tau", logarithmic=0.0)
    value, log_jacobian, slope = chart.backward(x, width)
    # A tail probability changes by x² times the relative change of x.
    room = ROUNDINGS * EPS * (1.0 + x**2)
    np.testing.assert_allclose(tail(distribution, value, width, lower=x < 0), stats.norm.cdf(-abs(x)), rtol=room)
    assert abs(log_jacobian - np.log(slope)) <= room + ROUNDINGS * EPS * abs(np.log(width))
    expected = stats.norm.logpdf(x) - distribution.logpdf(value, scale=width)
    assert abs(log_jacobian - expected) <= room + ROUNDINGS * EPS * abs(np.log(width))
    # On the way back a relative change of the tail moves x by Mills' ratio, which is at most 1.26 / max(1, |x|).
    assert abs(chart.forward(value, width) - x) <= ROUNDINGS * EPS * (1.0 + abs(x))


@given(st.floats(-18.4, 18.4), widths)
def test_logarithmic(prior: Any, x: float, width: float) -> None:
    _, chart = prior
    chart.set("tau", logarithmic=1.0)
    value, log_jacobian, slope = chart.backward(x, width)
    assert value == np.exp(x)  # from 1e-8 to 1e8
    assert log_jacobian == x
    np.testing.assert_allclose(slope, value, rtol=EPS)
    assert abs(chart.forward(value, width) - x) <= EPS * (1.0 + abs(x))


@given(scales)
def test_a_scale_far_out_in_its_prior_still_has_a_logarithm(prior: Any, scale: float) -> None:
    """Of a wide range only the logarithm is asked for; the other branch overflows and must not spoil it."""
    _, chart = prior
    chart.set("tau", logarithmic=1.0)
    x = chart.forward(scale, 1.0)
    assert x == np.log(scale)
    value, log_jacobian, slope = chart.backward(x, 1.0)
    assert np.isfinite([value, log_jacobian, slope]).all()


@pytest.fixture(scope="module", params=PRIORS)
def density(request: pytest.FixtureRequest) -> Any:
    """Log density of an uninformed scale in its chart and the gradient, as a function of x and of log width."""
    charted, numbers = with_settable_charts(model_of(request.param), Informed())
    x, log_width = (charted.rvs_to_values[charted[name]] for name in ("tau", "width"))
    total = charted.logp([charted["tau"]])
    return compiled([x, log_width], [total, pt.grad(total, x)]), numbers["tau::logarithmic"]


@given(coordinates, widths)
@example(-8.0, 1.0)
@example(8.0, 1.0)
def test_an_uninformed_scale_is_standard_normal(density: Any, x: float, width: float) -> None:
    function, logarithmic = density
    logarithmic.set_value(np.array(0.0))
    total, gradient = function(x, np.log(width))
    # The prior's log density cancels against itself; at the ends it is as large as x² and the logarithm of the width.
    room = ROUNDINGS * EPS * (1.0 + x**2 + abs(np.log(width)))
    assert abs(total - function(0.0, np.log(width))[0] + 0.5 * x**2) <= room
    # PyMC keeps the constant log(2) of the half-Cauchy in single precision.
    assert abs(total - stats.norm.logpdf(x)) <= room + float(np.finfo(np.float32).eps)
    # The gradient is a difference of parts as large as the hazard, |x|, times a quantile's relative error, x² eps.
    assert abs(gradient + x) <= ROUNDINGS * EPS * (1.0 + abs(x)) ** 3


@given(coordinates, widths, st.sampled_from([0.0, 1.0]))
@example(-8.0, 1.0, 0.0)
@example(8.0, 1.0, 0.0)
@example(-300.0, 1.0, 1.0)  # where it is asked for by its logarithm, the whitened branch may be out of reach
@example(100.0, 1.0, 1.0)
def test_gradients_are_finite(density: Any, x: float, width: float, flag: float) -> None:
    function, logarithmic = density
    logarithmic.set_value(np.array(flag))
    assert np.isfinite(function(x, np.log(width))).all()


@pytest.fixture(scope="module", params=PRIORS)
def bending(request: pytest.FixtureRequest) -> Any:
    charted, _ = with_settable_charts(model_of(request.param), Informed())
    tau = charted["tau"]
    x, inputs = tau.type("x"), tau.owner.inputs
    chart = charted.rvs_to_transforms[tau]
    value = chart.backward(x, *inputs)
    slope = pt.grad(value, x)
    derived = [x, slope, pt.grad(pt.log(slope), x)]
    found = graph_replace(list(chart.bending(tau, *inputs)), {tau: value})
    return compiled([x, charted["width"]], [*derived, *found])


@given(coordinates, widths)
def test_bending(bending: Any, x: float, width: float) -> None:
    """What the choice between the two charts is made of, against the derivatives of the chart itself."""
    x, slope, bend, *found = bending(x, width)
    assert abs(found[0] - x) <= ROUNDINGS * EPS * (1.0 + abs(x))
    np.testing.assert_allclose(found[1], slope, rtol=ROUNDINGS * EPS * (1.0 + x**2))
    assert abs(found[2] - bend) <= ROUNDINGS * EPS * (1.0 + abs(x)) ** 3
