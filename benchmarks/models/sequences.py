"""Random walks and autoregressions of 200 steps, of which three in ten were not observed: Poisson counts."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmarks.models.case import CENTERED, NONCENTERED, Case, Data

STEPS, GAPS, UNOBSERVED = 200, ((20, 12), (75, 18), (140, 10)), 60
"""Long gaps as their first step and their length, and how many steps were not observed in all."""


def walk_data(seed: int) -> Data:
    """Counts about a log rate that drifts by 0.15 a step."""
    rng = np.random.default_rng(seed)
    walk = np.cumsum([rng.normal(0.0, 1.0), *rng.normal(0.0, 0.15, STEPS - 1)])
    unobserved = np.zeros(STEPS, dtype=bool)
    for first, length in GAPS:
        unobserved[first : first + length] = True
    seen = np.flatnonzero(~unobserved)
    unobserved[rng.choice(seen, UNOBSERVED - unobserved.sum(), replace=False)] = True
    step = np.flatnonzero(~unobserved)
    return {"step": step, "y": rng.poisson(np.exp(1.0 + walk[step]))}


def walk_model(data: Data, way: str, persistence: str) -> Any:
    """Centered as PyMC's own distribution, or noncentered by hand as a sum of standardised innovations."""
    import pymc as pm

    with pm.Model(coords={"step": np.arange(STEPS)}) as model:
        level, tau = pm.Normal("level", 0.0, 2.0), pm.HalfNormal("tau", 1.0)
        walk = _walk(way, tau) if persistence == "walk" else _autoregression(way, tau)
        pm.Poisson("y", pm.math.exp(level + walk[data["step"]]), observed=data["y"])
    return model


def _walk(way: str, tau: Any) -> Any:
    import pymc as pm
    import pytensor.tensor as pt

    if way == CENTERED:
        return pm.GaussianRandomWalk("x", sigma=tau, init_dist=pm.Normal.dist(0.0, 1.0), dims="step")
    first, z = pm.Normal("first", 0.0, 1.0), pm.Normal("z", 0.0, 1.0, shape=STEPS - 1)
    return pm.Deterministic("x", pt.concatenate([first[None], first + pt.cumsum(tau * z)]), dims="step")


def _autoregression(way: str, tau: Any) -> Any:
    import pymc as pm
    import pytensor.tensor as pt

    rho = pm.Uniform("rho", 0.0, 1.0)
    spread = tau / pm.math.sqrt(1.0 - rho**2)
    if way == CENTERED:
        return pm.AR("x", rho=rho, sigma=tau, init_dist=pm.Normal.dist(0.0, spread), dims="step")
    z = pm.Normal("z", 0.0, 1.0, dims="step")
    lag = np.subtract.outer(np.arange(STEPS), np.arange(STEPS))
    kept = pt.exp(np.maximum(lag, 0) * pt.log(rho)) * (lag >= 0)
    return pm.Deterministic("x", kept @ pt.concatenate([spread * z[:1], tau * z[1:]]), dims="step")


_LINES = {"level": "identity", "tau": "log", "x": "identity"}
CASES = (
    Case(
        "walk200",
        80,
        walk_data,
        partial(walk_model, persistence="walk"),
        _LINES,
        groups=STEPS,
        ours=(CENTERED, NONCENTERED),
        data_seed=5,
    ),
    Case(
        "autoregression200",
        None,
        walk_data,
        partial(walk_model, persistence="autoregression"),
        {**_LINES, "rho": "logit"},
        groups=STEPS,
        data_seed=5,
    ),
)
