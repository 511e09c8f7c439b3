"""A plan survives being stored beside the draws, as JSON and arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr
from tests.models import CASES
from tests.rewrite.evidence import parameterizations

import unfunnel as uf
from unfunnel.planning.stored import arrays_of, skeleton_of


def tree_of(plan: uf.Plan) -> Any:
    variables = {
        f"{name}_{what}": ([f"{name}_{what}_{i}" for i in range(np.ndim(array))], array)
        for name, arrays in arrays_of(plan.choices).items()
        for what, array in arrays.items()
    }
    return xr.DataTree.from_dict(
        {"/parameterization": xr.Dataset(variables, attrs={"plan": skeleton_of(plan.choices)})}
    )


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.effects])
@pytest.mark.parametrize("kind", ["centered", "noncentered", "mixed", "partial", "informed"])
def test_round_trip(name: str, kind: str) -> None:
    model = CASES[name].build()
    plan = uf.plan(model, parameterizations(model, kind)).learned({}, {"tau": True})
    assert uf.Plan.from_datatree(tree_of(plan)) == plan


def test_without_arrays() -> None:
    plan = uf.plan(CASES["no_group_level"].build())
    assert uf.Plan.from_datatree(tree_of(plan)) == plan


@pytest.mark.parametrize("groups", [{}, {"/posterior": xr.Dataset()}, {"/parameterization": xr.Dataset()}])
def test_a_tree_that_holds_no_plan(groups: dict[str, Any]) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"^Plan\.from_datatree: .*no group 'parameterization'"):
        uf.Plan.from_datatree(xr.DataTree.from_dict({"/observed_data": xr.Dataset(), **groups}))
