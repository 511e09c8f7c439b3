"""Groups of successes and of events, most of which were watched for a short time."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.calibration.case import Case, in_turn, one

TRIALS = np.array([1, 1, 2, 2, 4, 8, 20, 100])
EXPOSURE = np.array([0.2, 0.2, 0.5, 0.5, 1.0, 2.0, 10.0, 50.0])
GROUPS = TRIALS.size


def build_binomial(y: Any) -> Any:
    """Log odds."""
    import pymc as pm

    with pm.Model(coords={"group": np.arange(GROUPS)}) as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0.0, 1.5), pm.HalfNormal("tau", 1.0), dims="group")
        values = pm.Data("values", np.asarray(y, dtype=int), dims="group")
        pm.Binomial("y", n=TRIALS, logit_p=theta, observed=values, dims="group")
    return model


def build_poisson(y: Any) -> Any:
    """Log rates."""
    import pymc as pm

    with pm.Model(coords={"group": np.arange(GROUPS)}) as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0.0, 1.0), pm.HalfNormal("tau", 1.0), dims="group")
        values = pm.Data("values", np.asarray(y, dtype=int), dims="group")
        pm.Poisson("y", EXPOSURE * pm.math.exp(theta), observed=values, dims="group")
    return model


QUANTITIES = (
    one("mu"),
    one("tau"),
    one("sparse effect", "theta", 0),
    one("rich effect", "theta", GROUPS - 1),
    in_turn("other effects", *(("theta", group) for group in range(1, GROUPS - 1))),
)
BINOMIAL = Case("binomial", build_binomial, GROUPS, QUANTITIES)
POISSON = Case("poisson", build_poisson, GROUPS, QUANTITIES)
