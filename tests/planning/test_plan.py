from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from tests.models import CASES, Case

import unfunnel as uf
from unfunnel.structure import Role

TABLE = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@TABLE
def test_the_default_is_informed_for_every_effect(case: Case) -> None:
    plan = uf.plan(case.build())
    assert [choice.site.name for choice in plan.choices] == list(case.roles)
    assert plan.effects == dict.fromkeys(case.effects, uf.Informed())
    for choice in plan.choices:
        eliminated = next((effect for effect, mean in case.means.items() if mean == choice.site.name), None)
        assert choice.effect == eliminated
        is_scale = choice.site.role is Role.SCALE and choice.site.reason is None
        assert choice.whitened == is_scale


@TABLE
@pytest.mark.parametrize("name", ["centered", "noncentered"])
def test_fixed_parameterizations_touch_the_effects_alone(case: Case, name: str) -> None:
    """The comparison with Stan's and PyMC's own centered and non-centered fits is then a fair one."""
    plan = uf.plan(case.build(), name)
    assert set(plan.effects) == set(case.effects)
    for choice in plan.choices:
        expected = name if choice.site.name in case.effects else "as written"
        assert choice.coordinates == expected


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
    assert plan["school"].parameterization == uf.Informed()
    assert plan.replace() == plan


def test_a_plan_is_passed_through() -> None:
    model = CASES["eight_schools"].build()
    plan = uf.plan(model, "noncentered")
    assert uf.plan(model, plan) is plan
    assert uf.plan(CASES["eight_schools"].build(), plan) is plan  # structure is what counts, not identity


def test_lacking_evidence() -> None:
    evidence = uf.Informed(uf.Evidence.none(2))
    plan = uf.plan(CASES["nested"].build()).replace(district=evidence)
    assert plan.lacking_evidence == ("school",)
    assert plan.informed == {"district": evidence, "school": uf.Informed()}
    assert uf.plan(CASES["nested"].build(), "centered").lacking_evidence == ()


def test_what_a_pilot_learned() -> None:
    evidence = uf.Evidence.of_information(np.ones(8), np.zeros(8))
    plan = uf.plan(CASES["eight_schools"].build())
    learned = plan.learned({"theta": evidence}, {"tau": True})
    assert learned["theta"].parameterization == uf.Informed(evidence)
    assert learned["tau"].coordinates == "logarithmic"
    assert learned["mu"] == plan["mu"]
    assert plan["tau"].coordinates == "whitened by its prior"


def test_printing() -> None:
    lines = str(uf.plan(CASES["eight_schools"].build())).splitlines()
    assert [line.split() for line in lines] == [
        ["variable", "dims", "family", "role", "coordinates"],
        ["mu", "Normal", "shared", "eliminated", "with", "theta"],
        ["tau", "HalfCauchy", "scale", "whitened", "by", "its", "prior"],
        ["theta", "school", "Normal", "effect", "informed"],
    ]
    columns = [line.index(word) for line, word in zip(lines, ("family", "Normal", "HalfCauchy", "Normal"), strict=True)]
    assert len(set(columns)) == 1
    assert "unknown" in str(uf.plan(CASES["flat_mean"].build()))
    assert "2, 3" not in str(uf.plan(CASES["two_dims"].build()))  # dims by name where they have one
    assert "row, column" in str(uf.plan(CASES["two_dims"].build()))


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
