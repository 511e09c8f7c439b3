"""Nested levels: pupils in classes in schools, and in districts above them, with unequal numbers at every level."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.models.case import CENTERED, NONCENTERED, Case, Data, normal_effect

SPREADS = {"district": 2.0, "school": 2.0, "class": 1.5}
NOISE = 4.0


def school_data(seed: int) -> Data:
    """15 classes in each of 20 schools, 1 to 60 pupils in a class."""
    rng = np.random.default_rng(seed)
    pupils = np.minimum(rng.zipf(1.4, size=300), 60)
    return _scores(rng, {"class": np.repeat(np.arange(300), pupils), "school": np.repeat(np.arange(20), 15)})


def district_data(seed: int) -> Data:
    """15 schools in each of 20 districts, 1 to 9 classes in a school, 1 to 12 pupils in a class."""
    rng = np.random.default_rng(seed)
    classes = 1 + rng.binomial(8, 0.3, size=300)
    school = np.repeat(np.arange(300), classes)
    pupils = np.minimum(rng.zipf(1.5, size=len(school)), 12)
    index = {"class": np.repeat(np.arange(len(school)), pupils), "school": school}
    return _scores(rng, {**index, "district": np.repeat(np.arange(20), 15)})


def _scores(rng: np.random.Generator, index: Data) -> Data:
    """Scores of pupils, given the class of each pupil, the school of each class, and so on, the lowest level first."""
    mean: Any = 50.0
    for level in reversed(list(index)):
        size = int(index[level].max()) + 1
        mean = (mean + rng.normal(0.0, SPREADS[level], size))[index[level]]
    return {**index, "y": rng.normal(mean, NOISE)}


def nested_model(data: Data, way: str) -> Any:
    """Every level around the one above it."""
    import pymc as pm

    levels = [level for level in ("district", "school", "class") if level in data]
    with pm.Model(coords={level: np.arange(int(data[level].max()) + 1) for level in levels}) as model:
        location = pm.Normal("mu", 50.0, 10.0)
        for level in levels:
            spread = pm.HalfNormal(f"tau_{level}", 5.0)
            location = normal_effect(way, f"u_{level}", location, spread, dims=level)[data[level]]
        pm.Normal("y", location, pm.HalfNormal("sigma", 10.0), observed=data["y"])
    return model


def _lines(*levels: str) -> dict[str, str]:
    scales = {f"tau_{level}": "log" for level in levels}
    return {"mu": "identity", "sigma": "log", **scales, **{f"u_{level}": "identity" for level in levels}}


SCHOOLS = Case(
    "nested",
    150,
    school_data,
    nested_model,
    _lines("school", "class"),
    groups=300,
    ours=(CENTERED, NONCENTERED),
    data_seed=6,
)
CASES = (
    SCHOOLS,
    Case("nested_districts", None, district_data, nested_model, _lines("district", "school", "class"), groups=1000),
)
