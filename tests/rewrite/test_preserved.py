"""What a rewrite must not change: names, dims, coords, order, initial values, and the caller's own model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytest
from pymc.initial_point import make_initial_point_fn
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.traversal import graph_inputs
from tests.graphs import EPS, MODE, log_density
from tests.models import CASES
from tests.rewrite.evidence import parameterizations

import unfunnel as uf
from unfunnel.rewrite.fgraph import EditableModel

TABLE = pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.effects])
# PyMC takes initial values through the chart and back; all are at most 10 in size, and so are the parts of the charts.
ROOM = 64 * EPS
KINDS = pytest.mark.parametrize("kind", ["centered", "noncentered", "mixed", "partial", "informed"])


def rewritten(name: str, kind: str) -> tuple[Any, Any]:
    model = CASES[name].build()
    return model, uf.reparameterize(model, parameterizations(model, kind))


def graph_of(model: Any) -> list[Any]:
    values = [*model.basic_RVs, *model.potentials, *model.deterministics, *model.rvs_to_values.values()]
    return list(graph_inputs(values))


def state_of(model: Any) -> dict[str, Any]:
    """Everything that a careless rewrite might change."""
    return {
        "named": dict(model.named_vars),
        "owners": [variable.owner for variable in model.basic_RVs],
        "inputs": [tuple(variable.owner.inputs) for variable in model.basic_RVs],
        "values": dict(model.rvs_to_values),
        "transforms": dict(model.rvs_to_transforms),
        "initial": dict(model.rvs_to_initial_values),
        "dims": dict(model.named_vars_to_dims),
        "coords": dict(model.coords),
    }


@TABLE
@KINDS
def test_names_dims_coords_and_order(name: str, kind: str) -> None:
    model, new = rewritten(name, kind)
    assert [rv.name for rv in new.free_RVs] == [rv.name for rv in model.free_RVs]
    assert {rv.name: rv.type for rv in new.free_RVs} == {rv.name: rv.type for rv in model.free_RVs}
    assert set(new.named_vars) == set(model.named_vars)
    assert new.named_vars_to_dims == model.named_vars_to_dims
    assert dict(new.coords) == dict(model.coords)


@TABLE
def test_the_order_in_which_results_come(name: str) -> None:
    model, new = rewritten(name, "informed")
    for group in ("observed_RVs", "deterministics", "unobserved_RVs", "potentials", "data_vars"):
        assert [rv.name for rv in getattr(new, group)] == [rv.name for rv in getattr(model, group)], group


@TABLE
def test_initial_values(name: str) -> None:
    model = CASES[name].build()
    before = make_initial_point_fn(model=model, return_transformed=False)(7)
    for kind in ("mixed", "informed"):
        new = uf.reparameterize(model, parameterizations(model, kind))
        after = make_initial_point_fn(model=new, return_transformed=False)(7)
        assert before.keys() == after.keys()
        for variable in before:
            np.testing.assert_allclose(
                after[variable], before[variable], rtol=ROOM, atol=10.0 * ROOM, err_msg=f"{variable}, {kind}"
            )


def test_initial_values_that_a_person_gave() -> None:
    """The table's initial values are what they say; else two models that have both lost them would agree."""
    _, new = rewritten("initial_values", "informed")
    start = make_initial_point_fn(model=new, return_transformed=False)
    np.testing.assert_allclose(start(7)["theta"], [1.0, 2.0, 3.0], rtol=ROOM)
    np.testing.assert_allclose(start(7)["tau"], 0.3, rtol=ROOM)
    assert start(7)["mu"] != start(8)["mu"]  # drawn from the prior
    _, new = rewritten("initial_arrays", "informed")
    start = make_initial_point_fn(model=new, return_transformed=False)(7)
    np.testing.assert_allclose(start["theta"], [3.0, 4.0, 5.0], rtol=ROOM)
    np.testing.assert_allclose(start["mu"], -2.0, rtol=ROOM)


def test_initial_values_made_of_data_follow_the_new_models_data() -> None:
    model, new = rewritten("initial_values", "informed")
    with model:
        pm.set_data({"shift": [100.0, 100.0, 100.0]})
    with new:
        pm.set_data({"shift": [5.0, 6.0, 7.0]})
    start = make_initial_point_fn(model=new, return_transformed=False)(7)
    np.testing.assert_allclose(start["theta"], [6.0, 7.0, 8.0], rtol=ROOM)


@TABLE
def test_initial_point_is_the_same_place_in_the_chart(name: str) -> None:
    """The density there, without the Jacobian, is the author's; so the chart maps the initial values and not others."""
    model, new = rewritten(name, "partial")
    ours, theirs = (log_density(m, jacobian=False)(m.initial_point(random_seed=7)) for m in (new, model))
    # The values went through a chart and back: 1e-12 is some thousand eps of numbers about 1.
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@TABLE
def test_the_callers_model_is_untouched(name: str) -> None:
    model = CASES[name].build()
    before, point = state_of(model), model.initial_point(random_seed=7)
    density = log_density(model)(point)
    for kind in ("mixed", "informed"):
        uf.reparameterize(model, parameterizations(model, kind))
        after = state_of(model)
        for part, value in before.items():
            assert after[part] == value, (part, kind)
    assert log_density(model)(point) == density


@TABLE
def test_nothing_is_shared(name: str) -> None:
    """No data, generator or dim length of the new model is the old one's; neither are the variables."""
    model, new = rewritten(name, "informed")
    ours, theirs = (
        {v for v in [*graph_of(m), *m.dim_lengths.values()] if isinstance(v, SharedVariable)} for m in (new, model)
    )
    assert not ours & theirs
    assert not {id(v.container.storage) for v in ours} & {id(v.container.storage) for v in theirs}
    arrays = [[v.get_value(borrow=True) for v in shared] for shared in (ours, theirs)]
    for one in arrays[0]:
        for other in arrays[1]:
            assert one is not other
            assert not (isinstance(one, np.ndarray) and np.shares_memory(one, other))
    assert not set(new.named_vars.values()) & set(model.named_vars.values())


def test_a_copy_of_a_copy_has_its_authors_order() -> None:
    """The graph of this one is sorted otherwise; values and gradients are laid out by it."""
    with pm.Model() as model:
        mu, tau, slope, noise = pm.Normal("mu"), pm.HalfNormal("tau"), pm.Normal("slope"), pm.HalfNormal("noise")
        theta = pm.Normal("theta", mu, tau, shape=3)
        pm.Normal("y", theta + slope * np.arange(3.0), noise, observed=pm.Data("values", np.zeros(3)))
    copy = EditableModel(model).build()
    for new in (copy, EditableModel(copy).build(), uf.reparameterize(copy, "noncentered")):
        assert [rv.name for rv in new.free_RVs] == ["mu", "tau", "slope", "noise", "theta"]
        assert list(new.named_vars) == list(model.named_vars)


def test_rewriting_from_inside_another_model() -> None:
    model = CASES["eight_schools"].build()
    with pm.Model() as bystander:
        new = uf.reparameterize(model, "noncentered")
        assert pm.modelcontext(None) is bystander
    assert not bystander.named_vars
    assert new.parent is None
    with model:
        assert uf.reparameterize(model, "noncentered").parent is None
    assert set(model.named_vars) == set(new.named_vars)


def test_names_of_a_named_model_are_kept() -> None:
    with pm.Model(name="m") as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=2)
        pm.Normal("y", theta, 1.0, observed=[1.0, 2.0])
    new = uf.reparameterize(model, "noncentered")
    assert set(new.named_vars) == {"m::mu", "m::tau", "m::theta", "m::y"}
    assert [rv.name for rv in new.free_RVs] == ["m::mu", "m::tau", "m::theta"]


def test_rewriting_twice() -> None:
    """The second rewrite finds the first one's charts, and takes them for transforms of the author's own."""
    once = uf.reparameterize(CASES["eight_schools"].build(), "noncentered")
    with pytest.raises(uf.InvalidArgumentError, match=r"'theta' cannot be reparameterized.*transform of their own"):
        uf.reparameterize(once, {"theta": "centered"})
    twice = uf.reparameterize(once, "centered")
    point = once.initial_point()
    assert twice.compile_logp(mode=MODE)(point) == once.compile_logp(mode=MODE)(point)


def test_what_is_named_twice_keeps_both_names():
    """PyMC's own copy of such a model puts the last name on all of them."""
    with pm.Model(coords={"effect": ["intercept", "slope"]}) as model:
        mu = pm.Normal("mu")
        _, correlation, deviations = pm.LKJCholeskyCov("chol", n=2, eta=2.0, sd_dist=pm.HalfNormal.dist(1.0, shape=2))
        pm.Deterministic("rho", correlation[0, 1])
        sd = pm.Deterministic("sd", deviations, dims="effect")
        pm.Deterministic("sd_again", sd)
        pm.Deterministic("mu_again", mu)
        pm.Deterministic("mu_thrice", mu)
        pm.Potential("term", -(sd**2))
        pm.Potential("other", -(mu**2))
    copy = model
    for _ in range(3):
        copy = EditableModel(copy).build()
        assert list(copy.named_vars) == list(model.named_vars)
        assert [variable.name for variable in copy.named_vars.values()] == list(model.named_vars)
        assert [variable.name for variable in copy.deterministics] == [v.name for v in model.deterministics]
        assert copy.named_vars_to_dims == model.named_vars_to_dims
    point = model.initial_point()
    assert copy.compile_logp()(point) == model.compile_logp()(point)
    values = compute(copy, point)
    assert np.array_equal(values["sd"], values["chol_stds"])
    assert np.array_equal(values["sd"], values["sd_again"])
    assert np.array_equal(values["mu"], values["mu_thrice"])


def compute(model, point):
    """All variables at a point."""
    outputs = list(model.named_vars.values())
    made = model.compile_fn(model.replace_rvs_by_values(outputs), inputs=model.value_vars, on_unused_input="ignore")
    return dict(zip(model.named_vars, made(point), strict=True))
