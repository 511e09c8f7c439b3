"""Pupils in classes in schools."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.calibration.case import Case, in_turn, one

SCHOOL = np.repeat(np.arange(5), [1, 1, 2, 3, 6])
"""Of each class."""
CLASS = np.repeat(np.arange(SCHOOL.size), [1, 3, 1, 2, 1, 2, 5, 1, 2, 3, 4, 8, 20])
"""Of each pupil."""
SCHOOLS, CLASSES = int(SCHOOL.max()) + 1, SCHOOL.size


def build_nested(y: Any) -> Any:
    """Every level around the one above it."""
    import pymc as pm

    coords = {"school": np.arange(SCHOOLS), "class": np.arange(CLASSES), "row": np.arange(CLASS.size)}
    with pm.Model(coords=coords) as model:
        schools = pm.Normal("school_mean", pm.Normal("mu", 0.0, 2.0), pm.HalfNormal("tau_school", 1.0), dims="school")
        classes = pm.Normal("class_mean", schools[SCHOOL], pm.HalfNormal("tau_class", 1.0), dims="class")
        values = pm.Data("values", np.asarray(y, dtype=float), dims="row")
        pm.Normal("y", classes[CLASS], pm.HalfNormal("sigma", 1.5), observed=values, dims="row")
    return model


_OTHERS = (
    *(("school_mean", school) for school in range(1, SCHOOLS - 1)),
    *(("class_mean", each) for each in range(1, CLASSES - 1)),
)
QUANTITIES = (
    one("mu"),
    one("tau_school"),
    one("tau_class"),
    one("sigma"),
    one("sparse school", "school_mean", 0),
    one("rich school", "school_mean", SCHOOLS - 1),
    one("sparse class", "class_mean", 0),
    one("rich class", "class_mean", CLASSES - 1),
    in_turn("other effects", *_OTHERS),
)
NESTED = Case("nested", build_nested, CLASS.size, QUANTITIES)
