from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytest
from pytensor import gradient
from scipy.special import expit
from tests.graphs import EPS, MODE, compiled, with_settable_charts
from tests.models import CASES, GROUP, VALUES

import unfunnel as uf
from unfunnel.evidence import likelihood_scores, regress

PRECISION, LOCATION = np.array([0.01, 1.0, 400.0]), np.array([-3.0, 0.0, 8.0])


def draws(count: int = 20) -> Any:
    return np.random.default_rng(1).normal(loc=[1.0, -1.0, 8.0], scale=[3.0, 1.0, 0.1], size=(count, 3))


def test_the_precision_of_a_normal_likelihood_is_found_exactly() -> None:
    u = draws()
    h, H = regress(u, PRECISION * (LOCATION - u))
    # A slope is a ratio of sums of deviations from the mean, each of which is rounded relative to |u| / spread < 100.
    room = 100 * len(u) * EPS
    np.testing.assert_allclose(H, PRECISION, rtol=room)
    np.testing.assert_allclose(h, PRECISION * LOCATION, rtol=room, atol=room)


@pytest.mark.parametrize("count", [3, 4, 100])
def test_three_draws_are_enough_and_fewer_say_nothing(count: int) -> None:
    u = draws(count)
    np.testing.assert_allclose(regress(u, -PRECISION * u)[1], PRECISION, rtol=100 * count * EPS)
    for few in (0, 1, 2):
        for found in regress(u[:few], u[:few]):
            np.testing.assert_array_equal(found, np.zeros(3))


def test_information_is_not_negative() -> None:
    """Scores that rise with the effect are no normal's: then there is no evidence, of the location neither."""
    u = draws()
    h, H = regress(u, np.array([1.0, -1.0, 0.0]) * u + 5.0)
    np.testing.assert_array_equal(H[[0, 2]], [0.0, 0.0])
    np.testing.assert_array_equal(h[[0, 2]], [0.0, 0.0])
    np.testing.assert_allclose([h[1], H[1]], [5.0, 1.0], rtol=100 * len(u) * EPS)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_draws_that_are_not_finite_are_left_out(bad: float) -> None:
    u = draws()
    scores = PRECISION * (LOCATION - u)
    expected = regress(u[2:], scores[2:])
    u[0, 1], scores[1, 2] = bad, bad
    for found, value in zip(regress(u, scores), expected, strict=True):
        np.testing.assert_array_equal(found, value)


def test_draws_that_do_not_move_say_nothing() -> None:
    u = draws()
    u[:, 1] = 4.0
    h, H = regress(u, -2.0 * u)
    assert h[1] == H[1] == 0.0
    assert H[0] > 0.0


def test_the_fit_is_least_squares() -> None:
    u = draws(50)
    scores = -np.sinh(u / 3.0)
    h, H = regress(u, scores)
    for group in range(3):
        slope, intercept = np.polyfit(u[:, group], scores[:, group], 1)
        # polyfit solves the same problem by an orthogonal factorisation, with condition |u| / spread < 100.
        np.testing.assert_allclose([h[group], H[group]], [intercept, -slope], rtol=100 * 50 * EPS, atol=100 * 50 * EPS)


@pytest.mark.parametrize("information", [0.0, 0.3, 50.0])
def test_likelihood_scores_against_automatic_differentiation(information: float) -> None:
    """From the gradient in the chart, whatever evidence the chart has, to the score of the data alone."""
    evidence = uf.Evidence.of_information(np.full(4, information), np.arange(4.0))
    model, _ = with_settable_charts(CASES["unbalanced"].build(), uf.Informed(evidence))
    theta, mu, tau = (model[name] for name in ("theta", "mu", "tau"))
    names = {name: model.rvs_to_values[model[name]].name for name in ("mu", "tau", "theta")}
    point = {names["mu"]: np.array(0.3), names["tau"]: np.array(-0.4), names["theta"]: np.array([0.2, -1.0, 0.5, 1.5])}
    in_chart = model.compile_dlogp([theta], mode=MODE)(point)
    values = model.replace_rvs_by_values([mu, tau, theta])
    mu_at, tau_at, u = compiled([model.rvs_to_values[rv] for rv in model.free_RVs], values)(
        *(point[names[rv.name]] for rv in model.free_RVs)
    )
    found = likelihood_scores(u[None], in_chart[None], mu_at, tau_at, np.full(4, information))[0]
    expected = np.bincount(GROUP, (VALUES - u[GROUP]) / 2.0**2)
    # The prior's score is taken out of a sum of both.
    size = np.abs(expected) + np.abs(u - mu_at) / tau_at**2 + np.bincount(GROUP, np.abs(VALUES)) / 2.0**2
    assert np.all(np.abs(found - expected) <= 64 * EPS * size)


def test_likelihood_scores_of_a_bernoulli_likelihood() -> None:
    with pm.Model() as model:
        theta = pm.Normal("theta", 0.5, 2.0, shape=3)
        pm.Bernoulli("y", logit_p=theta, observed=[1, 0, 1])
    u = np.array([0.3, -1.0, 2.0])
    total = gradient.grad(model.logp(), model.rvs_to_values[theta])
    full = compiled([model.rvs_to_values[theta]], total)(u)
    # In the noncentered chart du/dx is the scale, and the gradient in x is the full score times it.
    found = likelihood_scores(u[None], (full * 2.0)[None], np.array(0.5), np.array(2.0), np.zeros(3))[0]
    np.testing.assert_allclose(found, np.array([1.0, 0.0, 1.0]) - expit(u), rtol=64 * EPS)
