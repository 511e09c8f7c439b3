"""What is planned for correlated effects, and for the factor of their covariance."""

from __future__ import annotations

import numpy as np
import pytest
from tests.correlated_models import GROUPS, by_hand, by_hand_columns, centered, model_of

import unfunnel as uf
from unfunnel.errors import InvalidArgumentError, Reason


@pytest.mark.parametrize(("effects", "name"), [(centered, "u"), (by_hand, "z")])
def test_they_stay_as_written_and_the_factor_does_not(effects: object, name: str) -> None:
    plan = uf.plan(model_of(effects))  # type: ignore[arg-type]
    assert plan[name].coordinates == "as written"
    assert plan[name].reason is Reason.CORRELATED
    assert plan["factor"].coordinates == "whitened by its prior"
    assert "correlated" in str(plan)


def test_informed_by_name_is_refused_with_what_to_do() -> None:
    with pytest.raises(InvalidArgumentError, match=r"'u' cannot be informed.*noncentered"):
        uf.plan(model_of(centered), {"u": "informed"})


@pytest.mark.parametrize(("effects", "name"), [(centered, "u"), (by_hand_columns, "z")])
def test_a_fixed_parameterization_has_a_number_for_each_group(effects: object, name: str) -> None:
    model = model_of(effects)  # type: ignore[arg-type]
    mask = np.arange(GROUPS) > 2
    plan = uf.plan(model, {name: uf.Mixed(centered=mask)})
    assert plan[name].coordinates == "mixed"
    # A person who chooses coordinates has chosen all of them.
    assert plan["factor"].coordinates == "as written"
    assert uf.Plan.from_json(plan.to_json()) == plan
    with pytest.raises(InvalidArgumentError, match="Mixed"):
        uf.reparameterize(model, {name: uf.Mixed(centered=np.ones((GROUPS, 2), bool))})


def test_the_default_plan_survives_json() -> None:
    plan = uf.plan(model_of(centered))
    assert uf.Plan.from_json(plan.to_json()) == plan
