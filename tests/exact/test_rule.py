"""Gauss rules against the sums and moments that they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import factorial2, ndtri
from scipy.stats import halfnorm

from unfunnel.exact import GroupStatistics, fit
from unfunnel.exact.rule import gauss_rule, quantile_rule


@pytest.mark.parametrize("order", [1, 3, 8])
def test_a_discrete_measure_is_integrated_exactly_up_to_twice_the_order(order: int) -> None:
    rng = np.random.default_rng(order)
    points, weights = np.sort(rng.normal(3.0, 0.2, 400)), rng.dirichlet(np.ones(400))
    nodes, shares = gauss_rule(points, weights, order)
    assert nodes.size == order
    for power in range(2 * order):
        expected = weights @ (points - 3.0) ** power
        # Rounding grows with the size of the terms, not of their sum.
        assert shares @ (nodes - 3.0) ** power == pytest.approx(
            expected, abs=1e-12 * np.abs(points - 3.0).max() ** power
        )
    beyond = weights @ (points - weights @ points) ** (2 * order)
    assert abs(shares @ (nodes - weights @ points) ** (2 * order) - beyond) > 1e-5 * beyond


def test_a_measure_of_few_points_is_its_own_rule() -> None:
    nodes, shares = gauss_rule(np.array([1.0, 2.0, 4.0]), np.array([0.2, 0.5, 0.3]), 9)
    np.testing.assert_allclose(nodes, [1.0, 2.0, 4.0], atol=1e-12)
    np.testing.assert_allclose(shares, [0.2, 0.5, 0.3], atol=1e-12)


def test_quantiles_of_a_normal_have_its_moments() -> None:
    shares, weights = quantile_rule(9)
    x = ndtri(shares)
    for power in range(1, 9):
        expected = 0.0 if power % 2 else float(factorial2(power - 1))
        assert weights @ x**power == pytest.approx(expected, abs=1e-9 * 4.0**power)


@pytest.mark.parametrize("sigma", [None, 2.0])
def test_a_rule_has_the_posteriors_moments(sigma: float | None) -> None:
    rng = np.random.default_rng(2)
    groups = [rng.normal(mean, 2.0, size) for mean, size in zip(rng.normal(1.0, 3.0, 8), range(2, 10), strict=True)]
    mean = np.array([group.mean() for group in groups])
    squares = np.array([((group - group.mean()) ** 2).sum() for group in groups])
    priors = {
        "mu": (0.0, 10.0),
        "tau": halfnorm(scale=5.0),
        "sigma_prior": halfnorm(scale=5.0) if sigma is None else None,
    }
    posterior = fit(GroupStatistics(np.arange(2, 10), mean, squares), sigma=sigma, **priors)
    points, weights = posterior.rule(25)
    drawn = posterior.sample(20_000, chains=1, random_seed=1)["posterior"]
    found = {"mu": weights @ points.mu, "log_tau": weights @ np.log(points.tau)}
    truth = {"mu": drawn["mu"].to_numpy(), "log_tau": np.log(drawn["tau"].to_numpy())}
    if points.sigma is not None:
        found["sigma"], truth["sigma"] = weights @ points.sigma, drawn["sigma"].to_numpy()
    for name, value in found.items():
        # Independent draws: five standard errors of their mean, which one fit in a million leaves.
        assert value == pytest.approx(truth[name].mean(), abs=5.0 * truth[name].std() / np.sqrt(20_000)), name
