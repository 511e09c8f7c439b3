"""The charts of effects and of their population mean, against their definition in units of precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.charts.harness import ROUNDINGS, ChartInUse, chart_in_use
from tests.charts.strategies import coordinates, each, locations, powers, precisions, scales
from tests.graphs import EPS

from unfunnel import Evidence, Informed

WIDTH = 5.0
CENTRE = 1.0


def build() -> Any:
    with pm.Model() as model:
        mu, tau = pm.Normal("mu", CENTRE, WIDTH), pm.HalfNormal("tau")
        pm.Normal("theta", mu, tau, shape=3)
    return model


@pytest.fixture(scope="module")
def effect() -> ChartInUse:
    return chart_in_use(build(), Informed(), "theta", ["mu", "tau"])


@pytest.fixture(scope="module")
def mean() -> ChartInUse:
    return chart_in_use(build(), Informed(), "mu", ["tau"])


@given(each(coordinates), locations, scales, each(precisions), each(locations))
def test_effect(effect: ChartInUse, x: Any, location: float, scale: float, H: Any, points: Any) -> None:
    x, H, points = map(np.array, (x, H, points))
    effect.learn("theta", Evidence.diagonal(H * points, H))
    value, log_jacobian, slope = effect.backward(x, location, scale)
    precision = 1.0 / scale**2 + H
    expected = (location / scale**2 + H * points) / precision + x / np.sqrt(precision)
    # The effect is location + scale * v, and v holds the evidence's pull h - H location, a difference.
    size = abs(location) + np.abs(points) + np.abs(x) / np.sqrt(precision)
    assert np.all(np.abs(value - expected) <= ROUNDINGS * EPS * size)
    back = effect.forward(value, location, scale)
    assert np.all(np.abs(back - x) <= ROUNDINGS * EPS * (size * np.sqrt(precision) + np.abs(x)))
    logs = ROUNDINGS * EPS * (1.0 + abs(np.log(scale)) + np.abs(np.log(precision)))
    assert np.all(np.abs(log_jacobian - np.log(slope)) <= logs)
    assert np.all(np.abs(log_jacobian + 0.5 * np.log(precision)) <= logs)


@given(coordinates, scales, each(st.one_of(st.just(0.0), powers(-8, 6))), each(locations))
def test_mean(mean: ChartInUse, x: float, scale: float, H: Any, points: Any) -> None:
    H, points = np.array(H), np.array(points)
    mean.learn("theta", Evidence.diagonal(H * points, H))
    value, log_jacobian, slope = mean.backward(x, scale)
    # With the effects integrated out a group's evidence has variance scale² + 1/H around the mean.
    known = H / (1.0 + scale**2 * H)
    precision = 1.0 / WIDTH**2 + known.sum()
    expected = (CENTRE / WIDTH**2 + (known * points).sum()) / precision + x / np.sqrt(precision)
    # What a group knows is its information less what its own scale takes of that, a difference of such terms.
    terms = H * (1.0 + scale**2 * H / (1.0 + scale**2 * H))
    lost = 1.0 + terms.sum() / precision
    size = CENTRE + (terms * np.abs(points)).sum() / precision + abs(x) / np.sqrt(precision)
    room = ROUNDINGS * EPS * lost * (size + abs(expected))
    assert abs(value - expected) <= room
    back = mean.forward(value, scale)
    assert abs(back - x) <= ROUNDINGS * EPS * (size * np.sqrt(precision) + lost * abs(x)) + room * np.sqrt(precision)
    logs = ROUNDINGS * EPS * (lost + np.log(WIDTH) + abs(np.log(precision)))
    assert abs(log_jacobian - np.log(slope)) <= logs
    assert abs(log_jacobian + 0.5 * np.log(precision)) <= logs


@given(each(coordinates), locations, scales)
def test_effect_without_evidence_is_noncentered(effect: ChartInUse, x: Any, location: float, scale: float) -> None:
    effect.learn("theta", Evidence.none(3))
    value, log_jacobian, _ = effect.backward(np.array(x), location, scale)
    np.testing.assert_array_equal(value, location + scale * np.array(x))
    np.testing.assert_array_equal(log_jacobian, np.full(3, np.log(scale)))


@given(each(coordinates), locations, scales)
def test_effect_that_is_known_does_not_move_with_its_prior(
    effect: ChartInUse, x: Any, location: float, scale: float
) -> None:
    effect.learn("theta", Evidence.diagonal(np.full(3, 3e30), np.full(3, 1e30)))
    value, _, slope = effect.backward(np.array(x), location, scale)
    left = 1.0 / (scale**2 * 1e30)  # the weight that the prior keeps beside the evidence
    room = left + ROUNDINGS * EPS
    np.testing.assert_allclose(value, 3.0 + np.array(x) * 1e-15, rtol=0, atol=room * (abs(location) + 3.0))
    np.testing.assert_allclose(slope, 1e-15, rtol=room)


@given(coordinates, scales)
def test_mean_without_evidence_is_standardised(mean: ChartInUse, x: float, scale: float) -> None:
    mean.learn("theta", Evidence.none(3))
    value, log_jacobian, _ = mean.backward(x, scale)
    assert value == CENTRE + WIDTH * x
    assert log_jacobian == np.log(WIDTH)
