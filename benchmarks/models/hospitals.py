"""Two small classics: deaths in twelve hospitals (BUGS, "surgical"), and eight schools (Rubin 1981)."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.models.case import Case, Data, normal_effect
from unfunnel.study.regimes.eight_schools import EFFECTS, STANDARD_ERRORS

OPERATIONS = (47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360)
DEATHS = (0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24)


def surgical_data(seed: int) -> Data:
    """Operations on infants and deaths, by hospital."""
    return {"n": np.array(OPERATIONS), "y": np.array(DEATHS)}


def surgical_model(data: Data, way: str) -> Any:
    """Failure rates that vary by hospital on the logit scale."""
    import pymc as pm

    with pm.Model(coords={"group": np.arange(len(data["y"]))}) as model:
        mu, tau = pm.Normal("mu", 0.0, 5.0), pm.HalfNormal("tau", 1.0)
        theta = normal_effect(way, "theta", mu, tau)
        pm.Binomial("y", n=data["n"], logit_p=theta, observed=data["y"], dims="group")
    return model


def schools_data(seed: int) -> Data:
    """Estimated effects of coaching with their standard errors."""
    return {"y": np.array(EFFECTS), "sigma": np.array(STANDARD_ERRORS)}


def schools_model(data: Data, way: str) -> Any:
    """The prior of tau is HalfCauchy(5), whose tail makes the funnel's mouth as hard as its neck."""
    import pymc as pm

    with pm.Model(coords={"group": np.arange(len(data["y"]))}) as model:
        mu, tau = pm.Normal("mu", 0.0, 5.0), pm.HalfCauchy("tau", 5.0)
        theta = normal_effect(way, "theta", mu, tau)
        pm.Normal("y", theta, data["sigma"], observed=data["y"], dims="group")
    return model


_LINES = {"mu": "identity", "tau": "log", "theta": "identity"}
CASES = (
    Case("surgical", 200, surgical_data, surgical_model, _LINES, groups=12),
    Case("schools", 160, schools_data, schools_model, _LINES, groups=8),
)
