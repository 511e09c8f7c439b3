"""The charts of sequences: inverse, and what they are for, at extreme scales too.

`tests/rewrite/test_change_of_variables.py` holds their densities to the Jacobian of what they do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.graphs import EPS, MODE
from tests.sequence_models import BY_HAND, NOISE, OF_PYMC, SEEN, STEPS, Y, model_of, series, sum_after_a_first

import unfunnel as uf


def exact_evidence(plan: uf.Plan, sequence: Callable[[], Any]) -> uf.Evidence:
    """What normal data with a known noise say; of shared parameters beside the steps too, where they are seen so."""
    (block,) = plan.blocks
    groups, _ = plan.extent(block)
    shared = sum(plan[name].site.size for name in block.shared)
    # The first step is a variable of its own, and all others a sequence; or of two series the second is seen.
    shift = {sum_after_a_first: -1, series: STEPS}.get(sequence, 0)
    seen = np.bincount(SEEN + shift + 1, minlength=groups + 1) / NOISE**2
    pulls = np.bincount(SEEN + shift + 1, weights=Y, minlength=groups + 1) / NOISE**2
    D, h_B = np.zeros((shared, shared)), np.zeros(shared)
    if sequence is sum_after_a_first:
        D[0, 0], h_B[0] = seen[0], pulls[0]
    return uf.Evidence(h=pulls[1:, None], H=seen[1:, None, None], C=np.zeros((groups, 1, shared)), D=D, h_B=h_B)


class InUse:
    """A charted model with exact evidence, as compiled functions."""

    def __init__(self, sequence: Callable[[], Any]) -> None:
        model = model_of(sequence)
        plan = uf.plan(model)
        (block,) = plan.blocks
        self.model = uf.reparameterize(model, {block.lead: uf.Informed(exact_evidence(plan, sequence))})
        eliminated = [self.model[name] for name in (block.lead, *block.shared)]
        self.values = [self.model.rvs_to_values[rv].name for rv in eliminated]
        self.shapes = {self.model.rvs_to_values[rv].name: plan[rv.name].site.shape for rv in self.model.free_RVs}
        self.gradient = self.model.compile_dlogp(eliminated, mode=MODE)

    def point(self, rng: np.random.Generator, **others: float) -> dict[str, Any]:
        """A random point; the scales where it is said."""
        found = {name: rng.normal(size=shape) for name, shape in self.shapes.items()}
        return found | {name: np.full(self.shapes[name], x) for name, x in others.items() if name in self.shapes}


in_use = cache(InUse)


@pytest.mark.parametrize("x", [-14.0, -3.0, 0.0, 3.0, 7.0], ids="{:g}".format)
@pytest.mark.parametrize("sequence", [*OF_PYMC, *BY_HAND])
def test_exact_evidence_whitens(sequence: Callable[[], Any], x: float) -> None:
    """Given the scales, steps and shared parameters are independent standard normals: the gradient is minus them.

    At -14 a scale whitened by its prior is 1e-44, at 7 it is 7.
    """
    used = in_use(sequence)
    point = used.point(np.random.default_rng(2), tau_whitened__=x, spread_whitened__=x)
    expected = np.concatenate([np.ravel(point[name]) for name in used.values])
    # The steps are as many sums, of terms of the size of data over noise squared.
    np.testing.assert_allclose(used.gradient(point), -expected, rtol=0.0, atol=1e6 * EPS * STEPS)


@pytest.mark.parametrize("parameterization", ["informed", "partial"])
@pytest.mark.parametrize("sequence", [*OF_PYMC, *BY_HAND])
def test_there_and_back(sequence: Callable[[], Any], parameterization: str) -> None:
    model = model_of(sequence)
    plan = uf.plan(model)
    (block,) = plan.blocks
    site = plan[block.lead].site
    weights = np.linspace(0.0, 1.0, site.size).reshape(site.shape)
    chosen = {"informed": uf.Informed(exact_evidence(plan, sequence)), "partial": uf.Partial(weights)}[parameterization]
    new = uf.reparameterize(model, {block.lead: chosen})
    rv = new[block.lead]
    value, transform = new.rvs_to_values[rv], new.rvs_to_transforms[rv]
    back = transform.backward(value, *rv.owner.inputs)
    (again,) = new.replace_rvs_by_values([transform.forward(back, *rv.owner.inputs)])
    rng = np.random.default_rng(3)
    point = {name: rng.normal(size=np.shape(at)) for name, at in new.initial_point().items()}
    found = new.compile_fn([again], inputs=new.value_vars, mode=MODE)(point)[0]
    np.testing.assert_allclose(found, point[value.name], rtol=1e-10, atol=1e-10)
