"""Dims of a model may be called like what the stored plan needs beside them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pymc as pm
import pytest
import xarray as xr

import unfunnel as uf
from unfunnel.planning.dims import GroupDims
from unfunnel.planning.stored import arrays_of, skeleton_of

OWN = ("theta_group", "theta_weight", "theta_h", "theta_effect", "theta_effect_", "theta_centeredness", "u_dim_0")


def model_of(dim: str) -> Any:
    """Every effect has one of the names in its dims, with a length that is the dim's alone."""
    with pm.Model(coords={dim: list("abcde")}) as model:
        mu, tau = pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5)
        theta = pm.Normal("theta", mu, tau, dims=dim)
        u = pm.Normal("u", mu, tau, shape=3)
        pm.Normal("y", theta[:3] + u, 1.0, observed=[1.0, 2.0, 4.0])
    return model


def group_of(plan: uf.Plan) -> Any:
    return xr.Dataset(arrays_of(plan.choices), attrs={"plan": json.dumps(skeleton_of(plan))})


@pytest.mark.parametrize("dim", OWN)
@pytest.mark.parametrize("kind", ["informed", "partial"])
def test_a_plan_survives_dims_of_any_name(dim: str, kind: str) -> None:
    plan = uf.plan(model_of(dim), {"theta": uf.Partial(np.linspace(0, 1, 5)), "u": uf.Partial([0.1, 0.2, 0.3])})
    if kind == "informed":
        plan = uf.plan(model_of(dim), {"theta": uf.Informed(uf.Evidence.of_information(np.arange(5.0), np.ones(5)))})
    group = group_of(plan)
    assert set(group.data_vars) == set(arrays_of(plan.choices))
    tree = xr.DataTree.from_dict({"/parameterization": group})
    assert uf.Plan.from_datatree(tree) == plan


def test_dims_keep_their_names_where_nothing_is_called_like_them() -> None:
    plan = uf.plan(model_of("school"), {"theta": uf.Partial(np.linspace(0, 1, 5)), "u": uf.Partial([0.1, 0.2, 0.3])})
    group = group_of(plan)
    assert group["theta_centeredness"].dims == ("school",)
    assert group["u_centeredness"].dims == ("u_dim_0",)


def test_a_dim_of_the_model_that_no_variable_has_is_left_to_it() -> None:
    dims = GroupDims(uf.plan(model_of("school")).choices, reserved=["theta_group", "theta_group_"])
    assert dims.made("theta_group") == "theta_group__"
    assert dims.made("theta_group") == "theta_group__"
