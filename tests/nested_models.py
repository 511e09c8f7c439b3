"""Small models of effects nested in more than a few others, which are eliminated level by level."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
from tests.model_table import EFFECT, NOISE, OTHER, SCALE, SHARED, case

from unfunnel.errors import Reason
from unfunnel.planning import Block

DISTRICT_OF = np.array([0, 0, 1, 1, 2, 2])
SCHOOL_OF = np.array([0, 0, 1, 2, 3, 4, 5, 5])
ROOM_OF = np.array([0, 0, 1, 2, 3, 3, 3, 4, 5, 6, 6, 7])
SIZE = np.array([-1.0, 0.5, 2.0, 0.0, 1.0, -0.5])
KIND = np.array([0, 1, 1, 0, 0, 0, 1, 1])
AGE = np.random.default_rng(6).normal(size=12)
SCORES = np.random.default_rng(7).normal(1.0, 2.0, size=12)
TOTALS = np.random.default_rng(8).normal(1.0, 2.0, size=(9, 2))


def _scales() -> list[Any]:
    return [pm.HalfNormal(f"tau_{level}", 5) for level in ("district", "school")]


@case(
    {
        "mu": SHARED,
        "gamma": SHARED,
        "b1": SHARED,
        "tau_district": SCALE,
        "tau_school": SCALE,
        "tau_room": SCALE,
        "sigma": NOISE,
        "district": EFFECT,
        "school": EFFECT,
        "room": EFFECT,
    },
    scales={"district": ("tau_district",), "school": ("tau_school",), "room": ("tau_room",)},
    blocks=[Block(("room",), ("mu", "gamma", "b1"), direct=("b1",), noise="y", parents=("school", "district"))],
)
def levels() -> None:
    """A predictor of schools, one of pupils, unknown noise."""
    mu, gamma, b1 = pm.Normal("mu", 1, 5), pm.Normal("gamma", 0, 1), pm.Normal("b1", 0, 2)
    tau_district, tau_school = _scales()
    tau_room, sigma = pm.HalfNormal("tau_room", 5), pm.HalfNormal("sigma", 3)
    district = pm.Normal("district", mu, tau_district, shape=3)
    school = pm.Normal("school", district[DISTRICT_OF] + gamma * SIZE, tau_school, shape=6)
    room = pm.Normal("room", school[SCHOOL_OF], tau_room, shape=8)
    pm.Normal("y", room[ROOM_OF] + b1 * AGE, sigma, observed=SCORES)


@case(
    {
        "tau_district": SCALE,
        "tau_school": SCALE,
        "tau_room": SCALE,
        "district": EFFECT,
        "z_school": EFFECT,
        "z_room": EFFECT,
    },
    scales={"district": ("tau_district",), "z_school": ("tau_school",), "z_room": ("tau_room",)},
    blocks=[Block(("z_room",), parents=("z_school", "district"))],
    by_hand=["z_school", "z_room"],
)
def levels_by_hand() -> None:
    """Two of the levels written non-centered, rooms of two kinds, and no shared parameter."""
    tau_district, tau_school = _scales()
    tau_room = pm.HalfNormal("tau_room", 5, shape=2)
    district = pm.Normal("district", 0.5, tau_district, shape=3)
    school = pm.Deterministic("school", 2.0 + district[DISTRICT_OF] + tau_school * pm.Normal("z_school", 0, 1, shape=6))
    room = pm.Deterministic("room", school[SCHOOL_OF] + tau_room[KIND] * pm.Normal("z_room", 0, 1, shape=8))
    pm.Normal("y", room[ROOM_OF], 1.5, observed=SCORES)


@case(
    {
        "shift": OTHER,
        "mu": SHARED,
        "tau_district": SCALE,
        "tau_school": SCALE,
        "district": EFFECT,
        "school": EFFECT,
    },
    scales={"district": ("tau_district",), "school": ("tau_school",)},
    reasons={"shift": Reason.NO_REFERENCE},
    blocks=[Block(("school",), ("mu",), parents=("district",))],
)
def levels_by_row() -> None:
    """Parents along one of two dims, times a number, beside a variable that has no chart."""
    shift, mu = pm.AsymmetricLaplace("shift", kappa=1.0, mu=0.0, b=1.0), pm.Normal("mu", 1, 5)
    tau_district, tau_school = _scales()
    district = pm.Normal("district", mu, tau_district, shape=9)
    school = pm.Normal("school", shift + 0.5 * district[:, None], tau_school, shape=(9, 2))
    pm.Normal("y", school, 1.0, observed=TOTALS)
