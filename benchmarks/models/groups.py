"""Many unbalanced groups and their population mean: Poisson with a common slope, and mostly tiny Bernoulli ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.models.case import Case, Data, group_of, normal_effect, zipf_groups


def poisson_data(seed: int) -> Data:
    """60 groups of 1 to 600 counts, with a predictor."""
    rng = np.random.default_rng(seed)
    group = zipf_groups(rng, 60, 1.4, 600)
    x = rng.normal(size=len(group))
    return {"group": group, "x": x, "y": rng.poisson(np.exp(rng.normal(0.5, 0.6, 60)[group] + 0.4 * x))}


def poisson_model(data: Data, way: str) -> Any:
    """Log rates with a population mean and a common slope."""
    import pymc as pm

    with pm.Model(coords=group_of(data["group"])) as model:
        mu, tau = pm.Normal("mu", 0.0, 2.0), pm.HalfNormal("tau", 1.0)
        slope = pm.Normal("slope", 0.0, 2.0)
        theta = normal_effect(way, "theta", mu, tau)
        pm.Poisson("y", pm.math.exp(theta[data["group"]] + slope * data["x"]), observed=data["y"])
    return model


def bernoulli_data(seed: int) -> Data:
    """200 groups, most of them with one to five yes-or-no observations."""
    rng = np.random.default_rng(seed)
    group = zipf_groups(rng, 200, 1.8, 300)
    theta = rng.normal(0.4, 0.8, 200)
    return {"group": group, "y": rng.binomial(1, 1 / (1 + np.exp(-theta[group])))}


def bernoulli_model(data: Data, way: str) -> Any:
    """Log odds that vary by group."""
    import pymc as pm

    with pm.Model(coords=group_of(data["group"])) as model:
        mu, tau = pm.Normal("mu", 0.0, 2.0), pm.HalfNormal("tau", 1.0)
        theta = normal_effect(way, "theta", mu, tau)
        pm.Bernoulli("y", logit_p=theta[data["group"]], observed=data["y"])
    return model


_LINES = {"mu": "identity", "tau": "log", "theta": "identity"}
CASES = (
    Case("poisson60", 220, poisson_data, poisson_model, {**_LINES, "slope": "identity"}, groups=60, data_seed=2),
    Case("bernoulli200", 75, bernoulli_data, bernoulli_model, _LINES, groups=200, data_seed=3),
)
