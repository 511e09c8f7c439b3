"""A rewritten model is a PyMC model like any other: data, conditioning and intervention work on it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytest
from tests.graphs import compiled, log_density
from tests.models import CASES, VALUES
from tests.rewrite.evidence import parameterizations, some_evidence

import unfunnel as uf

KINDS = pytest.mark.parametrize("kind", ["partial", "informed"])


def rewritten(name: str, kind: str) -> tuple[Any, Any]:
    model = CASES[name].build()
    return model, uf.reparameterize(model, parameterizations(model, kind))


def at(model: Any, **constrained: Any) -> dict[str, Any]:
    """The point of a model where its variables have these values; observed ones help to find it."""
    point = {}
    for rv in model.free_RVs:
        transform, value = model.rvs_to_transforms[rv], constrained[rv.name]
        if transform is not None:
            coordinate = compiled([model[name] for name in constrained], transform.forward(rv, *rv.owner.inputs))
            value = coordinate(*constrained.values())
        point[model.rvs_to_values[rv].name] = value
    return point


PLACE = {"mu": np.array(0.5), "tau": np.array(2.0), "theta": np.array([0.1, 1.0, -1.0, 2.0])}


@KINDS
def test_data_can_be_set(kind: str) -> None:
    model, new = rewritten("unbalanced", kind)
    for m in (model, new):
        with m:
            pm.set_data({"values": VALUES[:3] + 1.0, "group_of": [3, 0, 0]}, coords={"observation": [0, 1, 2]})
    ours, theirs = (log_density(m, jacobian=False)(at(m, **PLACE)) for m in (new, model))
    # The values went through a chart and back: 1e-12 is some thousand eps of numbers about 1.
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    original, _ = rewritten("unbalanced", kind)
    assert len(original["values"].get_value()) == len(VALUES)


@KINDS
def test_data_of_the_original_is_its_own(kind: str) -> None:
    model, new = rewritten("unbalanced", kind)
    density, point = log_density(new), new.initial_point()
    before = density(point)
    with model:
        pm.set_data({"values": VALUES + 100.0})
    assert density(point) == before


@KINDS
def test_another_number_of_groups_is_refused(kind: str) -> None:
    """The charts hold one number for each group; they must not be stretched over others."""
    with pm.Model(coords={"group": [0, 1, 2]}) as model:
        values = pm.Data("values", [1.0, 2.0, 3.0], dims="group")
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), dims="group")
        pm.Normal("y", theta, 1.0, observed=values, dims="group")
    new = uf.reparameterize(model, parameterizations(model, kind))
    with new:
        pm.set_data({"values": np.arange(5.0)}, coords={"group": np.arange(5)})
    point = {new.rvs_to_values[rv].name: np.ones(5 if rv.name == "theta" else ()) for rv in new.free_RVs}
    with pytest.raises((ValueError, AssertionError), match=r"shape|evidence has another size"):
        log_density(new)(point)


@KINDS
def test_intervention(kind: str) -> None:
    model, new = rewritten("eight_schools", kind)
    ours, theirs = pm.do(new, {"tau": 3.0}), pm.do(model, {"tau": 3.0})
    assert {rv.name for rv in ours.free_RVs} == {"mu", "theta"}
    place = {"mu": np.array(0.5), "theta": np.linspace(-1.0, 1.0, 8)}
    found = [log_density(m, jacobian=False)(at(m, **place)) for m in (ours, theirs)]
    np.testing.assert_allclose(*found, rtol=1e-12)


@KINDS
def test_conditioning(kind: str) -> None:
    model, new = rewritten("eight_schools", kind)
    ours, theirs = pm.observe(new, {"mu": 1.5}), pm.observe(model, {"mu": 1.5})
    assert {rv.name for rv in ours.observed_RVs} == {"mu", "y"}
    place = {"mu": np.array(1.5), "tau": np.array(2.0), "theta": np.linspace(-1.0, 1.0, 8)}
    found = [log_density(m, jacobian=False)(at(m, **place)) for m in (ours, theirs)]
    np.testing.assert_allclose(*found, rtol=1e-12)


def test_a_plan_may_leave_some_effects_as_written() -> None:
    model = CASES["nested"].build()
    new = uf.reparameterize(model, {"school": uf.Informed(some_evidence((4,)))})
    kept = {rv.name for rv in new.free_RVs if new.rvs_to_transforms[rv] == model.rvs_to_transforms[model[rv.name]]}
    names = {rv.name: new.rvs_to_values[rv].name for rv in new.free_RVs}
    assert names["school"] == "school_eliminated__"
    assert names["tau_school"] == "tau_school_whitened__"
    assert {name for name in names if names[name] in (name, f"{name}_log__")} == {"mu", "tau_district", "district"}
    assert kept >= {"mu", "district"}


def test_an_effect_with_a_constant_scale_may_be_asked_for_by_name() -> None:
    with pm.Model() as model:
        pm.Normal("y", pm.Normal("theta", 3.0, 2.0, shape=2), 1.0, observed=[1.0, 2.0])
    new = uf.reparameterize(model, {"theta": "noncentered"})
    assert new.rvs_to_values[new["theta"]].name == "theta_partial__"
