"""Correlated effects with an LKJ prior, of 60 unbalanced groups.

Intercepts and slopes of normal and of Bernoulli observations; and ten coefficients a group, more than unfunnel
eliminates unasked.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmarks.models.case import CENTERED, NONCENTERED, Case, Data, group_of, zipf_groups

GROUPS = 60
MEANS, DEVIATIONS, CORRELATION, NOISE = (0.5, 0.3), (0.8, 0.5), 0.4, 1.0
MORE = {"normal": 1, "bernoulli": 3}
"""A yes or no says less than a number: as many times more observations."""


def correlated_data(seed: int, likelihood: str) -> Data:
    """Zipf group sizes, 1 to 200 (or that many times more), and a predictor that varies within groups."""
    rng = np.random.default_rng(seed)
    group = np.repeat(zipf_groups(rng, GROUPS, 1.5, 200), MORE[likelihood])
    x = rng.normal(size=len(group))
    factor = np.array([[1.0, 0.0], [CORRELATION, np.sqrt(1.0 - CORRELATION**2)]])
    u = np.array(MEANS) + (rng.normal(size=(GROUPS, 2)) @ factor.T) * np.array(DEVIATIONS)
    eta = u[group, 0] + u[group, 1] * x
    y = rng.normal(eta, NOISE) if likelihood == "normal" else rng.binomial(1, 1 / (1 + np.exp(-eta)))
    return {"group": group, "x": x, "y": y}


def correlated_model(data: Data, way: str, likelihood: str) -> Any:
    """Centered with `MvNormal`, or noncentered by hand as standardised effects times the factor."""
    import pymc as pm

    with pm.Model(coords={**group_of(data["group"]), "effect": ["intercept", "slope"]}) as model:
        mu = pm.Normal("mu", 0.0, 2.0, dims="effect")
        factor, correlation, deviations = pm.LKJCholeskyCov(
            "factor", n=2, eta=2.0, sd_dist=pm.Exponential.dist(1.0, shape=2), store_in_trace=False
        )
        pm.Deterministic("sd", deviations, dims="effect")
        pm.Deterministic("rho", correlation[0, 1])
        if way == CENTERED:
            u = pm.MvNormal("u", mu, chol=factor, dims=("group", "effect"))
        else:
            z = pm.Normal("z", 0.0, 1.0, dims=("group", "effect"))
            u = pm.Deterministic("u", mu + z @ factor.T, dims=("group", "effect"))
        eta = u[data["group"], 0] + u[data["group"], 1] * data["x"]
        if likelihood == "normal":
            pm.Normal("y", eta, pm.HalfNormal("sigma", 2.0), observed=data["y"])
        else:
            pm.Bernoulli("y", logit_p=eta, observed=data["y"])
    return model


def _case(likelihood: str, bar: float) -> Case:
    lines = {"mu": "identity", "sd": "log", "rho": "identity", "u": "identity"}
    return Case(
        f"lkj_{likelihood}",
        bar,
        partial(correlated_data, likelihood=likelihood),
        partial(correlated_model, likelihood=likelihood),
        {**lines, "sigma": "log"} if likelihood == "normal" else lines,
        groups=GROUPS,
        ours=(CENTERED, NONCENTERED),
        data_seed=4,
    )


def many_data(seed: int, effects: int) -> Data:
    """Groups of 5 to 59 observations, an intercept and predictors."""
    rng = np.random.default_rng(seed)
    factor = 0.8 * np.linalg.cholesky(0.3 + 0.7 * np.eye(effects))
    u = 1.0 + rng.normal(size=(GROUPS, effects)) @ factor.T
    group = np.repeat(np.arange(GROUPS), rng.integers(5, 60, GROUPS))
    x = np.column_stack([np.ones(len(group)), rng.normal(size=(len(group), effects - 1))])
    return {"group": group, "x": x, "y": rng.normal((x * u[group]).sum(axis=1), NOISE)}


def many_model(data: Data, way: str) -> Any:
    """Centered, or noncentered by hand."""
    import pymc as pm

    effects = data["x"].shape[1]
    with pm.Model() as model:
        factor, _, deviations = pm.LKJCholeskyCov(
            "factor", n=effects, eta=2.0, sd_dist=pm.HalfNormal.dist(1.0, shape=effects)
        )
        pm.Deterministic("sd", deviations)
        mu = pm.Normal("mu", 0.0, 5.0, shape=effects)
        if way == CENTERED:
            u = pm.MvNormal("u", mu, chol=factor, shape=(GROUPS, effects))
        else:
            u = pm.Deterministic("u", mu + pm.Normal("z", shape=(GROUPS, effects)) @ factor.T)
        eta = (data["x"] * u[data["group"]]).sum(axis=-1)
        pm.Normal("y", eta, pm.HalfNormal("sigma", 2.0), observed=data["y"])
    return model


def _many(name: str, effects: int, *, asked: Any = None) -> Case:
    lines = {"mu": "identity", "sd": "log", "u": "identity", "sigma": "log"}
    return Case(name, None, partial(many_data, effects=effects), many_model, lines, groups=GROUPS, asked=asked)


CASES = (
    _case("normal", 80),
    _case("bernoulli", 50),
    _many("lkj_four", 4),
    _many("lkj_ten", 10, asked={"u": "informed"}),
)
