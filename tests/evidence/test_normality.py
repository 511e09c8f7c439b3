from __future__ import annotations

import numpy as np
import pytest
from tests.graphs import EPS

from unfunnel.evidence import logarithmic_is_better, nonlinearity

X = np.random.default_rng(1).normal(size=(200, 1))


def test_a_normal_posterior_has_none() -> None:
    # Two sums of 200 squares, each rounded by 200 eps at the most.
    assert abs(nonlinearity(X, 3.0 - 2.0 * X)) <= 4 * len(X) * EPS


def test_it_grows_with_the_bend() -> None:
    values = [nonlinearity(X, -X - bend * (X**2 - 1.0)) for bend in (0.0, 0.1, 0.3, 1.0)]
    assert values == sorted(values)
    assert values[1] > 0.001
    # cov(x, x + b (x² - 1)) = 1 and var = 1 + 2 b², so 1 - corr² = 2 b² / (1 + 2 b²) = 2/3 at b = 1. The share of the
    # variance of 200 draws is off by about 1/√200; a fixed seed makes it one number.
    assert abs(values[-1] - 2.0 / 3.0) < 5.0 / np.sqrt(len(X))


def test_scale_and_place_do_not_matter() -> None:
    score = -np.sinh(X)
    np.testing.assert_allclose(nonlinearity(X, score), nonlinearity(1e3 * X + 5.0, 7.0 - 1e-4 * score), rtol=1e-9)


def test_it_is_the_mean_over_elements() -> None:
    both = np.concatenate([X, X], axis=1)
    scores = np.concatenate([-X, -np.sinh(2 * X)], axis=1)
    assert nonlinearity(both, scores) == pytest.approx(nonlinearity(X, -np.sinh(2 * X)) / 2, rel=1e-12)


def test_draws_that_are_not_finite_are_left_out() -> None:
    x, score = X.copy(), -np.sinh(X)
    expected = nonlinearity(x[2:], score[2:])
    x[0], score[1] = np.nan, np.inf
    assert nonlinearity(x, score) == expected


@pytest.mark.parametrize("few", [0, 1, 2])
def test_too_few_draws(few: int) -> None:
    assert nonlinearity(X[:few], -X[:few]) == 1.0


def test_a_score_that_does_not_vary() -> None:
    assert nonlinearity(X, np.zeros_like(X)) == 1.0


def test_the_logarithm_is_chosen_where_the_posterior_is_normal_in_it() -> None:
    """A lognormal posterior, seen from a prior of another shape: z is charted as τ = exp(sinh z)."""
    z = np.random.default_rng(2).normal(size=(200, 1)) / 2
    scale = np.exp(np.sinh(z))
    slope, bend = scale * np.cosh(z), np.cosh(z) + np.tanh(z)
    # log τ = sinh z is standard normal: the density in z is φ(sinh z) cosh z.
    score = -np.sinh(z) * np.cosh(z) + np.tanh(z)
    assert logarithmic_is_better(scale, z, score, slope, bend)


def test_the_whitened_coordinate_is_kept_where_the_posterior_is_normal_in_it() -> None:
    z = np.random.default_rng(2).normal(size=(200, 1))
    scale = np.exp(np.sinh(z))
    slope, bend = scale * np.cosh(z), np.cosh(z) + np.tanh(z)
    assert not logarithmic_is_better(scale, z, -z, slope, bend)


def test_the_bend_of_the_chart_is_taken_out_of_the_score() -> None:
    """log τ = z³/3 + z/10 is standard normal; the chart is so bent at 0 that hardly anything of that is left in z."""
    g = np.random.default_rng(2).normal(size=(200, 1))
    z = np.array(
        [next(root.real for root in np.roots([1 / 3, 0.0, 0.1, -v]) if abs(root.imag) < 1e-9) for v in g[:, 0]]
    )
    z = z[:, None]
    rise = z**2 + 0.1
    score, bend = -g * rise + 2 * z / rise, rise + 2 * z / rise
    assert logarithmic_is_better(np.exp(g), z, score, np.exp(g) * rise, bend)


def test_a_toss_up_keeps_the_whitened_coordinate() -> None:
    """A posterior about as normal in z as in log τ, whose nonlinearity is the smaller in 28 of 60 sets of draws.

    By two standard errors one or two of 60 would be ahead; those of a jackknife of 150 draws are rough, and 13 are.
    """
    y = np.random.default_rng(3).normal(size=(60, 150, 1))
    z = (np.sqrt(1.0 + 0.2 * y) - 1.0) / 0.1  # y = z + z²/20
    rise, of_scale = 1.0 + 0.1 * z, 1.0 + 0.19 * z  # log τ = z + 0.095 z²
    score = -y * rise + 0.1 / rise
    scale, slope, bend = np.exp(z + 0.095 * z**2), np.exp(z + 0.095 * z**2) * of_scale, of_scale + 0.19 / of_scale
    in_logarithm = scale * (score - bend) / slope + 1.0
    smaller = sum(
        nonlinearity(np.log(a), b) < nonlinearity(c, d)
        for a, b, c, d in zip(scale, in_logarithm, z, score, strict=True)
    )
    assert smaller > 24
    assert sum(map(logarithmic_is_better, scale, z, score, slope, bend)) < 18
