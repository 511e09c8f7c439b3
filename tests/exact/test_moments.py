"""Which moments exist, and their values where they can be had otherwise."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

from unfunnel import exact

CAUCHY = stats.halfcauchy(scale=1)


def known(count, tau=CAUCHY):
    mean = np.where(np.array(count) > 0, 1.0 + np.arange(len(count)), np.nan)
    statistics = exact.GroupStatistics(count, mean, np.zeros(len(count)))
    return exact.fit(statistics, sigma=1.0, mu=(0, 1), tau=tau).moments()


@pytest.mark.parametrize(
    ("count", "tau", "mean_exists", "sd_exists"),
    [
        ([0, 0], CAUCHY, False, False),
        ([3, 0], CAUCHY, True, False),
        ([3, 1, 0], CAUCHY, True, True),
        ([0], stats.invgamma(1.5), True, False),
        ([0], stats.invgamma(2.5), True, True),
        ([1], stats.pareto(0.5), True, False),
        ([1, 1], stats.pareto(0.5), True, True),
        ([0], stats.halfnorm(), True, True),
        ([0], stats.lognorm(2.0), True, True),
        ([0], stats.uniform(0, 3), True, True),
    ],
)
def test_tau_and_empty_groups_have_the_moments_that_the_tails_allow(count, tau, mean_exists, sd_exists):
    moments = known([*count, 0], tau)
    assert np.isfinite(moments["tau"].mean) == mean_exists
    assert np.isfinite(moments["tau"].sd) == sd_exists
    empty = moments["theta"].mean[-1], moments["theta"].sd[-1]
    if mean_exists:
        assert empty[0] == moments["mu"].mean
        assert np.isfinite(empty[1]) == sd_exists
        assert sd_exists or np.isposinf(empty[1])
    else:
        assert np.isposinf(moments["tau"].mean)
        assert np.isnan(empty).all()
    filled = np.array([*count, 0]) > 0
    assert np.isfinite(moments["theta"].mean[filled]).all()
    assert np.isfinite(moments["theta"].sd[filled]).all()
    for name in ("mu", "log_tau"):
        assert np.isfinite(moments[name]).all()


def test_prior_moments_of_log_tau_under_half_cauchy():
    moments = known([0])
    np.testing.assert_allclose(moments["log_tau"], (0, np.pi / 2), rtol=1e-9, atol=1e-12)


def test_mean_of_tau_with_one_group_and_a_heavy_tail():
    """tau^-3 in the tail: a single observation gives tau a mean, by direct integration over tau."""
    density = lambda tau: CAUCHY.pdf(tau) * stats.norm.pdf(1.0, 0, np.sqrt(2 + tau**2))  # noqa: E731
    pieces = [0, 1, 10, 1e3, np.inf]
    total, first = (
        sum(
            integrate.quad(lambda tau, p=power: density(tau) * tau**p, a, b, epsabs=0, epsrel=1e-11)[0]
            for a, b in pairwise(pieces)
        )
        for power in (0, 1)
    )
    assert known([1])["tau"].mean == pytest.approx(first / total, rel=1e-9)


def test_unknown_sigma_counts_observations():
    def moments(count, mean):
        statistics = exact.GroupStatistics(count, mean, np.zeros(len(count)))
        return exact.fit(statistics, sigma_prior=CAUCHY, mu=(0, 1), tau=CAUCHY).moments()

    one = moments([1], [1.0])
    assert np.isfinite(one["sigma"].mean)
    assert np.isposinf(one["sigma"].sd)
    assert np.isposinf(one["tau"].sd)
    assert np.isfinite(one["theta"].sd).all()
    two = moments([1, 1], [1.0, 2.0])
    assert np.isfinite([*two["sigma"], *two["tau"]]).all()


def test_moment_beyond_double_precision_is_nan_and_one_that_does_not_exist_is_inf():
    """The tail tau^-2.01 has a mean of which a fifth lies beyond 1e140."""
    tau = known([0], stats.pareto(1.01))["tau"]
    assert np.isnan(tau.mean)
    assert np.isposinf(tau.sd)


def test_names_of_moments(unbalanced):
    assert list(unbalanced.moments()) == ["mu", "tau", "log_tau", "theta", "sigma", "log_sigma"]
    assert all(isinstance(moment, exact.Moment) for moment in unbalanced.moments().values())
