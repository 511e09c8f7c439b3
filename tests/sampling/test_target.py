"""The target acceptance rate that a pilot's step size asks for."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unfunnel.sampling.target import AUTO, TARGET_ACCEPT, TARGETS, cheaper_targets, relative_step_size, trajectories


@given(st.floats(1e-4, 5.0))
def test_they_are_of_few_whatever_the_step_size(step_size: float) -> None:
    targets = cheaper_targets(step_size)
    assert set(targets) <= set(TARGETS) - {TARGET_ACCEPT}
    assert len(set(targets)) == len(targets)


@given(st.floats(1e-3, 1.0))
def test_half_the_step_size_asks_for_the_same(step_size: float) -> None:
    """But for the step that a trajectory of 2^n - 1 has fewer than a power of two, which small ones feel."""
    step_size /= 8
    first, second = (cheaper_targets(size) for size in (step_size, step_size / 2))
    if first and second:
        assert abs(first[0] - second[0]) < 0.05 + 1e-9


@pytest.mark.parametrize(("step_size", "low", "high"), [(0.42, 0.6, 0.65), (0.38, 0.5, 0.6), (0.67, 0.5, 0.55)])
def test_trajectories_are_made_just_long_enough(step_size: float, low: float, high: float) -> None:
    """Of 15 steps they become ones of 7, and at 0.67 of 7 ones of 3."""
    target = cheaper_targets(step_size)[0]
    assert low <= target <= high
    before, _ = trajectories(np.array([step_size]))
    after, _ = trajectories(step_size * relative_step_size(np.array([target])))
    assert after[0] < before[0]


@pytest.mark.parametrize("step_size", [0.3, 0.55, 0.59, 1.2])
def test_trajectories_that_are_long_enough_stay(step_size: float) -> None:
    assert cheaper_targets(step_size) == ()


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
    """What is asked for; and where nothing is, with a pilot its choice, without one the usual rate."""
    short: dict[str, Any] = {"draws": 20, "chains": 2, "random_seed": 1}
    chosen = informed.sample(**short)
    assert used(chosen) < TARGET_ACCEPT
    assert used(informed.sample(**short, target_accept=AUTO)) == used(chosen)
    assert used(informed.sample(**short, target_accept=0.9)) == 0.9
    assert used(fixed.sample(**short, tune=50)) == TARGET_ACCEPT
    plan = type(informed.plan).from_datatree(chosen)
    assert used(informed.sample(**short, parameterization=plan)) == TARGET_ACCEPT
