"""Correlated intercepts and slopes of groups, with an LKJ prior."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.calibration.case import Case, in_turn, one

GROUP = np.repeat(np.arange(8), [2, 2, 3, 3, 4, 6, 10, 30])
X = np.random.default_rng(8).normal(size=GROUP.size)
GROUPS = int(GROUP.max()) + 1


def build_lkj(y: Any) -> Any:
    """A line for every group."""
    import pymc as pm

    coords = {"group": np.arange(GROUPS), "row": np.arange(GROUP.size), "effect": ["intercept", "slope"]}
    with pm.Model(coords=coords) as model:
        mu, sigma = pm.Normal("mu", 0.0, 1.0, dims="effect"), pm.HalfNormal("sigma", 1.0)
        factor, correlation, deviations = pm.LKJCholeskyCov(
            "factor", n=2, eta=2.0, sd_dist=pm.HalfNormal.dist(1.0, shape=2), store_in_trace=False
        )
        pm.Deterministic("sd", deviations, dims="effect")
        pm.Deterministic("rho", correlation[0, 1])
        u = pm.MvNormal("u", mu, chol=factor, dims=("group", "effect"))
        values = pm.Data("values", np.asarray(y, dtype=float), dims="row")
        pm.Normal("y", u[GROUP, 0] + u[GROUP, 1] * X, sigma, observed=values, dims="row")
    return model


QUANTITIES = (
    one("mu of intercepts", "mu", 0),
    one("mu of slopes", "mu", 1),
    one("sd of intercepts", "sd", 0),
    one("sd of slopes", "sd", 1),
    one("rho"),
    one("sigma"),
    one("sparse intercept", "u", 0, 0),
    one("sparse slope", "u", 0, 1),
    one("rich intercept", "u", GROUPS - 1, 0),
    one("rich slope", "u", GROUPS - 1, 1),
    in_turn("other effects", *(("u", group, effect) for group in range(1, GROUPS - 1) for effect in (0, 1))),
)
LKJ = Case("lkj", build_lkj, GROUP.size, QUANTITIES)
