"""What comes back from sampling."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import nutpie
import pymc as pm
import pytest
import xarray as xr
from tests.models import SCHOOLS
from tests.sampling.conftest import SEED

import unfunnel as uf


def test_groups_names_and_dims_are_the_models(tree: Any) -> None:
    assert set(tree.children) == {"posterior", "sample_stats", "parameterization", "observed_data", "constant_data"}
    posterior = tree["posterior"]
    assert list(posterior.data_vars) == ["mu", "tau", "theta"]
    assert posterior["theta"].dims == ("chain", "draw", "school")
    assert posterior["theta"]["school"].values.tolist() == SCHOOLS
    assert not tree["constant_data"].data_vars


def test_statistics_have_pymcs_names(tree: Any) -> None:
    names = set(tree["sample_stats"].data_vars)
    assert {"diverging", "n_steps", "step_size", "energy", "acceptance_rate", "tree_depth", "lp"} <= names
    assert "reached_max_treedepth" in names
    assert not {"depth", "logp", "maxdepth_reached", "mean_tree_accept"} & names


def test_gradients_are_counted_by_phase(tree: Any) -> None:
    found = tree["parameterization"].attrs
    assert found["gradients_draw"] == int(tree["sample_stats"]["n_steps"].sum())
    assert found["gradients_pilot"] > 0
    assert found["gradients_tune"] > 0
    assert found["pilot_rounds"] in (2, 3)


def test_same_seed_same_draws(tree: Any, informed: Any) -> None:
    again = informed.sample(random_seed=SEED)
    xr.testing.assert_equal(again["posterior"].to_dataset(), tree["posterior"].to_dataset())


def test_another_seed_other_draws(tree: Any, informed: Any) -> None:
    other = informed.sample(random_seed=SEED + 1)
    assert not np.allclose(other["posterior"]["mu"], tree["posterior"]["mu"])


@pytest.mark.filterwarnings("ignore:Consolidated metadata")
def test_plan_survives_zarr_and_skips_the_pilot(tree: Any, informed: Any, tmp_path: Path) -> None:
    tree.to_zarr(tmp_path / "draws.zarr")
    with xr.open_datatree(tmp_path / "draws.zarr", engine="zarr") as stored:
        plan = uf.Plan.from_datatree(stored)
    assert plan == uf.Plan.from_datatree(tree)
    again = informed.sample(100, random_seed=1, parameterization=plan)
    assert again["parameterization"].attrs["gradients_pilot"] == 0
    assert uf.Plan.from_datatree(again) == plan


@pytest.mark.parametrize("way", [uf.NonCentered(), uf.Mixed([True, False] * 4), uf.Partial([0.5] * 8), uf.Centered()])
def test_one_compiled_model_serves_all_fixed_parameterizations(fixed: Any, way: Any) -> None:
    tree = fixed.sample(50, tune=100, random_seed=1, parameterization=way)
    assert tree["parameterization"].attrs["parameterization"] == way.name
    assert uf.Plan.from_datatree(tree).effects == {"theta": way}


def test_informed_needs_a_compilation_of_its_own(fixed: Any) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"CompiledModel\.sample.*compilation each.*unfunnel\.compile"):
        fixed.sample(parameterization="informed")


@pytest.mark.sampling
def test_one_compilation_a_call_and_only_the_named_variables(
    eight_schools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    monkeypatch.setattr("unfunnel.sampling.reuse.COMPILATIONS.kept", [])
    compile_once = nutpie.compile_pymc_model
    monkeypatch.setattr(nutpie, "compile_pymc_model", lambda model: calls.append(model) or compile_once(model))
    tree = uf.sample(eight_schools, 50, chains=2, random_seed=1, progressbar=False, var_names=["tau"])
    assert len(calls) == 1
    assert list(tree["posterior"].data_vars) == ["tau"]
    assert tree["posterior"].sizes == {"chain": 2, "draw": 50}


@pytest.mark.sampling
def test_dims_called_like_those_of_the_evidence() -> None:
    with pm.Model(coords={"theta_group": list("ab"), "theta_weight": list("xyz")}) as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), dims="theta_weight")
        pm.Normal("y", theta, 1.0, observed=[1.0, 2.0, 4.0])
        pm.Normal("z", theta[:2], 1.0, observed=[1.0, 2.0], dims="theta_group")
    tree = uf.sample(model, 50, tune=50, random_seed=1, progressbar=False)
    found = tree["parameterization"]
    assert found["theta_weight"].shape == (3,)
    (dim,) = found["theta_weight"].dims
    assert found[dim].values.tolist() == ["x", "y", "z"]
    assert tree["posterior"]["theta"].dims == ("chain", "draw", "theta_weight")
    np.testing.assert_allclose(found["theta_H"][:, 0, 0], [2.0, 2.0, 1.0], rtol=1e-6)
    assert uf.Plan.from_datatree(tree)["theta"].parameterization.evidence is not None
