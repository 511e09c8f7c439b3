"""The charted model's log density is that of a hand-written reference model plus the written Jacobian."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.charts.strategies import centerednesses, coordinates, powers
from tests.graphs import charted_with_numbers, log_density, set_numbers
from tests.models import CASES
from tests.rewrite import mixed_densities, nested_densities, reference  # noqa: F401
from tests.rewrite.evidence import block_evidence
from tests.rewrite.mixed_specs import ALL

import unfunnel as uf
from unfunnel.structure import Role

SINGLE = float(np.finfo(np.float32).eps)
# The value of a LogNormal, and a scale that is the exponential of an effect, have to be doubles. Where both a scale of
# effects and one of shared parameters are beyond 1e4, the precision of these is what rounding left of larger terms.
REACH = {"log_normal": 2.0, "scales_of_their_own": 1.0} | dict.fromkeys(
    (
        "nested",
        "shared_mean",
        "crossed",
        "crossed_with_a_mean",
        "crossed_of_equal_length",
        "three_levels",
        "levels",
        "levels_by_hand",
        "levels_by_row",
    ),
    np.log(1e4),
)
# So it is with evidence, which grows with the inverse square of the noise.
NOISE_REACH = 2.0


class Charted:
    """A charted model, compiled once."""

    def __init__(self, name: str, parameterization: Any) -> None:
        self.name, self.spec = name, ALL[name]
        model = CASES[name].build()
        self.plan = uf.plan(model, parameterization)
        self.charted, self.numbers = charted_with_numbers(model, self.plan)
        model = self.charted.model
        self.values = {rv.name: model.rvs_to_values[rv].name for rv in model.free_RVs}
        self.shapes = {name: np.shape(value) for name, value in model.initial_point().items()}
        self.function = log_density(model)

    def point(self, data: Any, *, logarithmic: bool) -> dict[str, Any]:
        """Coordinates drawn from strategies by what they are of."""
        scales = {step.name for step in self.spec if isinstance(step, reference.Scale)}
        x = {}
        for name, value in self.values.items():
            elements = log_scales(self.name) if logarithmic and name in scales else coordinates
            if self.plan[name].site.role is Role.NOISE:
                elements = st.floats(-NOISE_REACH, NOISE_REACH)
            x[name] = data.draw(arrays(float, self.shapes[value], elements=elements))
        return x

    def learned(self, data: Any, logarithmic: bool) -> uf.Plan:
        """A plan with evidence of every size: none, little, and much."""
        evidence = {}
        for number, block in enumerate(self.plan.blocks):
            strength = data.draw(arrays(float, self.plan[block.lead].site.size, elements=strengths))
            seed, noise = data.draw(st.integers(0, 99)), data.draw(powers(-1, 1))
            evidence[block.lead] = block_evidence(self.plan, block, seed + 100 * number, strength, noise)
        return self.plan.learned(evidence, {c.site.name: logarithmic for c in self.plan.choices if c.whitened})

    def check(self, x: dict[str, Any], numbers: dict[str, Any], of_reference: dict[str, Any]) -> None:
        set_numbers(self.numbers, numbers)
        nowhere = {name: np.zeros_like(value) for name, value in x.items()}
        found, expected, room = self.both(x, of_reference)
        start, expected_start, room_start = self.both(nowhere, of_reference)
        assert abs((found - start) - (expected - expected_start)) <= room + room_start
        # PyMC holds the logarithms of constants, 5 say, in single precision; there are less than 128 of them.
        assert abs(found - expected) <= room + 128 * 8.0 * SINGLE

    def both(self, x: dict[str, Any], numbers: dict[str, Any]) -> tuple[float, float, float]:
        found = self.function({self.values[name]: value for name, value in x.items()})
        return float(found), *reference.log_density(self.name, self.spec, x, numbers)


strengths = st.one_of(st.just(0.0), powers(-6, 4))


def log_scales(name: str) -> Any:
    reach = REACH.get(name, np.log(1e8))
    return st.one_of(st.sampled_from([-reach, reach]), st.floats(-reach, reach))


@pytest.fixture(scope="module", params=ALL)
def fixed(request: pytest.FixtureRequest) -> Charted:
    return Charted(request.param, uf.NonCentered())


@pytest.fixture(scope="module", params=ALL)
def informed(request: pytest.FixtureRequest) -> Charted:
    return Charted(request.param, uf.Informed())


@settings(max_examples=25)
@given(st.data())
def test_fixed(fixed: Charted, data: Any) -> None:
    """Every centeredness, of which centered, noncentered and mixed are the ends; τ from 1e-8 to 1e8."""
    x = fixed.point(data, logarithmic=True)
    numbers = {
        name: data.draw(arrays(float, shared.get_value().shape, elements=centerednesses))
        for name, shared in fixed.numbers.items()
    }
    fixed.check(x, numbers, numbers)


@settings(max_examples=25)
@given(st.data(), st.booleans())
def test_informed(informed: Charted, data: Any, logarithmic: bool) -> None:
    """All evidence, none and much among it; τ by its prior, and by its logarithm from 1e-8 to 1e8."""
    x = informed.point(data, logarithmic=logarithmic)
    plan = informed.learned(data, logarithmic)
    of_reference = {f"{c.site.name}::logarithmic": float(logarithmic) for c in plan.choices if c.whitened}
    of_reference |= {f"{block.lead}::evidence": plan.evidence(block) for block in plan.blocks}
    informed.check(x, informed.charted.numbers(plan), of_reference)


def test_every_model_with_an_effect_has_a_reference() -> None:
    """Those left out are models after conditioning, one with a discrete variable, and other lines.

    And variables that hold all effects of their groups, which `tests/charts/test_vectors.py` has, and one whose scale
    differs from group to group, and one whose standardised effects have a scale of their own, which
    `test_change_of_variables.py` has.
    """
    conditioned = {"after_do", "after_observe", "data_after_do", "data_after_observe"}
    conditioned |= {"correlated", "correlated_by_hand", "columns_of_effects"}
    left_out = conditioned | {"discrete", "gamma_effects", "beta_effects", "zero_sum", "uniform_by_hand"}
    left_out |= {"local_scales_by_hand", "student_by_hand"}
    assert {name for name, case in CASES.items() if case.effects} - left_out == set(ALL)
