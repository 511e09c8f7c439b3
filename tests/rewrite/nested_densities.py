"""Log densities of the models of nested levels, written by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.nested_models import AGE, DISTRICT_OF, KIND, ROOM_OF, SCHOOL_OF, SCORES, SIZE, TOTALS
from tests.rewrite.densities import HalfNormal, Values, density_of, normal


def _scales(v: Values, *names: str) -> list[Any]:
    return [HalfNormal.log_density(v[f"tau_{name}"], 5) for name in names]


@density_of("levels")
def _(v: Values) -> list[Any]:
    shared = [normal(v["mu"], 1, 5), normal(v["gamma"], 0, 1), normal(v["b1"], 0, 2)]
    district = normal(v["district"], v["mu"], v["tau_district"])
    school = normal(v["school"], v["district"][DISTRICT_OF] + v["gamma"] * SIZE, v["tau_school"])
    room = normal(v["room"], v["school"][SCHOOL_OF], v["tau_room"])
    y = normal(SCORES, v["room"][ROOM_OF] + v["b1"] * AGE, v["sigma"])
    scales = [*_scales(v, "district", "school", "room"), HalfNormal.log_density(v["sigma"], 3)]
    return [*shared, *scales, district, school, room, y]


@density_of("levels_by_hand")
def _(v: Values) -> list[Any]:
    school = 2.0 + v["district"][DISTRICT_OF] + v["tau_school"] * v["z_school"]
    room = school[SCHOOL_OF] + v["tau_room"][KIND] * v["z_room"]
    effects = [normal(v["district"], 0.5, v["tau_district"]), normal(v["z_school"], 0, 1), normal(v["z_room"], 0, 1)]
    return [*_scales(v, "district", "school", "room"), *effects, normal(SCORES, room[ROOM_OF], 1.5)]


@density_of("levels_by_row")
def _(v: Values) -> list[Any]:
    district = normal(v["district"], v["mu"], v["tau_district"])
    school = normal(v["school"], v["shift"] + 0.5 * v["district"][:, None], v["tau_school"])
    shared = [normal(v["mu"], 1, 5), np.log(0.5) - np.abs(v["shift"])]
    return [*_scales(v, "district", "school"), *shared, district, school, normal(TOTALS, v["school"], 1.0)]
