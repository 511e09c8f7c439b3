"""Correlated effects sampled with the factor of their covariance in its chart, against quadrature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import arviz as az
import numpy as np
import pytest
from tests.correlated_models import (
    GROUP,
    GROUPS,
    NOISE,
    X,
    Y,
    by_hand,
    by_hand_columns,
    by_hand_scaled_columns,
    centered,
    columns,
    design,
    fixed_prior,
    model_of,
    moments,
    ten_with_a_known_covariance,
)

import unfunnel as uf

# Six comparisons a run with fixed seeds, as in test_truth.py.
MCSE = 5.0


def assert_agrees(tree: Any, *, correlated: bool = True) -> None:
    posterior, truth = tree["posterior"].to_dataset(), moments(correlated=correlated)
    draws = (posterior[["rho"]] if correlated else posterior[[]]).assign(log_sd=np.log(posterior["sd"]))
    for method, moment in (("mean", 0), ("sd", 1)):
        errors = az.mcse(draws, method=method)
        for name in draws:
            found = getattr(draws[name], {"mean": "mean", "sd": "std"}[method])(("chain", "draw")).values
            distance = np.abs(found - truth[str(name)][moment]) / errors[name].values
            assert np.max(distance) < MCSE, (name, method, distance)


@pytest.mark.sampling
@pytest.mark.parametrize(
    ("effects", "parameterization"),
    [(centered, None), (by_hand, None), (by_hand_columns, None), (centered, uf.NonCentered())],
    ids=["centered", "by hand", "by hand in columns", "a fixed parameterization"],
)
def test_the_posterior_is_that_of_quadrature(effects: Callable[[], Any], parameterization: Any) -> None:
    tree = uf.sample(model_of(effects), random_seed=3, progressbar=False, parameterization=parameterization)
    assert set(tree["posterior"].data_vars) >= {"factor", "sd", "rho"}
    assert_agrees(tree)


@pytest.mark.sampling
@pytest.mark.parametrize("effects", [columns, by_hand_scaled_columns])
def test_columns_of_one_variable(effects: Callable[[], Any]) -> None:
    tree = uf.sample(model_of(effects), random_seed=3, progressbar=False)
    assert_agrees(tree, correlated=False)
    assert tree["sample_stats"]["diverging"].sum() == 0


@pytest.mark.sampling
def test_ten_effects_of_a_group_where_that_is_asked_for() -> None:
    """Means and standard deviations of 60 effects, against a normal posterior; 120 comparisons with a fixed seed."""
    model = model_of(ten_with_a_known_covariance)
    tree = uf.sample(model, parameterization={"u": "informed"}, random_seed=3, progressbar=False)
    assert tree["sample_stats"]["diverging"].sum() == 0
    u, rows = tree["posterior"].to_dataset()[["u"]], design(10)
    errors = [az.mcse(u, method=method)["u"].values for method in ("mean", "sd")]
    for group in range(GROUPS):
        of_group, data = rows[group == GROUP], Y[group == GROUP]
        covariance = np.linalg.inv(np.linalg.inv(np.eye(10) + 0.5) + of_group.T @ of_group / NOISE**2)
        expected = covariance @ of_group.T @ data / NOISE**2, np.sqrt(np.diag(covariance))
        found = u["u"].mean(("chain", "draw"))[group], u["u"].std(("chain", "draw"))[group]
        for moment, truth, error in zip(found, expected, errors, strict=True):
            assert np.max(np.abs(moment.values - truth) / error[group]) < MCSE


@pytest.mark.sampling
def test_the_weight_says_how_much_of_the_prior_variance_the_data_take_away() -> None:
    """Against the posterior variance of effects whose prior and noise are known."""
    tree = uf.sample(model_of(fixed_prior), draws=2000, random_seed=2, progressbar=False)
    weight = tree["parameterization"]["u_weight"]
    assert weight.dims == ("group", "effect")
    covariance = np.array([[1.0, 0.3], [0.3, 0.5]])
    for group in range(GROUPS):
        of_group = X[group == GROUP]
        posterior = np.linalg.inv(np.linalg.inv(covariance) + of_group.T @ of_group / NOISE**2)
        np.testing.assert_allclose(weight[group], 1.0 - np.diag(posterior) / np.diag(covariance), rtol=1e-3)
