"""Trials of longer steps: which posteriors they are safe on, and what trying costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from unfunnel.sampling.probe import POINTS, Density, Floats, chosen_target
from unfunnel.sampling.target import TARGET_ACCEPT, cheaper_targets

STEP_SIZE = 0.67
TARGETS = cheaper_targets(STEP_SIZE)
"""Rates at which trajectories of 7 steps become ones of 3."""


def normal(point: Floats) -> tuple[float, Floats]:
    return -0.5 * float(point @ point), -point


def walled(point: Floats) -> tuple[float, Floats]:
    """The log of a Poisson rate of which nothing was seen to happen: a wall on one side of what the prior says."""
    rate = np.exp(np.minimum(2.0 * point, 700.0))
    return float(np.sum(-0.5 * point**2 - 0.3 * rate)), -point - 0.6 * rate


def draws(count: int, size: int) -> Floats:
    return np.random.default_rng(5).standard_normal((count, size))


class Counted:
    """A density that counts how often it is asked."""

    def __init__(self, density: Density) -> None:
        self.density, self.calls = density, 0

    def __call__(self, point: Floats) -> tuple[float, Floats]:
        self.calls += 1
        return self.density(point)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("size", [1, 10, 2000, 20_000])
def test_a_normal_posterior_takes_the_cheapest_rate_in_any_units(size: int, scale: float) -> None:
    def scaled(point: Floats) -> tuple[float, Floats]:
        value, gradient = normal(point / scale)
        return value, gradient / scale

    found = chosen_target(TARGETS, STEP_SIZE, scale * draws(POINTS, size), scaled, np.random.default_rng(1))
    assert found.target_accept == TARGETS[0]


def test_a_wall_that_few_trajectories_meet_keeps_the_usual_rate() -> None:
    """Where they start, in draws of the posterior, nothing is to be seen of it."""
    points = np.minimum(draws(POINTS, 8), 0.5) - 1.0
    found = chosen_target(TARGETS, STEP_SIZE, points, walled, np.random.default_rng(1))
    assert found.target_accept == TARGET_ACCEPT


@pytest.mark.parametrize(("extra", "target"), [(1.0, 0.5), (2.0, 0.6), (3.0, TARGET_ACCEPT)])
def test_the_first_rate_that_is_stable_is_taken(extra: float, target: float) -> None:
    """Beyond two standard deviations curvature is two, three and four times what it is where the draws are."""

    def steep(point: Floats) -> tuple[float, Floats]:
        far = np.maximum(np.abs(point) - 2.0, 0.0)
        return float(-0.5 * np.sum(point**2 + extra * far**2)), -point - extra * far * np.sign(point)

    points = np.clip(draws(POINTS, 300), -2.0, 2.0)
    found = chosen_target(TARGETS, STEP_SIZE, points, steep, np.random.default_rng(1))
    assert (TARGETS, found.target_accept) == ((0.5, 0.55, 0.6), target)


@pytest.mark.parametrize("density", [normal, walled])
def test_every_gradient_is_counted(density: Any) -> None:
    counted = Counted(density)
    found = chosen_target(TARGETS, STEP_SIZE, draws(POINTS, 4) - 1.0, counted, np.random.default_rng(1))
    assert found.gradients == counted.calls > POINTS


def test_a_density_that_is_nowhere_finite_keeps_the_usual_rate() -> None:
    def never(point: Floats) -> tuple[float, Floats]:
        return -np.inf, np.full_like(point, np.nan)

    found = chosen_target(TARGETS, STEP_SIZE, draws(POINTS, 4), never, np.random.default_rng(1))
    assert found.target_accept == TARGET_ACCEPT


def test_a_coordinate_without_scale_keeps_the_usual_rate() -> None:
    def flat(point: Floats) -> tuple[float, Floats]:
        return 0.0, np.zeros_like(point)

    found = chosen_target(TARGETS, STEP_SIZE, draws(POINTS, 4), flat, np.random.default_rng(1))
    assert found.target_accept == TARGET_ACCEPT


@pytest.mark.sampling
def test_the_density_is_that_of_the_charted_model(informed: Any) -> None:
    """Its gradient is its slope, and it is what nutpie reports."""
    tree = informed.sample(30, chains=1, random_seed=2)
    density = informed._engine.compiled.density()
    point = informed._engine.start.point(
        {name: tree["posterior"][name].values[0, -1] for name in informed._engine.frame.free}
    )
    value, gradient = density(point)
    assert value == pytest.approx(float(tree["sample_stats"]["lp"][0, -1]), rel=1e-9)
    for place in range(point.size):
        step = np.zeros(point.size)
        step[place] = 1e-5
        slope = (density(point + step)[0] - density(point - step)[0]) / 2e-5
        assert gradient[place] == pytest.approx(slope, rel=1e-5, abs=1e-5)
