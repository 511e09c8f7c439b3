"""The charts of variables that hold all effects of their groups: inverse, and what they are for, at extremes too.

`tests/rewrite/test_change_of_variables.py` holds their densities to the Jacobian of what they do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.correlated_models import (
    BY_HAND,
    CENTERED,
    GROUP,
    GROUPS,
    INDEPENDENT,
    MANY,
    NOISE,
    OTHERS,
    Y,
    design,
    model_of,
    three_effects,
)
from tests.graphs import EPS, MODE, log_density, with_settable_charts

import unfunnel as uf

ROWS = [np.flatnonzero(group == GROUP) for group in range(GROUPS)]


def exact_evidence(components: int, shared: int) -> uf.Evidence:
    """What normal data with a known noise say of lines (and waves)."""
    of_rows = design(components)
    H = np.stack([of_rows[rows].T @ of_rows[rows] for rows in ROWS]) / NOISE**2
    h = np.stack([of_rows[rows].T @ Y[rows] for rows in ROWS]) / NOISE**2
    return uf.Evidence(h, H, np.zeros((GROUPS, components, shared)), np.zeros((shared, shared)), np.zeros(shared))


class InUse:
    """A charted model with exact evidence, as compiled functions."""

    def __init__(self, effects: Callable[[], Any]) -> None:
        model = model_of(effects)
        plan = uf.plan(model, {"z" if "z" in model.named_vars else "u": "informed"})
        (block,) = plan.blocks
        self.name = block.lead
        _, components = plan.extent(block)
        evidence = exact_evidence(components, components if block.shared else 0)
        self.model = uf.reparameterize(model, {self.name: uf.Informed(evidence)})
        eliminated = [self.model[name] for name in (self.name, *block.shared)]
        self.values = [self.model.rvs_to_values[rv].name for rv in eliminated]
        # A correlation of two has one coordinate.
        shapes = {rv.name: plan[rv.name].site.line_shape for rv in model.free_RVs} | {"correlation": (1,)}
        self.shapes = {self.model.rvs_to_values[rv].name: shapes[rv.name] for rv in self.model.free_RVs}
        self.gradient = self.model.compile_dlogp(eliminated, mode=MODE)
        self.density = log_density(self.model)
        rv = self.model[self.name]
        transform = self.model.rvs_to_transforms[rv]
        there = transform.forward(rv, *rv.owner.inputs)
        outputs = self.model.replace_rvs_by_values([rv, there])
        self.there_and_back = self.model.compile_fn(outputs, inputs=self.model.value_vars, mode=MODE)

    def point(self, seed: int, reach: float) -> dict[str, Any]:
        rng = np.random.default_rng(seed)
        return {name: rng.uniform(-reach, reach, size=shape) for name, shape in self.shapes.items()}


@pytest.fixture(scope="module", params=[*CENTERED, *BY_HAND, *INDEPENDENT, *OTHERS, three_effects, *MANY])
def chart(request: pytest.FixtureRequest) -> InUse:
    return InUse(request.param)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.5, 2.0, 4.0]))
def test_with_exact_evidence_the_gradient_is_minus_x(chart: InUse, seed: int, reach: float) -> None:
    """Whatever the factor, so that scales and correlations alone are left to explore."""
    point = chart.point(seed, reach)
    expected = -np.concatenate([np.ravel(point[name]) for name in chart.values])
    # The precisions of a group's effects are up to (1 + (5 · 4)² · 40 / 0.25), of which R is the root.
    room = 64 * EPS * 1e5 * (1.0 + reach)
    np.testing.assert_allclose(chart.gradient(point), expected, rtol=0.0, atol=room)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.5, 2.0, 4.0]))
def test_forward_is_the_inverse_of_backward(chart: InUse, seed: int, reach: float) -> None:
    point = chart.point(seed, reach)
    _, back = chart.there_and_back(point)
    x = point[chart.values[0]]
    # Where a factor is close to singular, taking it apart again multiplies roundings by its condition.
    np.testing.assert_allclose(back, x, rtol=0.0, atol=1e-6)


@pytest.mark.parametrize("size", [1e-8, 1e-20, 1e-100])
def test_a_scale_lost_beside_its_location(size: float) -> None:
    """mu + L x rounds to mu; the prior must go on seeing x all the same, or a spurious mode opens."""
    with pm.Model() as model:
        mu = pm.Normal("mu", 0.0, 1e6, shape=2)
        factor = size * np.array([[1.0, 0.0], [0.5, 0.5]])
        pm.MvNormal("u", mu, chol=factor, shape=(3, 2))
    charted, _ = with_settable_charts(model, "informed")
    names = {rv.name: charted.rvs_to_values[rv].name for rv in charted.free_RVs}
    value = log_density(charted)
    point = {names["mu"]: np.array([0.7, -0.3]), names["u"]: np.zeros((3, 2))}
    x = np.arange(6.0).reshape(3, 2) / 3.0
    difference = value({**point, names["u"]: x}) - value(point)
    assert abs(difference + 0.5 * (x**2).sum()) <= 64 * EPS * abs(value(point))
