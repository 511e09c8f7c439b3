"""The charted model's log density is that of a hand-written reference model plus the written Jacobian."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.charts.strategies import centerednesses, coordinates, powers
from tests.graphs import log_density, with_settable_charts
from tests.models import CASES
from tests.rewrite import reference
from tests.rewrite.specs import SPECS

from unfunnel import Informed, NonCentered

SINGLE = float(np.finfo(np.float32).eps)
# The value of a LogNormal, and a scale that is the exponential of an effect, have to be doubles.
REACH = {"log_normal": 2.0, "scales_of_their_own": 1.0}


class Charted:
    """A charted model, compiled once."""

    def __init__(self, name: str, parameterization: Any) -> None:
        self.name, self.spec = name, SPECS[name]
        model, self.numbers = with_settable_charts(CASES[name].build(), parameterization)
        self.values = {rv.name: model.rvs_to_values[rv].name for rv in model.free_RVs}
        self.shapes = {name: np.shape(value) for name, value in model.initial_point().items()}
        self.function = log_density(model)

    def draw(self, data: Any, elements: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """A point and the charts' numbers, their elements drawn from strategies by what they are."""
        x = {}
        for step in self.spec:
            kind = "log_scale" if type(step) in self.logarithmic_steps(elements) else "x"
            x[step.name] = data.draw(arrays(float, self.shapes[self.values[step.name]], elements=elements[kind]))
        numbers = {}
        for name, shared in self.numbers.items():
            numbers[name] = data.draw(arrays(float, shared.get_value().shape, elements=elements[name.split("::")[1]]))
        for name in [name for name in numbers if name.endswith("::h")]:
            numbers[name] = numbers[name] * numbers[name.replace("::h", "::H")]
        return x, numbers

    @staticmethod
    def logarithmic_steps(elements: dict[str, Any]) -> tuple[type, ...]:
        return (reference.Scale,) if elements["logarithmic_scales"] else ()

    def check(self, x: dict[str, Any], numbers: dict[str, Any]) -> None:
        nowhere = {name: np.zeros_like(value) for name, value in x.items()}
        found, expected, room = self.both(x, numbers)
        start, expected_start, room_start = self.both(nowhere, numbers)
        assert abs((found - start) - (expected - expected_start)) <= room + room_start
        # PyMC holds the logarithms of constants, 5 say, in single precision; there are less than 64 of them.
        assert abs(found - expected) <= room + 64 * 8.0 * SINGLE

    def both(self, x: dict[str, Any], numbers: dict[str, Any]) -> tuple[float, float, float]:
        for name, value in numbers.items():
            self.numbers[name].set_value(value)
        found = self.function({self.values[name]: value for name, value in x.items()})
        return float(found), *reference.log_density(self.name, self.spec, x, numbers)


def log_scales(name: str) -> Any:
    reach = REACH.get(name, np.log(1e8))
    return st.one_of(st.sampled_from([-reach, reach]), st.floats(-reach, reach))


@pytest.fixture(scope="module", params=SPECS)
def fixed(request: pytest.FixtureRequest) -> Charted:
    return Charted(request.param, NonCentered())


@pytest.fixture(scope="module", params=SPECS)
def informed(request: pytest.FixtureRequest) -> Charted:
    return Charted(request.param, Informed())


@settings(max_examples=40)
@given(st.data())
def test_fixed(fixed: Charted, data: Any) -> None:
    """Every centeredness, of which centered, noncentered and mixed are the ends; τ from 1e-8 to 1e8."""
    elements = {"x": coordinates, "log_scale": log_scales(fixed.name), "logarithmic_scales": True}
    fixed.check(*fixed.draw(data, {**elements, "centeredness": centerednesses}))


@settings(max_examples=40)
@given(st.data(), st.booleans())
def test_informed(informed: Charted, data: Any, logarithmic: bool) -> None:
    """All evidence, none and huge among it; τ by its prior, and by its logarithm from 1e-8 to 1e8."""
    elements = {"x": coordinates, "log_scale": log_scales(informed.name), "logarithmic_scales": logarithmic}
    evidence = {"h": st.floats(-10.0, 10.0), "H": st.one_of(st.just(0.0), powers(-8, 16))}
    informed.check(*informed.draw(data, {**elements, **evidence, "logarithmic": st.just(float(logarithmic))}))


def test_every_model_with_an_effect_has_a_reference() -> None:
    """Those that are left out are a model of the table after conditioning, and one with a discrete variable."""
    left_out = {"after_do", "after_observe", "discrete"}
    assert {name for name, case in CASES.items() if case.effects} - left_out == set(SPECS)
