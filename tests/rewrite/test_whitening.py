"""What the informed chart is for: with exact evidence nothing but the scale is left to explore."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.charts.strategies import coordinates, powers
from tests.graphs import EPS, MODE, charted_with_numbers, log_density, set_numbers, with_settable_charts
from tests.likelihoods import LIKELIHOODS, exact_evidence
from tests.models import CASES, GROUP, VALUES

import unfunnel as uf

ROUNDINGS = 64
COUNT = np.bincount(GROUP)
TOTAL = np.bincount(GROUP, VALUES)
H, h = COUNT / 2.0**2, TOTAL / 2.0**2
CENTRE, WIDTH = 0.0, 5.0


@pytest.fixture(scope="module")
def gradient() -> Any:
    """Gradient in (x_mu, x_theta) of the unbalanced normal model, τ by its logarithm."""
    evidence = uf.Evidence.of_information(precision=H, location=TOTAL / COUNT)
    model, numbers = with_settable_charts(CASES["unbalanced"].build(), uf.Informed(evidence))
    numbers["tau::logarithmic"].set_value(np.array(1.0))
    mu, tau, theta = (model.rvs_to_values[model[name]].name for name in ("mu", "tau", "theta"))
    function = model.compile_dlogp([model["mu"], model["theta"]], mode=MODE)
    return lambda x_mu, x_theta, scale: function({mu: x_mu, theta: x_theta, tau: np.log(scale)})


def rounding(x_mu: float, x: Any, tau: float) -> Any:
    """How far the terms that the gradient is a sum of are rounded, each relative to itself."""
    M = 1.0 + tau**2 * H
    known = 1.0 / WIDTH**2 + (H / M).sum()
    mu = (CENTRE / WIDTH**2 + (h / M).sum()) / known + x_mu / np.sqrt(known)
    v = tau * (h - H * mu) / M + x / np.sqrt(M)
    theta = mu + tau * v
    residuals = np.bincount(GROUP, np.abs(VALUES - theta[GROUP])) / 2.0**2
    place = abs(CENTRE) + abs(mu) + np.abs(theta)
    pull = tau * (np.abs(h) + H * abs(mu))
    effects = (np.abs(v) + tau * residuals + tau * H * place + pull) / np.sqrt(M) + np.abs(x)
    shares = np.abs(v) * tau * H / M + residuals + H * place + H * tau * pull / M
    mean = (abs(mu - CENTRE) / WIDTH**2 + shares.sum()) / np.sqrt(known) + abs(mu) * np.sqrt(known) + abs(x_mu)
    return ROUNDINGS * EPS * np.array([mean, *effects])


@given(coordinates, st.lists(coordinates, min_size=4, max_size=4), powers(-8, 8))
@example(3.0, [1.0, -2.0, 0.5, 8.0], 1e-8)
@example(-8.0, [8.0, 8.0, -8.0, 8.0], 1e8)
def test_gradient_is_minus_x(gradient: Any, x_mu: float, x_theta: list[float], tau: float) -> None:
    x = np.array(x_theta)
    found = gradient(np.array(x_mu), x, tau)
    assert np.all(np.abs(found + np.array([x_mu, *x])) <= rounding(x_mu, x, tau))


@pytest.mark.parametrize("parameterization", ["noncentered", "informed"])
@pytest.mark.parametrize("tau", [1e-12, 1e-20, 1e-100])
def test_a_scale_lost_beside_its_location(parameterization: str, tau: float) -> None:
    """mu + tau x rounds to mu; the prior must go on seeing x all the same, or a spurious mode opens."""
    with pm.Model() as model:
        mu, scale = pm.Normal("mu", 0.0, 1e6), pm.HalfNormal("tau", 5)
        pm.Normal("theta", mu, scale, shape=2)
    charted, numbers = with_settable_charts(model, parameterization)
    if parameterization == "informed":
        numbers["tau::logarithmic"].set_value(np.array(1.0))
    names = {rv.name: charted.rvs_to_values[rv].name for rv in charted.free_RVs}
    value = log_density(charted)
    point = {names["mu"]: np.array(0.7), names["tau"]: np.log(tau), names["theta"]: np.zeros(2)}
    x = np.array([1.5, -2.0])
    difference = value({**point, names["theta"]: x}) - value(point)
    assert abs(difference + 0.5 * (x**2).sum()) <= ROUNDINGS * EPS * abs(value(point))


class Whitened:
    """A model with a normal likelihood in the chart of its own evidence."""

    def __init__(self, name: str) -> None:
        model = CASES[name].build()
        self.plan = uf.plan(model)
        (block,) = self.plan.blocks
        # Evidence at another noise than the one it is used at.
        exact = exact_evidence(name, self.plan, block, noise=0.8)
        charted, numbers = charted_with_numbers(model, self.plan)
        scales = {choice.site.name: True for choice in self.plan.choices if choice.whitened}
        set_numbers(numbers, charted.numbers(self.plan.learned({block.lead: exact}, scales)))
        new = charted.model
        self.members = [new.rvs_to_values[new[name]] for name in block.members]
        self.shapes = {key: np.shape(value) for key, value in new.initial_point().items()}
        self.gradient = new.compile_dlogp([new[name] for name in block.members], mode=MODE)


@pytest.fixture(scope="module", params=LIKELIHOODS)
def whitened(request: pytest.FixtureRequest) -> Whitened:
    return Whitened(request.param)


@pytest.mark.parametrize("reach", [0.5, 3.0])
def test_nothing_but_the_scales_is_left(whitened: Whitened, reach: float) -> None:
    """Shared parameters, siblings, fixed effects, crossed factors and free noise: the gradient is -x at any scale."""
    rng = np.random.default_rng(3)
    for _ in range(5):
        point = {name: rng.normal(size=shape) for name, shape in whitened.shapes.items()}
        members = {value.name for value in whitened.members}
        point |= {name: reach * value for name, value in point.items() if name not in members}
        x = np.concatenate([np.ravel(point[value.name]) for value in whitened.members])
        # Scales are within exp(±10), and what cancels is their square times an information of at most some tens.
        np.testing.assert_allclose(whitened.gradient(point), -x, rtol=1e-6, atol=1e-6)
