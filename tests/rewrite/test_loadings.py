"""Loadings of locations on shared parameters, against differences of the author's own graph."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pymc as pm
import pytest
from tests.graphs import EPS, compiled
from tests.models import CASES

import unfunnel as uf
from unfunnel.rewrite.loadings import loadings_of, spans_of, without_members
from unfunnel.structure import Anatomy, substituted

NAMES = [name for name, case in CASES.items() if any(b.shared and not b.parents for b in case.blocks)]


class Locations:
    """Locations of a block's variables as a function of its members (as effects) and of the other free variables."""

    def __init__(self, name: str) -> None:
        self.anatomy = Anatomy(CASES[name].build())
        self.plan = uf.plan(self.anatomy.model)
        self.block = next(block for block in self.plan.blocks if block.shared)
        self.loadings = loadings_of(self.anatomy, self.plan, self.block)
        self.spans = spans_of(self.plan, self.block)
        outputs = {member: self.anatomy.outputs(member)[0] for member in self.block.shared}
        inputs = {member: output.type() for member, output in outputs.items()}
        others = [rv for rv in self.anatomy.model.free_RVs if rv.name not in self.block.shared]
        names = (*self.block.effects, *self.block.shared)
        free = {rv: rv.type() for rv in others}
        replaced = free | {outputs[member]: inputs[member] for member in outputs}
        found = [substituted(self.anatomy.reference(variable)[0], replaced) for variable in names]
        function = compiled([*inputs.values(), *free.values()], found)
        shapes = [self.plan[name].site.shape_by_group for name in names]
        elsewhere = {rv.name: self.plan[rv.name].site.shape for rv in others}
        members = [self.plan[member].site.shape for member in self.block.shared]

        def at(B: Any, seed: int) -> tuple[Any, Any]:
            """Of the effects (group, effect), and of the shared parameters (shared,)."""
            rng = np.random.default_rng(seed)
            parts = [B[self.spans[m]].reshape(s) for m, s in zip(self.block.shared, members, strict=True)]
            drawn = (np.exp(rng.normal(size=shape)) + seed for shape in elsewhere.values())
            rest = [values.astype(rv.dtype) for rv, values in zip(others, drawn, strict=True)]
            values = [np.ravel(np.broadcast_to(v, s)) for v, s in zip(function(*parts, *rest), shapes, strict=True)]
            count = len(self.block.effects)
            effects = np.stack(values[:count], axis=1).reshape(self.plan.extent(self.block))
            return effects, np.concatenate(values[count:])

        self.at = at


@pytest.fixture(scope="module", params=NAMES)
def locations(request: pytest.FixtureRequest) -> Locations:
    return Locations(request.param)


def test_differences_are_the_loadings_wherever_they_are_taken(locations: Locations) -> None:
    size = locations.loadings.innovations.shape[0]
    own = np.eye(size) - np.linalg.inv(locations.loadings.innovations)
    rng = np.random.default_rng(1)
    for seed in range(3):
        B, step = rng.normal(size=size), rng.normal(size=size)
        (before, before_shared), (after, after_shared) = locations.at(B, seed), locations.at(B + step, seed)
        room = 64 * EPS * (1.0 + np.abs(before).max() + np.abs(after).max())
        np.testing.assert_allclose(after - before, locations.loadings.effects @ step, atol=room)
        np.testing.assert_allclose(after_shared - before_shared, own @ step, atol=room + 64 * EPS * size)


def test_upstream_is_what_the_offset_depends_on(locations: Locations) -> None:
    nothing = np.zeros(locations.loadings.innovations.shape[0])
    here, there = (locations.at(nothing, seed)[0] for seed in (1, 2))
    upstream = locations.loadings.upstream & set(locations.block.effects)
    if (here != there).any():
        assert upstream
    if not upstream:
        np.testing.assert_allclose(here, locations.loadings.offset, atol=64 * EPS)


@pytest.mark.parametrize("name", ["nested", "three_levels", "location_by_hand", "regression_on_groups"])
def test_a_location_without_its_members(name: str) -> None:
    anatomy = Anatomy(CASES[name].build())
    plan = uf.plan(anatomy.model)
    (block,) = plan.blocks
    location = without_members(anatomy, plan, anatomy.reference(block.lead)[0], block.shared)
    assert not anatomy.effect_parents([location])
    assert not compiled([], location)().any()


def test_present_data_is_what_counts() -> None:
    model = CASES["mutable_data"].build()
    with model:
        pm.set_data({"size": [5.0, 6.0, 7.0]})
    plan = uf.plan(model)
    loadings = loadings_of(Anatomy(model), plan, plan.blocks[0])
    np.testing.assert_array_equal(loadings.effects[:, 0, 2], [5.0, 6.0, 7.0])


def test_nested_locations_reach_the_innermost_mean() -> None:
    """B = innovations · y: a district is its own innovation, its region's and the mean's."""
    model = CASES["three_levels"].build()
    plan = uf.plan(model)
    loadings = loadings_of(Anatomy(model), plan, plan.blocks[0])
    district, region = [0, 1, 1], [3, 4]
    expected = np.eye(6)
    for i, parent in enumerate(district):
        expected[i, region[parent]] = expected[i, 5] = 1.0
    expected[region, 5] = 1.0
    np.testing.assert_array_equal(loadings.innovations, expected)


def test_a_location_that_is_not_defined_where_others_are_zero() -> None:
    with pm.Model() as model:
        mu, rate, tau = pm.Normal("mu"), pm.HalfNormal("rate", 3), pm.HalfNormal("tau")
        bounded = pm.Uniform("bounded", 2, 10)
        location = mu + pm.math.log(rate) + pm.math.sqrt(bounded - 2) + 1 / (bounded - rate)
        pm.Normal("y", pm.Normal("theta", location, tau, shape=3), 1.0, observed=[1.0, 2.0, 4.0])
    plan = uf.plan(model)
    loadings = loadings_of(Anatomy(model), plan, plan.blocks[0])
    np.testing.assert_array_equal(plan.blocks[0].shared, ["mu"])
    np.testing.assert_allclose(loadings.effects, np.ones((3, 1, 1)), rtol=64 * EPS)
    assert loadings.upstream == {"theta"}


@pytest.mark.parametrize("name", ["beta", "gamma"])
def test_a_location_of_positive_parameters_is_not_asked_for_at_zero(name: str) -> None:
    """PyTensor folds the quotients by zero with a warning, and swallows one that is an error."""
    with pm.Model() as model:
        size = pm.HalfNormal("size", 3)
        rate = pm.Gamma("rate", size, size, shape=3) if name == "gamma" else pm.Beta("rate", size, 2 / size, shape=3)
        pm.Normal("y", rate, 1.0, observed=[0.1, 0.2, 0.3])
    given = uf.Informed(uf.Evidence.of_information(np.ones(3), np.zeros(3)))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        uf.reparameterize(model, {"rate": given})
    assert [str(warning.message) for warning in caught] == []
