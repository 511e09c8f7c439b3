"""The chart of a scale, by itself: every prior that has a whitening, with a width that is free."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pytensor import function
from pytensor.compile.sharedvalue import shared
from pytensor.graph.replace import graph_replace
from scipy import stats
from tests.charts.harness import ROUNDINGS, ChartInUse
from tests.charts.strategies import coordinates, powers, scales
from tests.graphs import EPS, compiled

from unfunnel.charts import ScaleChart, with_context
from unfunnel.families import FAMILIES, family_of
from unfunnel.families.base import parameters_of

SHAPE = np.float64(2.5)
PRIORS: dict[str, tuple[Callable[..., Any], Any]] = {
    "HalfNormal": (lambda width: pm.HalfNormal.dist(width), stats.halfnorm()),
    "HalfCauchy": (lambda width: pm.HalfCauchy.dist(width), stats.halfcauchy()),
    "Exponential": (lambda width: pm.Exponential.dist(scale=width), stats.expon()),
    "LogNormal": (lambda width: pm.LogNormal.dist(pt.log(width), 1.5), stats.lognorm(1.5)),
    "Weibull": (lambda width: pm.Weibull.dist(SHAPE, width), stats.weibull_min(SHAPE)),
    "Uniform": (lambda width: pm.Uniform.dist(0, width), stats.uniform()),
    "HalfStudentT": (lambda width: pm.HalfStudentT.dist(4, width), None),
    "Gamma": (lambda width: pm.Gamma.dist(SHAPE, 1.0 / width), None),
    "InverseGamma": (lambda width: pm.InverseGamma.dist(SHAPE, width), None),
}
"""Each with the distribution that it is whitened by, at width 1; None where that is only near the prior."""
POSITIVE = [name for name in PRIORS if name != "Uniform"]
EXACT = [name for name, (_, distribution) in PRIORS.items() if distribution is not None]
SINGLE = float(np.finfo(np.float32).eps)
widths = powers(-6, 6)


class Prior:
    """A prior in its chart, as graphs of the coordinate x and the width, and as functions compiled when first used."""

    def __init__(self, name: str) -> None:
        self.name, (dist, self.distribution) = name, PRIORS[name]
        self.width, self.x, self.value, self.flag = pt.dscalar(), pt.dscalar(), pt.dscalar(), shared(np.array(0.0))
        self.rv = dist(self.width)
        family, op = family_of(self.rv), self.rv.owner.op
        assert family is not None
        assert family.whitening is not None
        self.chart, self.inputs = ScaleChart(family.anchor(op), family.whitening), list(self.rv.owner.inputs)
        position = parameters_of(op, range(len(self.inputs)))[family.carrier]
        self.inputs[position] = with_context(self.inputs[position], self.flag)
        self.made: dict[str, Any] = {}

    def function(self, name: str, make: Callable[[], tuple[Any, Any]]) -> Any:
        if name not in self.made:
            self.made[name] = compiled(*make())
        return self.made[name]

    def in_use(self, *, logarithmic: bool) -> ChartInUse:
        self.flag.set_value(np.array(float(logarithmic)))

        def backward() -> tuple[Any, Any]:
            value = self.chart.backward(self.x, *self.inputs)
            parts = [value, self.chart.log_jac_det(self.x, *self.inputs), pt.grad(value, self.x)]
            return [self.x, self.width], parts

        def forward() -> tuple[Any, Any]:
            return [self.value, self.width], self.chart.forward(self.value, *self.inputs)

        return ChartInUse(self.function("forward", forward), self.function("backward", backward), {})

    def density(self, *, logarithmic: bool) -> Any:
        """Log density of an uninformed scale in its chart, and the gradients in x and width."""
        self.flag.set_value(np.array(float(logarithmic)))

        def graphs() -> tuple[Any, Any]:
            jacobian = self.chart.log_jac_det(self.x, *self.inputs)
            total = pm.logp(self.rv, self.chart.backward(self.x, *self.inputs)) + jacobian
            return [self.x, self.width], [total, *pt.grad(total, [self.x, self.width])]

        return self.function("density", graphs)

    def reach(self, x: float) -> float:
        """What a coordinate loses because its scale is a double: near 1, next to the uniform's upper bound."""
        return EPS / stats.norm.pdf(x) if self.name == "Uniform" and x > 0 else 0.0


prior_of = cache(Prior)


@pytest.fixture(scope="module")
def prior(request: pytest.FixtureRequest) -> Prior:
    return prior_of(request.param)


every = pytest.mark.parametrize("prior", PRIORS, indirect=True)


def test_every_whitening_family_is_tested_here() -> None:
    assert {family.name for family in FAMILIES if family.whitening is not None} == set(PRIORS)


@every
@given(coordinates, widths)
@example(-8.0, 1.0)
@example(8.0, 1.0)
def test_whitened_is_a_bijection(prior: Prior, x: float, width: float) -> None:
    x = min(x, 5.0) if prior.name == "Uniform" else x
    chart = prior.in_use(logarithmic=False)
    value, log_jacobian, slope = chart.backward(x, width)
    room = ROUNDINGS * EPS * (1.0 + x**2) + prior.reach(x)
    assert abs(log_jacobian - np.log(slope)) <= room + ROUNDINGS * EPS * abs(np.log(width))
    # A tail probability changes by x² times the relative change of x. On the way back a relative change of the tail
    # moves x by Mills' ratio, which is at most 1.26 / max(1, |x|).
    assert abs(chart.forward(value, width) - x) <= ROUNDINGS * EPS * (1.0 + abs(x)) + prior.reach(x)


@pytest.mark.parametrize("prior", EXACT, indirect=True)
@given(coordinates, widths)
@example(-8.0, 1.0)
@example(8.0, 1.0)
def test_whitened_by_the_prior_itself(prior: Prior, x: float, width: float) -> None:
    x = min(x, 5.0) if prior.name == "Uniform" else x
    value, log_jacobian, _ = prior.in_use(logarithmic=False).backward(x, width)
    room = ROUNDINGS * EPS * (1.0 + x**2) + prior.reach(x) * max(1.0, abs(x))
    tail = (prior.distribution.cdf if x < 0 else prior.distribution.sf)(value / width)
    np.testing.assert_allclose(tail, stats.norm.cdf(-abs(x)), rtol=room + prior.reach(x) * (1.0 + abs(x)))
    expected = stats.norm.logpdf(x) - prior.distribution.logpdf(value / width) + np.log(width)
    assert abs(log_jacobian - expected) <= room + ROUNDINGS * EPS * abs(np.log(width))


@pytest.mark.parametrize("prior", POSITIVE, indirect=True)
@given(st.floats(-18.4, 18.4), widths)
def test_logarithmic(prior: Prior, x: float, width: float) -> None:
    chart = prior.in_use(logarithmic=True)
    value, log_jacobian, slope = chart.backward(x, width)
    assert value == np.exp(x)  # from 1e-8 to 1e8
    assert log_jacobian == x
    np.testing.assert_allclose(slope, value, rtol=EPS)
    assert abs(chart.forward(value, width) - x) <= EPS * (1.0 + abs(x))


@pytest.mark.parametrize("prior", ["Uniform"], indirect=True)
@given(st.floats(-18.4, 10.0), widths)
def test_a_bounded_scale_has_log_odds_for_its_logarithm(prior: Prior, x: float, width: float) -> None:
    chart = prior.in_use(logarithmic=True)
    value, log_jacobian, slope = chart.backward(x, width)
    odds = np.exp(x)
    np.testing.assert_allclose(value, width * odds / (1.0 + odds), rtol=ROUNDINGS * EPS)
    assert abs(log_jacobian - np.log(slope)) <= ROUNDINGS * EPS * (1.0 + abs(x) + abs(np.log(width)) + odds)
    assert abs(chart.forward(value, width) - x) <= ROUNDINGS * EPS * (1.0 + abs(x) + odds)


@pytest.mark.parametrize("prior", POSITIVE, indirect=True)
@given(scales)
def test_a_scale_far_out_in_its_prior_still_has_a_logarithm(prior: Prior, scale: float) -> None:
    """Of a wide range only the logarithm is asked for; the other branch overflows and must not spoil it."""
    chart = prior.in_use(logarithmic=True)
    x = chart.forward(scale, 1.0)
    assert x == np.log(scale)
    assert np.isfinite(chart.backward(x, 1.0)).all()


@pytest.mark.parametrize("prior", EXACT, indirect=True)
@given(coordinates, widths)
@example(-8.0, 1.0)
@example(8.0, 1.0)
def test_an_uninformed_scale_is_standard_normal(prior: Prior, x: float, width: float) -> None:
    function = prior.density(logarithmic=False)
    total, gradient, by_width = function(x, width)
    # The prior's log density cancels against itself; at the ends it is as large as x² and the logarithm of the width.
    room = ROUNDINGS * EPS * (1.0 + x**2 + abs(np.log(width)))
    assert abs(total - function(0.0, width)[0] + 0.5 * x**2) <= room
    # PyMC keeps the constant log(2) of the half-Cauchy in single precision.
    assert abs(total - stats.norm.logpdf(x)) <= room + SINGLE
    # The gradient is a difference of parts as large as the hazard, |x|, times a quantile's relative error, x² eps.
    steep = ROUNDINGS * EPS * (1.0 + abs(x)) ** 3
    assert abs(gradient + x) <= steep
    assert abs(by_width * width) <= steep


@pytest.mark.parametrize("prior", [name for name in PRIORS if name not in EXACT], indirect=True)
@pytest.mark.parametrize("x", np.linspace(-3.0, 3.0, 25))
def test_an_uninformed_scale_is_nearly_standard_normal(prior: Prior, x: float) -> None:
    """The slope of the log density is that of the normal to a tenth, and the density to a twentieth in the middle."""
    total, gradient, by_width = prior.density(logarithmic=False)(x, 3.0)
    assert abs(gradient + x) <= 0.03 + 0.1 * abs(x)
    assert abs(total - stats.norm.logpdf(x)) <= 0.05 + 0.05 * x**2
    # Width is nothing but width. PyMC's own densities are written with a few more roundings of their parts.
    assert abs(by_width) <= ROUNDINGS * EPS * (1.0 + abs(x)) ** 3


@every
@given(coordinates, widths, st.booleans())
@example(-8.0, 1.0, False)
@example(8.0, 1.0, False)
@example(-300.0, 1.0, True)  # where it is asked for by its logarithm, the whitened branch may be out of reach
@example(100.0, 1.0, True)
def test_gradients_are_finite(prior: Prior, x: float, width: float, logarithmic: bool) -> None:
    if prior.name == "InverseGamma" and x < -5.0 and logarithmic:
        x = -5.0  # its density has exp(-β / τ): at log τ = -300 there is nothing that a double could hold
    if prior.name == "Weibull" and logarithmic:
        x = min(x, 50.0)  # and this one exp(-τ^α)
    assert np.isfinite(prior.density(logarithmic=logarithmic)(x, width)).all()


@pytest.mark.parametrize("prior", PRIORS, indirect=True)
@given(coordinates, widths)
def test_bending(prior: Prior, x: float, width: float) -> None:
    """What the choice between the two charts is made of, against the derivatives of the chart itself."""
    prior.flag.set_value(np.array(0.0))
    x = min(x, 5.0) if prior.name == "Uniform" else x

    def graphs() -> tuple[Any, Any]:
        value = prior.chart.backward(prior.x, *prior.inputs)
        slope = pt.grad(value, prior.x)
        found = graph_replace(list(prior.chart.bending(prior.value, *prior.inputs)), {prior.value: value})
        return [prior.x, prior.width], [slope, pt.grad(pt.log(slope), prior.x), *found]

    slope, bend, *found = prior.function("bending", graphs)(x, width)
    assert abs(found[0] - x) <= ROUNDINGS * EPS * (1.0 + abs(x)) + prior.reach(x)
    np.testing.assert_allclose(found[1], slope, rtol=ROUNDINGS * EPS * (1.0 + x**2) + 2.0 * abs(x) * prior.reach(x))
    assert abs(found[2] - bend) <= ROUNDINGS * EPS * (1.0 + abs(x)) ** 3 + prior.reach(x)


def test_every_whitening_compiles_under_numba_with_nothing_left_to_python() -> None:
    """Numba's fallback to Python is a warning, and a warning fails a test."""
    x, width, graphs = pt.dscalar(), pt.dscalar(), []
    for name in PRIORS:
        prior = prior_of(name)
        prior.flag.set_value(np.array(0.0))
        value = prior.chart.backward(prior.x, *prior.inputs)
        total = pm.logp(prior.rv, value) + prior.chart.log_jac_det(prior.x, *prior.inputs)
        parts = [total, *pt.grad(total, [prior.x, prior.width])]
        graphs += graph_replace(parts, {prior.x: x, prior.width: width})
    by_numba = function([x, width], graphs, mode="NUMBA")(0.7, 2.0)
    np.testing.assert_allclose(by_numba, compiled([x, width], graphs)(0.7, 2.0), rtol=1e-11, atol=1e-11)
