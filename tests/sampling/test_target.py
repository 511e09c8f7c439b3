"""The target acceptance rate that a pilot's step size asks for."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unfunnel.sampling.target import AUTO, TARGET_ACCEPT, TARGETS, cheapest_target, relative_step_size, trajectories


@given(st.floats(1e-4, 5.0))
def test_it_is_one_of_few_whatever_the_step_size(step_size: float) -> None:
    assert cheapest_target(step_size) in TARGETS


@given(st.floats(1e-3, 1.0))
def test_half_the_step_size_asks_for_the_same(step_size: float) -> None:
    """But for the step that a trajectory of 2^n - 1 has fewer than a power of two, which small ones feel."""
    step_size /= 8
    assert abs(cheapest_target(step_size) - cheapest_target(step_size / 2)) < 0.05 + 1e-9


@pytest.mark.parametrize(("step_size", "low", "high"), [(0.5, 0.65, 0.75), (0.38, 0.5, 0.6), (0.67, 0.5, 0.55)])
def test_trajectories_are_made_just_long_enough(step_size: float, low: float, high: float) -> None:
    """7 steps are enough at 0.5 already; at 0.38 trajectories of 15 become 7, and at 0.67 those of 7 become 3."""
    target = cheapest_target(step_size)
    assert low <= target <= high
    before, _ = trajectories(np.array([step_size]))
    after, _ = trajectories(step_size * relative_step_size(np.array([target])))
    assert after[0] <= before[0]


def test_steps_are_those_of_doubled_trajectories() -> None:
    steps, _ = trajectories(np.array([1.3, 1.15, 0.65, 0.62, 0.31, 0.15]))
    np.testing.assert_allclose(steps, [3, 3, 7, 7, 15, 31])
    # Smaller steps never take fewer of them.
    many, bulk = trajectories(np.geomspace(0.01, 1.1, 500))
    assert (np.diff(many) <= 1e-9).all()
    assert ((bulk > 1.0) & (bulk < 2.5)).all()


def test_step_sizes_are_relative_to_the_usual_rate() -> None:
    sizes = relative_step_size(TARGETS)
    assert sizes[-1] == pytest.approx(1.0)
    assert (np.diff(sizes) < 0).all()


def used(tree: Any) -> float:
    settings = json.loads(tree["sample_stats"].attrs["inference_library_settings"])
    assert settings["target_accept"] == tree["parameterization"].attrs["target_accept"]
    return float(settings["target_accept"])


@pytest.mark.sampling
def test_what_a_run_takes(fixed: Any, informed: Any) -> None:
    """What is asked for; and where that is a choice, with a pilot its own, without one the usual rate."""
    short: dict[str, Any] = {"draws": 20, "chains": 2, "random_seed": 1}
    chosen = informed.sample(**short, target_accept=AUTO)
    assert used(chosen) < TARGET_ACCEPT
    assert used(informed.sample(**short)) == TARGET_ACCEPT
    assert used(informed.sample(**short, target_accept=0.9)) == 0.9
    assert used(fixed.sample(**short, tune=50, target_accept=AUTO)) == TARGET_ACCEPT
    plan = type(informed.plan).from_datatree(chosen)
    assert used(informed.sample(**short, parameterization=plan, target_accept=AUTO)) == TARGET_ACCEPT
