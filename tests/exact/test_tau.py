"""Density and quantiles of tau."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

from unfunnel import exact


@pytest.fixture(params=["eight_schools", "unbalanced"])
def posterior(request):
    return request.getfixturevalue(request.param)


def share(posterior, low, high):
    pieces = np.unique(np.clip([low, 0.1, 1, 3, 10, 30, 100, 1e3, 1e4, high], low, high))
    return sum(integrate.quad(posterior.density, a, b, epsrel=1e-10, epsabs=1e-13)[0] for a, b in pairwise(pieces))


def test_density_integrates_to_one(posterior):
    assert share(posterior, 0, 1e5) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("p", [1e-3, 0.25, 0.5, 0.975])
def test_quantiles_cut_off_their_probability(posterior, p):
    assert share(posterior, 0, float(posterior.tau_quantile(p))) == pytest.approx(p, abs=1e-8)


def test_density_has_the_moments(posterior):
    moments = posterior.moments()
    t = np.arange(-32, 12, 0.1)
    weight = posterior.density(np.exp(t)) * np.exp(t) * 0.1
    assert weight.sum() == pytest.approx(1, rel=1e-8)
    assert weight @ t == pytest.approx(moments["log_tau"].mean, abs=1e-7)
    assert weight @ np.exp(t) == pytest.approx(moments["tau"].mean, rel=1e-6)


def test_quantiles_rise_and_end_at_the_support(posterior):
    p = np.linspace(0, 1, 201)
    quantiles = posterior.tau_quantile(p)
    assert np.all(np.diff(quantiles) > 0)
    assert quantiles[0] == 0
    assert quantiles[-1] == np.inf


def test_shapes_follow_the_argument(posterior):
    assert posterior.density(1.0).shape == ()
    assert posterior.log_density([[1.0, 2.0, 3.0]]).shape == (1, 3)
    assert posterior.tau_quantile([[0.1], [0.2]]).shape == (2, 1)


def test_density_outside_the_support():
    statistics = exact.GroupStatistics([2, 3], [1.0, 2.0], [1.0, 1.0])
    posterior = exact.fit(statistics, sigma=1.0, mu=(0, 5), tau=stats.uniform(1, 2))
    assert np.isneginf(posterior.log_density([-1.0, 0.5, 3.5])).all()
    assert np.isnan(posterior.log_density(np.nan))
    assert posterior.tau_quantile([0, 1]).tolist() == [1, 3]
    assert integrate.quad(posterior.density, 1, 3)[0] == pytest.approx(1, rel=1e-9)


def test_density_at_zero_is_the_prior_times_the_likelihood_of_complete_pooling(eight_schools):
    """The ratio of the densities at 0 and at 1 by dense matrices."""
    from scipy.stats import multivariate_normal

    y = eight_schools.statistics.mean
    cov = np.diag(eight_schools.statistics.sigma**2) + 25

    def log_joint(tau):
        return multivariate_normal.logpdf(y, np.zeros(8), cov + tau**2 * np.eye(8)) + stats.halfcauchy.logpdf(
            tau, scale=5
        )

    found = eight_schools.log_density([0.0, 1.0, 300.0])
    expected = np.array([log_joint(0.0), log_joint(1.0), log_joint(300.0)])
    np.testing.assert_allclose(np.diff(found), np.diff(expected), rtol=1e-11)
