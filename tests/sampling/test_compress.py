"""Sampling a model on cells: the posterior of the model on rows, and a result that goes with it."""

from __future__ import annotations

import json
from typing import Any

import arviz as az
import numpy as np
import pymc as pm
import pytest
from scipy import stats

import unfunnel as uf
from unfunnel import exact

SIZES = np.array([1, 2, 3, 5, 8, 20, 60, 150])
GROUP = np.random.default_rng(1).permutation(np.repeat(np.arange(len(SIZES)), SIZES))
VALUES = np.random.default_rng(2).normal(np.linspace(-1.0, 2.0, len(SIZES))[GROUP], 2.0)
# As in test_truth.py: some twenty comparisons with one seed.
MCSE = 5.0


def build() -> Any:
    with pm.Model(coords={"group": list("abcdefgh"), "row": np.arange(len(GROUP))}) as model:
        group = pm.Data("group_of", GROUP, dims="row")
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 2), dims="group")
        pm.Normal("y", theta[group], pm.HalfNormal("sigma", 3), observed=VALUES, dims="row")
    return model


@pytest.fixture(scope="module")
def model() -> Any:
    return build()


@pytest.fixture(scope="module")
def compiled(model: Any) -> Any:
    return uf.compile(model, compress=True)


@pytest.fixture(scope="module")
def tree(compiled: Any) -> Any:
    return compiled.sample(random_seed=3)


@pytest.mark.sampling
def test_it_agrees_with_quadrature_of_the_rows(tree: Any) -> None:
    statistics = exact.GroupStatistics.from_observations(VALUES, GROUP)
    priors = {"mu": (0, 5), "tau": stats.halfnorm(scale=2), "sigma_prior": stats.halfnorm(scale=3)}
    moments = exact.fit(statistics, **priors).moments()
    assert int(tree["sample_stats"]["diverging"].sum()) == 0
    draws = tree["posterior"].to_dataset()[["mu", "tau", "sigma", "theta"]]
    for method, moment, reduced in (
        ("mean", 0, draws.mean(("chain", "draw"))),
        ("sd", 1, draws.std(("chain", "draw"))),
    ):
        errors = az.mcse(draws, method=method)
        for name in draws:
            distance = np.abs(reduced[name].values - moments[name][moment]) / errors[name].values
            assert np.max(distance) < MCSE, (name, method, distance)


@pytest.mark.sampling
def test_evidence_counts_the_noise_of_cells(tree: Any) -> None:
    """Precisions of cell means follow the free noise: at the noise that evidence is for, they are exactly these."""
    found = tree["parameterization"]
    noise = float(found["theta_noise"])
    assert 1.5 < noise < 2.5
    np.testing.assert_allclose(found["theta_H"].values.ravel(), SIZES / noise**2, rtol=1e-6)


@pytest.mark.sampling
def test_the_result_goes_with_the_rows(tree: Any, model: Any) -> None:
    np.testing.assert_array_equal(tree["observed_data"]["y"], VALUES)
    np.testing.assert_array_equal(tree["constant_data"]["group_of"], GROUP)
    assert json.loads(tree["parameterization"].attrs["compressed"]) == {"y": {"rows": len(GROUP), "cells": len(SIZES)}}
    few = tree.isel(draw=slice(10))
    predicted = pm.sample_posterior_predictive(few, model=model, random_seed=1, progressbar=False)
    assert predicted["posterior_predictive"]["y"].dims == ("chain", "draw", "row")
    stored = uf.Plan.from_datatree(tree)
    assert uf.plan(model, stored) == stored


@pytest.mark.sampling
def test_other_data_need_another_compilation(compiled: Any) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"^CompiledModel.with_data: with compress=True sums .*pymc.set_"):
        compiled.with_data(group_of=GROUP)


@pytest.mark.sampling
def test_data_set_after_compilation_are_refused(compiled: Any, tree: Any, model: Any) -> None:
    before = model["group_of"].get_value()
    model["group_of"].set_value(before[::-1].copy())
    with pytest.raises(uf.InvalidArgumentError, match=r"'group_of' were changed after"):
        compiled.sample(10)
    model["group_of"].set_value(before)


def test_bad_arguments_are_refused_before_anything_is_compiled() -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"^sample: compress must be True or False, got 'yes'"):
        uf.sample(build(), compress="yes")
    with pytest.raises(uf.InvalidArgumentError, match=r"^compile: compress must be True or False, got 1"):
        uf.compile(build(), compress=1)
    with pm.Model() as prior:
        pm.Normal("theta", pm.Normal("mu"), pm.HalfNormal("tau"), shape=3)
    with pytest.raises(uf.InvalidArgumentError, match=r"^compress=True: the model has no observed variable"):
        uf.sample(prior, compress=True)


def test_plans_on_rows_and_on_cells_are_alike() -> None:
    """But for the index, which picks cells in the place of rows."""
    model = build()
    rows, cells = uf.plan(model), uf.plan(uf.compress(model))
    assert cells.blocks == rows.blocks
    assert cells.blocks[0].noise == "y"
    assert [choice.coordinates for choice in cells.choices] == [choice.coordinates for choice in rows.choices]
