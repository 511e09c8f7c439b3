"""What is planned for correlated effects, for columns of one variable, and for the factor of their covariance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytest
from tests.correlated_models import BY_HAND, CENTERED, GROUPS, INDEPENDENT, OTHERS, by_hand_columns, centered, model_of

import unfunnel as uf
from unfunnel.errors import InvalidArgumentError, Reason


@pytest.mark.parametrize("effects", [*CENTERED, *BY_HAND, *INDEPENDENT, *OTHERS])
def test_they_are_informed_and_what_their_scale_is_made_of_whitened(effects: Callable[[], Any]) -> None:
    plan = uf.plan(model_of(effects))
    (block,) = plan.blocks
    assert plan[block.lead].coordinates == "informed"
    assert plan.extent(block) == (GROUPS, 2)
    assert "6 groups of 2 effects" in " ".join(str(plan).split())
    whitened = {choice.site.name for choice in plan.choices if choice.whitened}
    assert whitened >= {"factor", "sd"} & {choice.site.name for choice in plan.choices}
    assert uf.Plan.from_json(plan.to_json()) == plan


def test_their_means_are_eliminated_with_them() -> None:
    (block,) = uf.plan(model_of(OTHERS[0])).blocks
    assert block.shared == ("mu",)


def many(components: int) -> Any:
    with pm.Model() as model:
        factor, _, _ = pm.LKJCholeskyCov("factor", n=components, eta=2.0, sd_dist=pm.HalfNormal.dist(1.0))
        u = pm.MvNormal("u", 0.0, chol=factor, shape=(4, components))
        pm.Normal("y", u, 1.0, observed=np.zeros((4, components)))
    return model


def test_too_many_effects_of_a_group_stay_as_written_and_the_factor_does_not() -> None:
    plan = uf.plan(many(9))
    assert plan["u"].coordinates == "as written"
    assert plan["u"].reason is Reason.MANY_COMPONENTS
    assert plan["factor"].coordinates == "whitened by its prior"
    assert "many components" in str(plan)
    assert uf.plan(many(8))["u"].coordinates == "informed"


def test_any_number_of_effects_is_eliminated_where_that_is_asked_for() -> None:
    plan = uf.plan(many(20), {"u": "informed"})
    assert plan["u"].coordinates == "informed"
    assert plan.extent(plan.blocks[0]) == (4, 20)
    assert plan["factor"].coordinates == "whitened by its prior"
    assert "many components" not in str(plan)


@pytest.mark.parametrize(("effects", "name"), [(centered, "u"), (by_hand_columns, "z")])
def test_a_fixed_parameterization_has_a_number_for_each_group(effects: Callable[[], Any], name: str) -> None:
    model = model_of(effects)
    mask = np.arange(GROUPS) > 2
    plan = uf.plan(model, {name: uf.Mixed(centered=mask)})
    assert plan[name].coordinates == "mixed"
    # A person who chooses coordinates has chosen all of them.
    assert plan["factor"].coordinates == "as written"
    assert uf.Plan.from_json(plan.to_json()) == plan
    with pytest.raises(InvalidArgumentError, match="Mixed"):
        uf.reparameterize(model, {name: uf.Mixed(centered=np.ones((GROUPS, 2), bool))})


def test_siblings_do_not_join_a_variable_that_holds_all_effects() -> None:
    with pm.Model() as model:
        sd = pm.HalfNormal("sd", 1.0, shape=2)
        first, second = (pm.Normal(name, 0.0, sd, shape=(5, 2)) for name in ("first", "second"))
        group = np.repeat(np.arange(5), 4)
        x = np.linspace(-1.0, 1.0, 20)
        mean = first[group, 0] + first[group, 1] * x + second[group, 0] * x**2 + second[group, 1] * x**3
        pm.Normal("y", mean, 1.0, observed=x)
    plan = uf.plan(model)
    assert plan.blocks[0].effects == ("first",)
