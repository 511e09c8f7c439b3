"""A plan survives being stored beside the draws, as JSON and arrays, and as JSON alone."""

from __future__ import annotations

import json
from typing import Any

import pymc as pm
import pytest
import xarray as xr
from tests.models import CASES
from tests.rewrite.evidence import parameterizations

import unfunnel as uf
from unfunnel.planning.stored import arrays_of, skeleton_of

EFFECTS = pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.effects])
KINDS = pytest.mark.parametrize("kind", ["centered", "noncentered", "mixed", "partial", "informed"])


def plan_of(name: str, kind: str) -> uf.Plan:
    model = CASES[name].build()
    return uf.plan(model, parameterizations(model, kind)).learned({}, {"tau": True})


def tree_of(plan: uf.Plan) -> Any:
    attrs = {"plan": json.dumps(skeleton_of(plan))}
    return xr.DataTree.from_dict({"/parameterization": xr.Dataset(arrays_of(plan.choices), attrs=attrs)})


@EFFECTS
@KINDS
def test_round_trip_beside_draws(name: str, kind: str) -> None:
    plan = plan_of(name, kind)
    assert uf.Plan.from_datatree(tree_of(plan)) == plan


@EFFECTS
@KINDS
def test_round_trip_as_json(name: str, kind: str) -> None:
    """Evidence of every size, none of whose numbers is rounded."""
    plan = plan_of(name, kind)
    assert uf.Plan.from_json(plan.to_json()) == plan


def test_a_plan_that_was_stored_is_taken_for_the_same_model() -> None:
    plan = plan_of("mutable_data", "informed")
    model = CASES["mutable_data"].build()
    assert uf.plan(model, uf.Plan.from_json(plan.to_json())) == plan


def test_without_arrays() -> None:
    plan = uf.plan(CASES["no_group_level"].build())
    assert uf.Plan.from_datatree(tree_of(plan)) == plan
    assert uf.Plan.from_json(plan.to_json()) == plan


def test_a_plan_lacking_evidence() -> None:
    plan = uf.plan(CASES["siblings"].build(), max_shared=1)
    assert uf.Plan.from_json(plan.to_json()) == plan
    assert uf.Plan.from_json(plan.to_json()).max_shared == 1


@pytest.mark.parametrize("groups", [{}, {"/posterior": xr.Dataset()}, {"/parameterization": xr.Dataset()}])
def test_a_tree_that_holds_no_plan(groups: dict[str, Any]) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"^Plan\.from_datatree: .*no group 'parameterization'"):
        uf.Plan.from_datatree(xr.DataTree.from_dict({"/observed_data": xr.Dataset(), **groups}))


@pytest.mark.parametrize("text", ["", "{}", "[]", "3", '{"arrays": []}', '{"arrays": {}, "format": 5}', "no plan"])
def test_text_that_is_no_plan(text: str) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"^Plan\.from_json: this is not the JSON of a plan"):
        uf.Plan.from_json(text)


def test_text_of_a_plan_that_someone_changed() -> None:
    stored = json.loads(uf.plan(CASES["eight_schools"].build()).to_json())
    stored["choices"][0]["site"]["role"] = "hero"
    with pytest.raises(uf.InvalidArgumentError, match=r"^Plan\.from_json"):
        uf.Plan.from_json(json.dumps(stored))


CHANGES: dict[str, Any] = {
    "no variables": lambda stored: stored.update(choices=[]),
    "a variable twice": lambda stored: stored["choices"].append(stored["choices"][0]),
    "a block of another effect": lambda stored: stored["blocks"][0].update(effects=["nope"]),
    "a block that shares another variable": lambda stored: stored["blocks"][0].update(shared=["nope"]),
    "no blocks": lambda stored: stored.update(blocks=[]),
    "a flag that is none": lambda stored: stored["choices"][1].update(logarithmic="yes"),
    "a scale that is centered": lambda stored: stored["choices"][1].update(parameterization="centered"),
    "another lead": lambda stored: stored["choices"][0].update(lead="nope"),
    "a shape in words": lambda stored: stored["choices"][2]["site"].update(shape="abc"),
    "a size in words": lambda stored: stored.update(max_shared="many"),
    "a negative size": lambda stored: stored.update(max_shared=-1),
    "a site of another kind": lambda stored: stored["choices"][0]["site"].update(colour="red"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("way", ["json", "tree"])
def test_parts_that_do_not_fit_each_other(change: Any, way: str) -> None:
    plan = plan_of("eight_schools", "informed")
    stored = json.loads(plan.to_json())
    change(stored)
    tree = tree_of(plan)
    tree["parameterization"].attrs["plan"] = json.dumps(stored)
    read = {"json": lambda: uf.Plan.from_json(json.dumps(stored)), "tree": lambda: uf.Plan.from_datatree(tree)}[way]
    with pytest.raises(uf.InvalidArgumentError):
        read()


@pytest.mark.parametrize("thing", [None, 3, "plan", {}, xr.Dataset()])
def test_what_is_not_a_tree(thing: object) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"^Plan\.from_datatree: tree must be"):
        uf.Plan.from_datatree(thing)


@pytest.mark.parametrize("text", ["", "{}", "[]", "3"])
def test_a_tree_whose_plan_is_none(text: str) -> None:
    tree = xr.DataTree.from_dict({"/parameterization": xr.Dataset(attrs={"plan": text})})
    with pytest.raises(uf.InvalidArgumentError, match=r"^Plan\.from_datatree: .*is not the JSON of a plan"):
        uf.Plan.from_datatree(tree)


@pytest.mark.parametrize("thing", [None, 3, [], {"format": 2}])
def test_what_is_not_text(thing: Any) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"^Plan\.from_json"):
        uf.Plan.from_json(thing)


def test_a_plan_of_another_format() -> None:
    stored = json.loads(uf.plan(CASES["eight_schools"].build()).to_json())
    with pytest.raises(uf.InvalidArgumentError, match=r"stored in format 1, and this version reads 5"):
        uf.Plan.from_json(json.dumps({**stored, "format": 1}))


def test_a_parameterization_of_another_version() -> None:
    stored = json.loads(plan_of("eight_schools", "centered").to_json())
    next(choice for choice in stored["choices"] if choice["site"]["name"] == "theta")["parameterization"] = "twisted"
    with pytest.raises(uf.InvalidArgumentError, match=r"'theta'.*'twisted'"):
        uf.Plan.from_json(json.dumps(stored))


def test_arrays_of_an_effect_that_sums_to_zero() -> None:
    """They are one shorter than the dim of the effect, whose labels they must not be given."""
    with pm.Model(coords={"group": ["a", "b", "c"]}) as model:
        pm.ZeroSumNormal("theta", pm.HalfNormal("tau", 5), dims="group")
    plan = uf.plan(model, {"theta": uf.Partial([0.1, 0.9])})
    dims, _ = arrays_of(plan.choices)["theta_centeredness"]
    assert "group" not in dims
    assert uf.Plan.from_datatree(tree_of(plan)) == plan
