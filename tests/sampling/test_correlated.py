"""Correlated effects sampled with the factor of their covariance in its chart, against quadrature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import arviz as az
import numpy as np
import pytest
from tests.correlated_models import by_hand, centered, model_of, moments

import unfunnel as uf

# Six comparisons a run with fixed seeds, as in test_truth.py.
MCSE = 5.0


def assert_agrees(tree: Any) -> None:
    posterior, truth = tree["posterior"].to_dataset(), moments()
    draws = posterior[["rho"]].assign(log_sd=np.log(posterior["sd"]))
    for method, moment in (("mean", 0), ("sd", 1)):
        errors = az.mcse(draws, method=method)
        for name in draws:
            found = getattr(draws[name], {"mean": "mean", "sd": "std"}[method])(("chain", "draw")).values
            distance = np.abs(found - truth[str(name)][moment]) / errors[name].values
            assert np.max(distance) < MCSE, (name, method, distance)


@pytest.mark.sampling
@pytest.mark.parametrize(
    ("effects", "parameterization"),
    [(by_hand, None), (centered, uf.NonCentered())],
    ids=["the factor in its chart", "a fixed parameterization"],
)
def test_the_posterior_is_that_of_quadrature(effects: Callable[[], Any], parameterization: Any) -> None:
    """The centered model itself misses the funnel at small standard deviations, in whatever chart of the factor."""
    tree = uf.sample(model_of(effects), random_seed=3, progressbar=False, parameterization=parameterization)
    assert set(tree["posterior"].data_vars) >= {"factor", "sd", "rho"}
    assert_agrees(tree)
