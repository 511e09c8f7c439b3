"""One compiled model: nested effects, what it says by itself, and what PyMC makes of its results."""

from __future__ import annotations

import logging
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pymc as pm
import pytest
from tests.models import CASES

import unfunnel as uf


@pytest.mark.sampling
def test_evidence_of_nested_effects() -> None:
    """The schools' data have precision 1; their districts, few, are eliminated with them and have no data beside."""
    tree = uf.sample(CASES["nested"].build(), 100, chains=2, random_seed=1, progressbar=False)
    found = tree["parameterization"]
    # The regression is exact for normal data, up to the rounding of the prior's scores that are taken out: these are
    # 1 / tau_school² as large, less than 1e8 for any tau_school that the pilot's 600 draws have.
    np.testing.assert_allclose(found["school_H"].values.ravel(), np.ones(4), rtol=1e-6)
    np.testing.assert_allclose(found["school_h"].values.ravel(), np.arange(4.0), rtol=1e-6, atol=1e-6)
    for what in ("C", "D", "h_B"):
        assert not found[f"school_{what}"].any()
    assert {"school_h", "school_H", "school_weight", "district_weight"} <= set(found.data_vars)
    assert ((found["school_weight"] > 0) & (found["school_weight"] < 1)).all()


def test_problems_are_logged(fixed: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Forty draws of the centered eight schools cannot be a good sample."""
    with caplog.at_level(logging.WARNING, logger="unfunnel"):
        fixed.sample(40, tune=60, random_seed=1)
    assert "R-hat" in caplog.text
    assert all(record.name == "unfunnel" and record.levelname == "WARNING" for record in caplog.records)


def test_problems_of_what_is_not_wanted_back_are_logged_too(
    fixed: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for options in ({}, {"store": tmp_path / "draws.zarr"}):
        caplog.clear()
        with caplog.at_level(logging.WARNING, logger="unfunnel"):
            tree = fixed.sample(40, tune=60, random_seed=1, var_names=["mu"], **options)
        assert list(tree["posterior"].data_vars) == ["mu"]
        assert "tau" in caplog.text


@pytest.mark.sampling
def test_a_constant_wanted_alone_is_not_a_stuck_chain(caplog: pytest.LogCaptureFixture) -> None:
    with pm.Model() as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=3)
        pm.Deterministic("identity", theta / theta)
        pm.Normal("y", theta, 1.0, observed=[1.0, 2.0, 4.0])
    with caplog.at_level(logging.WARNING, logger="unfunnel"):
        uf.sample(model, random_seed=1, progressbar=False, var_names=["identity"])
    assert caplog.text == ""


def test_progress_is_reported(fixed: Any) -> None:
    seen: list[int] = []
    fixed.sample(500, tune=200, chains=3, random_seed=1, progress=lambda chains: seen.append(len(chains)))
    assert seen
    assert set(seen) == {3}


def test_a_progress_bar_can_be_shown(
    fixed: Any, eight_schools: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    room = import_module("unfunnel.sampling.sample")  # as an attribute of its package it is the function
    monkeypatch.setattr(room, "compile_written", lambda *_, **__: fixed)
    uf.sample(eight_schools, 50, chains=2, random_seed=1, progressbar=False)
    assert capsys.readouterr().out == ""
    uf.sample(eight_schools, 50, chains=2, random_seed=1, progressbar=True)
    assert "Progress" in capsys.readouterr().out


def test_plan_with_evidence_skips_the_pilot(informed: Any) -> None:
    evidence = uf.Evidence.of_information(np.full(8, 0.01), np.full(8, 5.0))
    tree = informed.sample(50, random_seed=1, parameterization={"theta": uf.Informed(evidence)})
    assert tree["parameterization"].attrs["gradients_pilot"] == 0
    np.testing.assert_array_equal(tree["parameterization"]["theta_H"].values.ravel(), np.full(8, 0.01))
    # The numbers of one call do not stay for the next.
    again = informed.sample(50, random_seed=1)
    assert again["parameterization"].attrs["gradients_pilot"] > 0
    assert not np.allclose(again["parameterization"]["theta_H"], 0.01, rtol=1e-3)


def test_pymc_predicts_from_the_result(tree: Any, eight_schools: Any) -> None:
    few = tree.isel(draw=slice(5))
    found = pm.sample_posterior_predictive(
        few, model=eight_schools, random_seed=1, progressbar=False, compile_kwargs={"mode": "FAST_COMPILE"}
    )["posterior_predictive"]["y"]
    assert found.dims == ("chain", "draw", "school")
    assert np.isfinite(found).all()


def test_the_callers_model_is_untouched(eight_schools: Any, informed: Any, fixed: Any) -> None:
    """After all of these tests it still has its author's coordinates and initial values."""
    assert [value.name for value in eight_schools.value_vars] == ["mu", "tau_log__", "theta"]
    assert set(eight_schools.named_vars) == {"mu", "tau", "theta", "y"}
    assert not eight_schools.data_vars
    assert all(value is None for value in eight_schools.rvs_to_initial_values.values())


@pytest.mark.parametrize("seed", [7, [7, 8], np.int64(7)])
def test_seeds(fixed: Any, seed: Any) -> None:
    ours, again = (fixed.sample(20, tune=50, chains=2, random_seed=seed)["posterior"]["mu"].values for _ in range(2))
    np.testing.assert_array_equal(ours, again)


def test_a_generator_moves_on(fixed: Any) -> None:
    generator = np.random.default_rng(7)
    one, two = (fixed.sample(20, tune=50, chains=2, random_seed=generator)["posterior"]["mu"].values for _ in range(2))
    assert not np.array_equal(one, two)
    first = fixed.sample(20, tune=50, chains=2, random_seed=np.random.default_rng(7))["posterior"]["mu"].values
    np.testing.assert_array_equal(one, first)
