"""Quadrature of densities whose integrals are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from unfunnel.exact.adaptive import integrate

EDGES = np.linspace(-24, 24, 7)
LIMITS = (-300.0, 300.0)
NONE_1, NONE_2 = np.zeros((1, 1)), np.zeros((1, 2))


def moments(quadrature):
    mean = quadrature.probability @ quadrature.points
    deviation = quadrature.points - mean
    return mean, (quadrature.probability[:, None] * deviation).T @ deviation


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.floats(-20, 20), st.floats(-9, 1.5))
def test_normal_density_is_found_however_narrow(centre, log10_width):
    width = 10**log10_width
    quadrature = integrate(lambda x: -0.5 * ((x[:, 0] - centre) / width) ** 2, [EDGES], [LIMITS], NONE_1)
    mean, covariance = moments(quadrature)
    assert quadrature.log_normalizer == pytest.approx(0.5 * np.log(2 * np.pi) + np.log(width), abs=1e-6)
    assert abs(mean[0] - centre) < 1e-6 * width
    assert np.sqrt(covariance[0, 0]) == pytest.approx(width, rel=1e-6)


@settings(derandomize=True, deadline=None, max_examples=10)
@given(st.floats(-0.99, 0.99), st.floats(-4, 0.5), st.floats(-4, 0.5), st.floats(-9, 9))
def test_correlated_normal_density_in_two_dimensions(correlation, log10_first, log10_second, centre):
    sd = 10.0 ** np.array([log10_first, log10_second])
    covariance = np.outer(sd, sd) * np.array([[1, correlation], [correlation, 1]])
    precision = np.linalg.inv(covariance)
    at = np.array([centre, -centre])
    quadrature = integrate(
        lambda x: -0.5 * np.einsum("pi,ij,pj->p", x - at, precision, x - at), [EDGES, EDGES], [LIMITS, LIMITS], NONE_2
    )
    mean, found = moments(quadrature)
    assert np.all(np.abs(mean - at) < 1e-6 * sd)
    np.testing.assert_allclose(found / np.outer(sd, sd), covariance / np.outer(sd, sd), atol=1e-6)


def test_curved_ridge_a_thousandth_wide():
    """The posterior of (log tau, log sigma) when nothing tells them apart: exp(2 t) + exp(2 s) is known, no more."""
    width = 1e-3

    def log_density(x):
        return -0.5 * (0.5 * np.logaddexp(2 * x[:, 0], 2 * x[:, 1]) / width) ** 2 + x.sum(axis=1)

    quadrature = integrate(log_density, [EDGES, EDGES], [LIMITS, LIMITS], NONE_2)
    # In polar coordinates of (tau, sigma): radius ~ lognormal times radius, angle uniform on the quarter circle.
    radius = np.hypot(*np.exp(quadrature.points.T))
    angle = np.arctan2(*np.exp(quadrature.points.T))
    p = quadrature.probability
    assert p @ angle == pytest.approx(np.pi / 4, abs=1e-9)
    assert p @ (angle - np.pi / 4) ** 2 == pytest.approx((np.pi / 2) ** 2 / 12, rel=1e-8)
    assert p @ np.log(radius) == pytest.approx(2 * width**2, rel=1e-6)
    assert np.sqrt(p @ (np.log(radius) - 2 * width**2) ** 2) == pytest.approx(width, rel=1e-7)


def test_two_modes_far_apart_keep_their_weights():
    def log_density(x):
        return np.logaddexp(
            np.log(0.3) + stats.norm.logpdf(x[:, 0], -10, 1), np.log(0.7) + stats.norm.logpdf(x[:, 0], 9, 1)
        )

    quadrature = integrate(log_density, [EDGES], [LIMITS], NONE_1)
    assert quadrature.log_normalizer == pytest.approx(0, abs=1e-10)
    assert quadrature.probability @ (quadrature.points[:, 0] < 0) == pytest.approx(0.3, rel=1e-9)


def test_jump_and_kink_are_resolved():
    def log_density(x):
        inside = (x[:, 0] > 1 / 3) & (x[:, 0] < 7.7)
        return np.where(inside, -np.abs(x[:, 0] - np.pi), -np.inf)

    quadrature = integrate(log_density, [EDGES], [LIMITS], NONE_1)
    total = 2 - np.exp(-(np.pi - 1 / 3)) - np.exp(-(7.7 - np.pi))
    assert quadrature.log_normalizer == pytest.approx(np.log(total), abs=1e-10)
    assert quadrature.points.min() > 1 / 3 - 1e-9


def test_tail_beyond_the_first_edges_is_followed_for_the_sake_of_the_weighting():
    """The density exp(-2.2 x) for x > 0 has E[exp(2 x)] = 11, a quarter of it beyond x = 7."""

    def log_density(x):
        return np.where(x[:, 0] > 0, -2.2 * x[:, 0], -np.inf)

    edges = np.array([-1.0, 0.0, 3.0])
    quadrature = integrate(log_density, [edges], [LIMITS], np.array([[0.0], [2.0]]))
    assert quadrature.probability @ np.exp(2 * quadrature.points[:, 0]) == pytest.approx(11, rel=1e-9)
    plain = integrate(log_density, [edges], [LIMITS], NONE_1)
    assert plain.points.max() < quadrature.points.max() / 5


def test_draws_follow_the_density_without_a_grid():
    quadrature = integrate(lambda x: stats.norm.logpdf(x[:, 0], 3, 0.5), [EDGES], [LIMITS], NONE_1)
    p = np.array([1e-10, 1e-3, 0.3, 0.5, 0.9, 1 - 1e-6])
    np.testing.assert_allclose(quadrature.sample(p[:, None])[:, 0], stats.norm.ppf(p, 3, 0.5), rtol=1e-7)


def test_draws_in_two_dimensions_have_uniform_ranks_given_each_other():
    """Rosenblatt's transform of the draws, with the true conditional law, is uniform on the square."""
    correlation = 0.9
    precision = np.linalg.inv([[1, correlation], [correlation, 1]])
    quadrature = integrate(
        lambda x: -0.5 * np.einsum("pi,ij,pj->p", x, precision, x), [EDGES, EDGES], [LIMITS, LIMITS], NONE_2
    )
    draws = quadrature.sample(np.random.default_rng(3).random((50_000, 2)))
    first = stats.norm.cdf(draws[:, 0])
    second = stats.norm.cdf((draws[:, 1] - correlation * draws[:, 0]) / np.sqrt(1 - correlation**2))
    assert stats.kstest(first, "uniform").pvalue > 1e-3
    assert stats.kstest(second, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(first, second)[0, 1]) < 5 / np.sqrt(len(draws))
