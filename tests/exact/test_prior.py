"""Tails of priors, and where integration starts."""

import numpy as np
import pytest
from scipy import stats

from unfunnel.exact.prior import FURTHEST, ScalePrior

TAILS = [
    (stats.halfcauchy(scale=5), 1.0),
    (stats.foldcauchy(1, scale=1e-6), 1.0),
    (stats.pareto(0.5, scale=1e6), 0.5),
    (stats.invgamma(2.5), 2.5),
    (stats.betaprime(1, 3), 3.0),
    (stats.halfnorm(scale=5), np.inf),
    (stats.gamma(2, scale=1e6), np.inf),
    (stats.expon(), np.inf),
    (stats.lognorm(1.5), np.inf),
    (stats.lognorm(10), np.inf),
    (stats.uniform(0, 10), np.inf),
    (stats.weibull_min(4), np.inf),
]


@pytest.mark.parametrize(("distribution", "tail"), TAILS, ids=[prior.dist.name for prior, _ in TAILS])
def test_how_heavy_the_upper_tail_is(distribution, tail):
    assert ScalePrior.of("tau", distribution).tail == pytest.approx(tail, abs=1e-9)


def test_density_of_the_log_integrates_to_one():
    prior = ScalePrior.of("tau", stats.halfcauchy(scale=3))
    t = np.arange(-40, 45, 0.1)
    assert np.exp(prior.log_density(t)).sum() * 0.1 == pytest.approx(1, rel=1e-9)


def test_edges_stay_inside_the_support_and_hold_the_bulk():
    prior = ScalePrior.of("tau", stats.uniform(1, 2))
    np.testing.assert_allclose(prior.edges(-50, 50)[[0, -1]], np.log([1, 3]))
    prior = ScalePrior.of("tau", stats.truncnorm(-5, 5, loc=2, scale=1e-9))
    edges = prior.edges(-5, 5)
    assert np.sum(np.abs(edges - np.log(2)) < 1e-8) >= 5
    assert np.all(np.diff(edges) > 0)
    assert np.all(np.diff(ScalePrior.of("tau", stats.halfcauchy()).edges(-3, 3)) <= 8)


def test_limits_of_an_unbounded_prior_are_those_of_double_precision():
    prior = ScalePrior.of("tau", stats.halfnorm())
    assert (prior.low, prior.high) == (-FURTHEST, FURTHEST)
