from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pymc as pm
import pytest
from tests.models import CASES, Case

import unfunnel as uf
from unfunnel.planning import Block
from unfunnel.structure import Role

TABLE = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@TABLE
def test_the_default_is_informed_for_every_effect(case: Case) -> None:
    plan = uf.plan(case.build())
    assert [choice.site.name for choice in plan.choices] == list(case.roles)
    assert plan.effects == dict.fromkeys(case.effects, uf.Informed())
    assert plan.blocks == tuple(case.blocks)
    leads = {name: block.lead for block in case.blocks for name in block.members[1:]}
    noises = {block.noise for block in case.blocks} - {None}
    for choice in plan.choices:
        assert choice.lead == leads.get(choice.site.name)
        charted = choice.site.role is Role.SCALE or (choice.site.role is Role.NOISE and bool(noises))
        assert choice.whitened == (charted and choice.site.reason is None)
    assert [c.site.name for c in plan.choices if c.reason is uf.Reason.NOT_SHARED] == list(case.left_out)


@TABLE
@pytest.mark.parametrize("name", ["centered", "noncentered"])
def test_fixed_parameterizations_touch_the_effects_alone(case: Case, name: str) -> None:
    """The comparison with Stan's and PyMC's own centered and non-centered fits is then a fair one."""
    plan = uf.plan(case.build(), name)
    assert set(plan.effects) == set(case.effects)
    for choice in plan.choices:
        expected = name if choice.site.name in case.effects else "as written"
        assert choice.coordinates == expected
    assert not plan.blocks


def test_names_stand_for_parameterizations() -> None:
    model = CASES["eight_schools"].build()
    for name, kind in {"centered": uf.Centered, "noncentered": uf.NonCentered, "informed": uf.Informed}.items():
        assert uf.plan(model, name) == uf.plan(model, kind()) == uf.plan(model, {"theta": name})


def test_effects_that_are_not_named_stay_as_written() -> None:
    plan = uf.plan(CASES["nested"].build(), {"school": uf.Informed()})
    found = {choice.site.name: choice.coordinates for choice in plan.choices}
    assert found == {
        "mu": "as written",
        "tau_district": "as written",
        "tau_school": "whitened by its prior",
        "district": "as written",
        "school": "informed",
    }


def test_the_mean_is_eliminated_only_with_an_informed_effect() -> None:
    model = CASES["eight_schools"].build()
    assert uf.plan(model)["mu"].coordinates == "eliminated with theta"
    assert uf.plan(model, {"theta": "centered"})["mu"].coordinates == "as written"


def test_replace_gives_another_plan() -> None:
    plan = uf.plan(CASES["nested"].build())
    other = plan.replace(school="noncentered")
    assert other["school"].parameterization == uf.NonCentered()
    assert other["district"].parameterization == uf.Informed()
    assert other["tau_school"].coordinates == "as written"
    assert other.blocks == (Block(("district",), ("mu",), direct=()),)
    assert plan["school"].parameterization == uf.Informed()
    assert plan.replace() == plan


def test_a_plan_is_passed_through() -> None:
    model = CASES["eight_schools"].build()
    plan = uf.plan(model, "noncentered")
    assert uf.plan(model, plan) is plan
    assert uf.plan(CASES["eight_schools"].build(), plan) is plan  # structure is what counts, not identity


def test_lacking_evidence() -> None:
    plan = uf.plan(CASES["scales_of_their_own"].build())
    assert [block.lead for block in plan.lacking_evidence] == ["log_tau", "theta"]
    evidence = uf.Informed(uf.Evidence.none(3))
    known = plan.replace(log_tau=evidence)
    assert known.lacking_evidence == (Block(("theta",), ("mu",)),)
    assert known.informed == {"log_tau": evidence, "theta": uf.Informed()}
    assert uf.plan(CASES["nested"].build(), "centered").lacking_evidence == ()


def test_evidence_is_given_to_the_leading_effect() -> None:
    plan = uf.plan(CASES["nested"].build())
    with pytest.raises(uf.InvalidArgumentError, match=r"'district' is eliminated together with 'school'.*to 'school'"):
        plan.replace(district=uf.Informed(uf.Evidence.none(2)))


def test_a_block_is_limited_to_so_many_shared_elements() -> None:
    model = CASES["coefficients"].build()
    assert uf.plan(model, max_shared=4).blocks == (Block(("u",), ("beta",), direct=("beta",)),)
    plan = uf.plan(model, max_shared=3)
    assert plan.blocks == (Block(("u",)),)
    assert plan["beta"].coordinates == "as written"
    assert plan["beta"].reason is uf.Reason.NOT_SHARED
    assert "max_shared" in str(plan)
    assert plan.replace(u="informed").blocks == plan.blocks
    crossed = uf.plan(CASES["crossed_with_a_mean"].build(), max_shared=2).blocks
    assert crossed == (Block(("person",)), Block(("item",), ("ease",)))
    for size in (-1, 1.5, True, "many"):
        with pytest.raises(uf.InvalidArgumentError, match="max_shared must be a whole number"):
            uf.plan(model, max_shared=size)  # type: ignore[arg-type]


def test_a_parameter_without_an_informed_effect_says_so() -> None:
    plan = uf.plan(CASES["fixed_effects"].build(), "noncentered")
    assert plan["b0"].coordinates == "as written"
    assert plan["b0"].reason is uf.Reason.NOT_SHARED


def test_what_a_pilot_learned() -> None:
    evidence = uf.Evidence.of_information(np.ones(8), np.zeros(8))
    plan = uf.plan(CASES["eight_schools"].build())
    learned = plan.learned({"theta": evidence}, {"tau": True})
    assert learned["theta"].parameterization == uf.Informed(evidence)
    assert learned["tau"].coordinates == "logarithmic"
    assert learned["mu"] == plan["mu"]
    assert plan["tau"].coordinates == "whitened by its prior"


def test_reasons_come_with_advice() -> None:
    plan = uf.plan(CASES["discrete"].build())
    assert plan["k"].reason is uf.Reason.DISCRETE
    assert "Marginalize" in plan["k"].reason.advice
    assert plan["theta"].reason is None
    for reason in uf.Reason:
        assert reason.advice.endswith(".")


def test_it_is_a_value() -> None:
    plan = uf.plan(CASES["eight_schools"].build())
    with pytest.raises(FrozenInstanceError):
        plan.choices = ()  # type: ignore[misc]
    with pytest.raises(uf.UnknownVariableError, match=r"^Plan: 'nu' is not a free variable.*'mu', 'tau', 'theta'"):
        plan["nu"]


@pytest.mark.parametrize("levels", [["school"], ["room", "school"], ["room", "district"]])
def test_levels_that_are_not_informed_are_not_eliminated_with_others(levels: list[str]) -> None:
    """What is nested in a level that is sampled as written has its own block, and that level's parents theirs."""
    plan = uf.plan(CASES["levels"].build(), dict.fromkeys(levels, "informed"))
    expected = {"school": [()], "room school": [()], "room district": [(), ()]}[" ".join(levels)]
    assert [block.parents for block in plan.blocks] == expected
    assert {name for block in plan.blocks for name in block.effects} <= set(levels)


def test_parents_with_data_of_their_own_are_no_level() -> None:
    """They touch more than the level below, so that evidence on them has to be found."""
    with CASES["levels"].build() as model:
        pm.Normal("reports", model["school"], 1.0, observed=np.zeros(6))
    (block,) = uf.plan(model).blocks
    assert block.parents == ()
    assert "school" in block.direct


def test_few_parents_are_shared_and_none_where_nothing_is() -> None:
    model = CASES["three_levels"].build()
    assert uf.plan(model).blocks[0].parents == ()
    assert uf.plan(model, max_shared=2).blocks == (Block(("school",), ("mu",), parents=("district", "region")),)
