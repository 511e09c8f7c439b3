"""How the models of the table are charted, as the reference needs to know it; in the order of elimination."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from tests.rewrite.densities import Exponential, HalfCauchy, HalfNormal
from tests.rewrite.reference import Block, Line, Member, Plain, Scale, Spec

TYPES = np.array([0, 0, 1, 1])
MU = ("mu", 1.0, 5.0)


def of(name: str) -> Callable[[Any], Any]:
    return lambda values: values[name]


def member(name: str, location: Any, scale: Any, **more: Any) -> Member:
    """A member whose location and scale are numbers, names of variables, or functions of their values."""
    location, scale = (_function(z) for z in (location, scale))
    return Member(name, location, scale, **more)


def _function(z: Any) -> Callable[[Any], Any]:
    if callable(z):
        return z  # type: ignore[no-any-return]
    return of(z) if isinstance(z, str) else lambda _: z


def half_normal(name: str, width: float = 5.0) -> Scale:
    return Scale(name, HalfNormal, lambda _: width)


def population(location: float = 1.0, scale: Any = "tau") -> Block:
    """theta ~ (mu, tau) with mu ~ Normal(location, 5), which most models have."""
    return Block([member("theta", "mu", scale)], [member("mu", location, 5.0)])


def usual(location: float = 1.0) -> Spec:
    return [half_normal("tau"), population(location)]


def exponential(values: Any) -> Any:
    return np.exp(values["log_tau"])


SPECS: dict[str, Spec] = {
    "eight_schools": [Scale("tau", HalfCauchy, lambda _: 5.0), population(0.0)],
    "unbalanced": usual(0.0),
    # Near its standard deviation.
    "student_t": [half_normal("tau"), population(scale=lambda v: v["tau"] * np.sqrt(1.0 + 3.0 / 4.0))],
    "log_normal": [
        Scale("tau", Exponential, lambda _: 0.5),
        Block([member("rate", "mu", "tau", line=Line.POSITIVE)], [member("mu", 0.0, 1.0)]),
    ],
    "int_scale": [population(scale=1000.0)],
    "float64_scale": [population(scale=2.5)],
    "int_location": [half_normal("tau"), Block([member("theta", 2.0, "tau")])],
    "initial_values": usual(),
    "initial_arrays": usual(),
    "exponential_prior": [Scale("tau", Exponential, lambda _: 2.0), population()],
    "two_dims": usual(),
    "scales_by_type": [half_normal("tau"), population(scale=lambda v: v["tau"][TYPES])],
    "nested": [
        half_normal("tau_district"),
        half_normal("tau_school"),
        Block(
            [member("school", lambda v: v["district"][TYPES], "tau_school")],
            [member("district", "mu", "tau_district"), member(*MU)],
        ),
    ],
    "shared_mean": [
        half_normal("tau_a"),
        half_normal("tau_b"),
        Block([member("a", "mu", "tau_a")], [member("b", "mu", "tau_b"), member(*MU)]),
    ],
    "potential_and_deterministic": [Plain("log_tau"), population(scale=exponential)],
    "mean_in_a_potential": usual(),
    "scalar_effect": usual(),
    "prior_of_a_prior": [
        Plain("width", positive=True),
        Scale("tau", HalfNormal, of("width")),
        population(),
    ],
    "scales_of_their_own": [
        half_normal("spread"),
        Block([member("log_tau", "level", "spread")], [member("level", 0.0, 1.0)]),
        population(scale=exponential),
    ],
    "flat_mean": [half_normal("tau"), Plain("mu"), Block([member("theta", "mu", "tau")])],
    "regression_on_groups": [
        half_normal("tau"),
        Block(
            [member("theta", lambda v: v["mu"] + v["slope"] * np.array([-1.0, 0.0, 1.0]), "tau")],
            [member(*MU), member("slope", 0.0, 1.0)],
        ),
    ],
    "unknown_scale_prior": [Plain("tau", positive=True), population()],
    "free_noise": [
        half_normal("tau"),
        half_normal("sigma", 3.0),
        Block([member("theta", "mu", "tau")], [member(*MU)], noise=of("sigma")),
    ],
    "noncentered_by_hand": [
        half_normal("tau"),
        Block([member("z", "mu", "tau", hand="theta")], [member(*MU)]),
    ],
}
