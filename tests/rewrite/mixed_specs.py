"""The same for the models in which effects share their data with other parameters."""

from __future__ import annotations

import numpy as np
from tests.rewrite.nested_specs import NESTED
from tests.rewrite.reference import Block, Plain, Spec
from tests.rewrite.specs import MU, SPECS, half_normal, member, of

B0, B1 = member("b0", 1.0, 5.0), member("b1", 0.0, 2.0)
SIGMA = half_normal("sigma", 3.0)

MIXED: dict[str, Spec] = {
    "siblings": [
        half_normal("tau_a"),
        half_normal("tau_b"),
        SIGMA,
        Block(
            [member("a", "mu_a", "tau_a"), member("b", "mu_b", "tau_b")],
            [member("mu_a", 1.0, 5.0), member("mu_b", 0.0, 2.0)],
            of("sigma"),
        ),
    ],
    "fixed_effects": [half_normal("tau"), SIGMA, Block([member("u", 0.0, "tau")], [B0, B1], of("sigma"))],
    "fixed_by_hand": [half_normal("tau"), SIGMA, Block([member("z", 0.0, "tau", hand="u")], [B0, B1], of("sigma"))],
    "location_by_hand": [
        half_normal("tau"),
        SIGMA,
        Block([member("z", "mu", "tau", hand="theta")], [member(*MU), B1], of("sigma")),
    ],
    "index_first": [half_normal("tau"), SIGMA, Block([member("z", 0.0, "tau", hand="u")], [B0, B1], of("sigma"))],
    "bambi": [
        half_normal("1|g_sigma"),
        SIGMA,
        Block(
            [member("1|g_offset", 0.0, "1|g_sigma", hand="1|g")],
            [member("Intercept", 0.5, 2.5), member("x", 0.0, 2.5)],
            of("sigma"),
        ),
    ],
    "crossed": [
        half_normal("tau_person"),
        half_normal("tau_item"),
        Block([member("person", 0.0, "tau_person")], [member("item", 0.0, "tau_item")]),
    ],
    "crossed_with_a_mean": [
        half_normal("tau_person"),
        half_normal("tau_item"),
        Block([member("person", 0.0, "tau_person")], [member("item", "ease", "tau_item"), member("ease", 1.0, 2.0)]),
    ],
    "crossed_of_equal_length": [
        half_normal("tau_row"),
        half_normal("tau_column"),
        Block([member("row", 0.0, "tau_row")], [member("column", 0.0, "tau_column")]),
    ],
    "coefficients": [
        half_normal("tau"),
        Block([member("u", 0.0, "tau")], [member("beta", np.array([0.0, 1.0, 2.0, -1.0]), 2.0)]),
    ],
    "too_many_coefficients": [half_normal("tau"), Plain("beta"), Block([member("u", 0.0, "tau")])],
    "three_levels": [
        half_normal("tau_region"),
        half_normal("tau_district"),
        half_normal("tau_school"),
        Block(
            [member("school", lambda v: v["district"][np.array([0, 0, 1, 2])], "tau_school")],
            [
                member("district", lambda v: v["region"][np.array([0, 1, 1])], "tau_district"),
                member("region", "mu", "tau_region"),
                member(*MU),
            ],
        ),
    ],
    "mutable_data": [
        half_normal("tau"),
        SIGMA,
        Block(
            [member("u", lambda v: v["gamma"] * np.array([-1.0, 0.5, 2.0]), "tau")],
            [B0, B1, member("gamma", 0.0, 1.0)],
            of("sigma"),
        ),
    ],
    "feeds_a_scale": [Plain("b0"), Block([member("u", 0.0, lambda v: np.exp(v["b0"]))], [B1])],
    "noise_by_kind": [
        half_normal("tau"),
        Plain("sigma", positive=True),
        Block([member("theta", "mu", "tau")], [member(*MU)]),
    ],
    "potential_as_likelihood": [half_normal("tau"), Block([member("theta", "mu", "tau")], [member(*MU), B1])],
}
ALL: dict[str, Spec] = {**SPECS, **MIXED, **NESTED}
