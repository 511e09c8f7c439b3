"""Several coefficients beside small effects: germinating seeds (BUGS, "seeds"), and counts with a cubic trend."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.models.case import Case, Data, normal_effect

GERMINATED = (10, 23, 23, 26, 17, 5, 53, 55, 32, 46, 10, 8, 10, 8, 23, 0, 3, 22, 15, 32, 3)
SOWN = (39, 62, 81, 51, 39, 6, 74, 72, 51, 79, 13, 16, 30, 28, 45, 4, 12, 41, 30, 51, 7)
YEARS = 40


def seeds_data(seed: int) -> Data:
    """21 plates, two varieties of seed x1, two root extracts x2 (Crowder 1978)."""
    x1 = np.repeat([0.0, 1.0], [11, 10])
    x2 = np.repeat([0.0, 1.0, 0.0, 1.0], [5, 6, 5, 5])
    X = np.column_stack([np.ones(21), x1, x2, x1 * x2])
    return {"X": X, "n": np.array(SOWN), "y": np.array(GERMINATED)}


def seeds_model(data: Data, way: str) -> Any:
    """Plates vary around a factorial design."""
    import pymc as pm

    with pm.Model(coords={"group": np.arange(21), "coefficient": ["1", "x1", "x2", "x1:x2"]}) as model:
        beta = pm.Normal("beta", 0.0, 2.0, dims="coefficient")
        tau = pm.HalfNormal("tau", 1.0)
        u = normal_effect(way, "u", 0.0, tau)
        pm.Binomial("y", n=data["n"], logit_p=pm.math.dot(data["X"], beta) + u, observed=data["y"], dims="group")
    return model


def trend_data(seed: int) -> Data:
    """Breeding pairs over forty years: the simulation of Kéry & Schaub (2012), chapter 4."""
    rng = np.random.default_rng(seed)
    year = np.arange(1, YEARS + 1)
    log_mean = 3.5576 - 0.0912 * year + 0.0091 * year**2 - 0.00014 * year**3
    x = (year - year.mean()) / year.std()
    return {"X": np.vander(x, 4, increasing=True), "y": rng.poisson(np.exp(log_mean + rng.normal(0.0, 0.1, YEARS)))}


def trend_model(data: Data, way: str) -> Any:
    """Counts scatter around a cubic trend, more than a Poisson does."""
    import pymc as pm

    with pm.Model(coords={"year": np.arange(YEARS), "power": np.arange(4)}) as model:
        beta = pm.Normal("beta", 0.0, 5.0, dims="power")
        tau = pm.HalfNormal("tau", 1.0)
        u = normal_effect(way, "u", 0.0, tau, dims="year")
        pm.Poisson("y", pm.math.exp(pm.math.dot(data["X"], beta) + u), observed=data["y"], dims="year")
    return model


_LINES = {"beta": "identity", "tau": "log", "u": "identity"}
CASES = (
    Case("seeds", 180, seeds_data, seeds_model, _LINES, groups=21),
    Case("trend", 120, trend_data, trend_model, _LINES, groups=YEARS, data_seed=5),
)
