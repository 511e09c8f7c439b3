"""How the models of the table are charted, as the reference needs to know it; in the order of elimination."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from tests.rewrite.densities import Exponential, HalfCauchy, HalfNormal
from tests.rewrite.reference import Effect, Mean, Plain, Scale, Spec

TYPES = np.array([0, 0, 1, 1])


def of(name: str) -> Callable[[Any], Any]:
    return lambda values: values[name]


def half_normal(name: str) -> Scale:
    return Scale(name, HalfNormal, lambda _: 5.0)


def population(location: float = 1.0, effect: str = "theta", positive: bool = False) -> Spec:
    """What most models are: theta ~ (mu, tau) with mu ~ Normal(location, 5) and tau ~ HalfNormal(5)."""
    return [
        half_normal("tau"),
        Mean("mu", effect, location, 5.0, of("tau")),
        Effect(effect, of("mu"), of("tau"), positive),
    ]


def constant_scale(scale: float) -> Spec:
    return [Mean("mu", "theta", 1.0, 5.0, lambda _: scale), Effect("theta", of("mu"), lambda _: scale)]


SPECS: dict[str, Spec] = {
    "eight_schools": [Scale("tau", HalfCauchy, lambda _: 5.0), *population(location=0.0)[1:]],
    "unbalanced": population(location=0.0),
    "student_t": population(),
    "log_normal": [
        Scale("tau", Exponential, lambda _: 0.5),
        Mean("mu", "rate", 0.0, 1.0, of("tau")),
        Effect("rate", of("mu"), of("tau"), positive=True),
    ],
    "int_scale": constant_scale(1000.0),
    "float64_scale": constant_scale(2.5),
    "int_location": [half_normal("tau"), Effect("theta", lambda _: 2.0, of("tau"))],
    "initial_values": population(),
    "initial_arrays": population(),
    "exponential_prior": [Scale("tau", Exponential, lambda _: 2.0), *population()[1:]],
    "two_dims": population(),
    "scales_by_type": [
        half_normal("tau"),
        Mean("mu", "theta", 1.0, 5.0, lambda v: v["tau"][TYPES]),
        Effect("theta", of("mu"), lambda v: v["tau"][TYPES]),
    ],
    "nested": [
        half_normal("tau_district"),
        half_normal("tau_school"),
        Mean("mu", "district", 1.0, 5.0, of("tau_district")),
        Effect("district", of("mu"), of("tau_district")),
        Effect("school", lambda v: v["district"][TYPES], of("tau_school")),
    ],
    "shared_mean": [
        half_normal("tau_a"),
        half_normal("tau_b"),
        Plain("mu"),
        Effect("a", of("mu"), of("tau_a")),
        Effect("b", of("mu"), of("tau_b")),
    ],
    "potential_and_deterministic": [
        Plain("log_tau"),
        Mean("mu", "theta", 1.0, 5.0, lambda v: np.exp(v["log_tau"])),
        Effect("theta", of("mu"), lambda v: np.exp(v["log_tau"])),
    ],
    "mean_in_a_potential": [half_normal("tau"), Plain("mu"), Effect("theta", of("mu"), of("tau"))],
    "scalar_effect": population(),
    "prior_of_a_prior": [
        Plain("width", positive=True),
        Scale("tau", HalfNormal, of("width")),
        *population()[1:],
    ],
    "scales_of_their_own": [
        half_normal("spread"),
        Mean("level", "log_tau", 0.0, 1.0, of("spread")),
        Effect("log_tau", of("level"), of("spread")),
        Mean("mu", "theta", 1.0, 5.0, lambda v: np.exp(v["log_tau"])),
        Effect("theta", of("mu"), lambda v: np.exp(v["log_tau"])),
    ],
    "flat_mean": [half_normal("tau"), Plain("mu"), Effect("theta", of("mu"), of("tau"))],
    "regression_on_groups": [
        half_normal("tau"),
        Plain("mu"),
        Plain("slope"),
        Effect("theta", lambda v: v["mu"] + v["slope"] * np.array([-1.0, 0.0, 1.0]), of("tau")),
    ],
    "unknown_scale_prior": [Plain("tau", positive=True), *population()[1:]],
    "free_noise": [Plain("sigma", positive=True), *population()],
}
