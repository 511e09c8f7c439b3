"""Bambi models, by name, with the data they were made for."""

from __future__ import annotations

from typing import Any

import bambi as bmb
import numpy as np
import pandas as pd

SEED = 41


def table() -> pd.DataFrame:
    """Two crossed factors, one of them with lessons nested in it, and two predictors, neither with mean zero."""
    rng = np.random.default_rng(SEED)
    rows = 150
    group, other, lesson = rng.integers(0, 9, rows), np.arange(rows) % 5, rng.integers(0, 3, rows)
    x = rng.normal(2.0, 1.0, rows)
    intercept, slope = rng.normal(0, 1.0, 9), rng.normal(0, 0.4, 9)
    within, beside = rng.normal(0, 0.6, (9, 3)), rng.normal(0, 0.8, 5)
    line = 1.0 + 0.5 * x + intercept[group] + slope[group] * x + within[group, lesson] + beside[other]
    return pd.DataFrame(
        {
            "y": line + rng.normal(0, 0.7, rows),
            "passed": rng.random(rows) < 1 / (1 + np.exp(2.0 - line)),
            "x": x,
            "z": rng.normal(-1.0, 1.0, rows),
            "group": np.array(list("abcdefghi"))[group],
            "other": np.array(["p q", "r:s", "t|u", "v", "w"])[other],
            "lesson": np.array(list("123"))[lesson],
        }
    ).astype({"passed": int, **dict.fromkeys(["group", "other", "lesson"], "category")})


def with_mean(**options: Any) -> bmb.Prior:
    """A prior of group-specific effects around a mean that is to be found."""
    return bmb.Prior(
        "Normal",
        mu=bmb.Prior("Normal", mu=0, sigma=3),
        sigma=bmb.Prior("HalfNormal", sigma=2),
        **options,
    )


def model(formula: str, family: str = "gaussian", **options: Any) -> bmb.Model:
    """A Bambi model of the table."""
    return bmb.Model(formula, table(), family=family, **options)
