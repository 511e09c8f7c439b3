"""The chart of a centeredness for each group of correlated effects: bijection, Jacobian and density."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pytensor.gradient import jacobian
from scipy import stats
from tests.charts.harness import ROUNDINGS
from tests.charts.strategies import centerednesses, powers
from tests.graphs import EPS, compiled

from unfunnel.charts import PartialMultivariateChart, with_context
from unfunnel.families import family_of

GROUPS, EFFECTS = 3, 3
CORRELATION = np.linalg.cholesky(np.array([[1.0, 0.6, -0.3], [0.6, 1.0, 0.2], [-0.3, 0.2, 1.0]]))


class InUse:
    """A chart of a MvNormal, or of a standardised value with rows or columns of groups, as compiled functions."""

    def __init__(self, kind: str) -> None:
        self.by_hand = kind != "MvNormal"
        self.turned = kind == "columns"
        centeredness, factor = pt.vector(shape=(GROUPS,)), pt.matrix(shape=(EFFECTS, EFFECTS))
        location = pt.vector(shape=(EFFECTS,))
        factor.tag.lower_triangular = True
        shape = (EFFECTS, GROUPS) if self.turned else (GROUPS, EFFECTS)
        given = [centeredness, factor]
        rv = pm.Normal.dist(0.0, 2.0, shape=shape) if self.by_hand else _mv_normal(location, factor)
        family, inputs = family_of(rv), list(rv.owner.inputs)
        assert family is not None
        inputs[2] = with_context(inputs[2], *given, *([location] if self.by_hand else []))
        anchor = family.anchor(rv.owner.op)
        chart = PartialMultivariateChart(anchor, components=EFFECTS, components_first=self.turned)
        x = pt.matrix(shape=shape)
        value = chart.backward(x, *inputs)
        log_jacobian = chart.log_jac_det(x, *inputs)
        charted = rv.owner.op.make_node(*inputs).outputs[rv.owner.outputs.index(rv)]
        total = pm.logp(charted, value).sum() + log_jacobian.sum()
        at = [x, centeredness, factor, location]
        dense = jacobian(value.ravel(), x, vectorize=True).reshape((value.size, value.size))
        self.backward = compiled(at, [value, log_jacobian.sum()])
        self.forward = compiled(at, chart.forward(x, *inputs))
        self.dense, self.density = compiled(at, dense), compiled(at, [total, *pt.grad(total, [x, factor, location])])


def _mv_normal(location: Any, factor: Any) -> Any:
    return pm.MvNormal.dist(location, chol=factor, shape=(GROUPS, EFFECTS))


@pytest.fixture(scope="module", params=["MvNormal", "rows", "columns"])
def chart(request: pytest.FixtureRequest) -> InUse:
    return InUse(request.param)


seeds = st.integers(0, 2**32 - 1)
every = st.lists(centerednesses, min_size=GROUPS, max_size=GROUPS).map(np.array)
scales = st.lists(powers(-3, 3), min_size=EFFECTS, max_size=EFFECTS).map(np.array)
locations = st.sampled_from([np.zeros(EFFECTS), np.array([-3.0, 0.5, 100.0])])


def _x(chart: InUse, seed: int) -> Any:
    x = np.random.default_rng(seed).normal(size=(GROUPS, EFFECTS)) * 2.0
    return x.T if chart.turned else x


@given(seeds, every, scales, locations)
def test_a_bijection(chart: InUse, seed: int, centeredness: Any, scale: Any, location: Any) -> None:
    x, factor = _x(chart, seed), scale[:, None] * CORRELATION
    value, _ = chart.backward(x, centeredness, factor, location)
    # Forward substitution magnifies what is rounded by the ratio of the scales, and the location is taken away again.
    room = ROUNDINGS * EPS * (1.0 + abs(x).max() + abs(location).max()) * scale.max() / scale.min() * 10.0
    at_origin = (1.0 + abs(location).max() / scale.min()) * (not chart.by_hand)
    np.testing.assert_allclose(
        chart.forward(value, centeredness, factor, location), x, rtol=0, atol=room * (1.0 + at_origin)
    )


@given(seeds, every, scales, locations)
def test_the_jacobian_is_that_of_the_derivative(
    chart: InUse, seed: int, centeredness: Any, scale: Any, location: Any
) -> None:
    at = _x(chart, seed), centeredness, scale[:, None] * CORRELATION, location
    _, log_jacobian = chart.backward(*at)
    _, expected = np.linalg.slogdet(chart.dense(*at))
    np.testing.assert_allclose(log_jacobian, expected, rtol=1e-9, atol=1e-9)


@given(seeds, every, scales, locations)
@example(1, np.zeros(GROUPS), np.full(EFFECTS, 1e-3), np.array([-3.0, 0.5, 100.0]))
def test_the_density(chart: InUse, seed: int, centeredness: Any, scale: Any, location: Any) -> None:
    """Of x itself, normal in B⁻¹ (x - λ location), with B solved by NumPy."""
    x, factor = _x(chart, seed), scale[:, None] * CORRELATION
    total, *gradients = chart.density(x, centeredness, factor, location)
    expected, rows = 0.0, x.T if chart.turned else x
    for weight, row in zip(centeredness, rows, strict=True):
        B = weight * factor + (1.0 - weight) * np.eye(EFFECTS)
        v = np.linalg.solve(B, row - weight * location)
        expected += stats.norm.logpdf(v).sum() - np.linalg.slogdet(B)[1]
    np.testing.assert_allclose(total, expected, rtol=1e-7, atol=1e-7)
    assert all(np.isfinite(part).all() for part in gradients)


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_the_ends_are_noncentered_and_centered(chart: InUse, weight: float) -> None:
    x, factor, location = _x(chart, 3), CORRELATION * 2.0, np.array([1.0, 2.0, 3.0])
    value, _ = chart.backward(x, np.full(GROUPS, weight), factor, location)
    rows, found = (x.T, value.T) if chart.turned else (x, value)
    v = np.linalg.solve(factor, (rows - location).T).T if weight else rows
    # z has a prior of scale 2.
    np.testing.assert_allclose(found, 2.0 * v if chart.by_hand else location + v @ factor.T, rtol=1e-12)
