from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytest
from hypothesis import given
from tests.charts.harness import ROUNDINGS, ChartInUse, chart_in_use
from tests.charts.strategies import centerednesses, coordinates, each, locations, scales
from tests.graphs import EPS

from unfunnel import NonCentered


@pytest.fixture(scope="module", params=["Normal", "StudentT", "LogNormal"])
def family(request: pytest.FixtureRequest) -> tuple[str, ChartInUse]:
    with pm.Model() as model:
        mu, tau = pm.Normal("mu"), pm.HalfNormal("tau")
        degrees = {"nu": 4} if request.param == "StudentT" else {}
        getattr(pm, request.param)("theta", mu=mu, sigma=tau, shape=3, **degrees)
    return request.param, chart_in_use(model, NonCentered(), "theta", ["mu", "tau"])


def of_effect(name: str, scale: float) -> float:
    """The scale of the chart: that of StudentT is near its standard deviation, σ √(1 + 3/ν)."""
    return scale * float(np.sqrt(1.0 + 3.0 / 4.0)) if name == "StudentT" else scale


def reachable(name: str, location: float, scale: float) -> tuple[float, float]:
    """The value of a LogNormal is itself a double, so the logarithm of it has to stay below 700."""
    return (np.clip(location, -10.0, 10.0), min(scale, 10.0)) if name == "LogNormal" else (location, scale)


def on_line(name: str, value: Any, log_jacobian: Any, slope: Any) -> tuple[Any, Any, Any]:
    """Value, log|J| and slope on the unconstrained line; the rest of the way is the family's own transform."""
    if name != "LogNormal":
        return value, log_jacobian, slope
    u = np.log(value)
    return u, log_jacobian - u, slope / value


@given(each(coordinates), each(centerednesses), locations, scales)
def test_chart(family: Any, x: list[float], weights: list[float], location: float, scale: float) -> None:
    name, chart = family
    location, scale = reachable(name, location, scale)
    x, weights = np.array(x), np.array(weights)
    chart.set("theta", centeredness=weights)
    value, log_jacobian, slope = chart.backward(x, location, scale)
    back = chart.forward(value, location, scale)
    scale = of_effect(name, scale)
    expected = location + scale ** (1.0 - weights) * (x - weights * location)
    u, log_jacobian, slope = on_line(name, value, log_jacobian, slope)
    # u passes through location, scale and standardised value; each of these parts is rounded relative to itself, and
    # the logarithm of a LogNormal's value loses 1 ulp of that value, which is absolute on the line.
    size = abs(location) + np.abs(expected) + scale ** (1.0 - weights) * np.abs(x) + (name == "LogNormal")
    assert np.all(np.abs(u - expected) <= ROUNDINGS * EPS * size)
    assert np.all(np.abs(back - x) <= ROUNDINGS * EPS * (size / scale ** (1.0 - weights) + np.abs(x)))
    # log|J| is a sum of logarithms of scale and stretch, at most twice |log scale| in size.
    logs = ROUNDINGS * EPS * (1.0 + 2.0 * abs(np.log(scale)) + (np.abs(u) if name == "LogNormal" else 0.0))
    assert np.all(np.abs(log_jacobian - np.log(slope)) <= logs)
    assert np.all(np.abs(log_jacobian - (1.0 - weights) * np.log(scale)) <= logs)


@given(each(coordinates), locations, scales)
def test_one_is_the_identity(family: Any, x: list[float], location: float, scale: float) -> None:
    name, chart = family
    location, scale = reachable(name, location, scale)
    chart.set("theta", centeredness=1.0)
    value, log_jacobian, slope = chart.backward(np.array(x), location, scale)
    u, log_jacobian, _ = on_line(name, value, log_jacobian, slope)
    room = ROUNDINGS * EPS * (abs(location) + np.abs(x) + (name == "LogNormal"))
    assert np.all(np.abs(u - np.array(x)) <= room)
    assert np.all(np.abs(log_jacobian) <= ROUNDINGS * EPS * (1.0 + 2.0 * abs(np.log(scale))) + room)


@given(each(coordinates), locations, scales)
def test_zero_is_the_standardised_value(family: Any, x: list[float], location: float, scale: float) -> None:
    name, chart = family
    location, scale = reachable(name, location, scale)
    chart.set("theta", centeredness=0.0)
    value, log_jacobian, _ = chart.backward(np.array(x), location, scale)
    scale = of_effect(name, scale)
    u = location + scale * np.array(x)
    # Where the scale is a product itself, it is rounded once more.
    np.testing.assert_allclose(value, np.exp(u) if name == "LogNormal" else u, rtol=EPS * 4 * (name == "StudentT"))
    if name != "LogNormal":
        np.testing.assert_allclose(log_jacobian, np.full(3, np.log(scale)), rtol=EPS * 4 * (name == "StudentT"))
