"""A meta-analysis of four groups, its parameters, and its exact posterior."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel import exact

Array = NDArray[np.float64]

GROUPS = 4
PARAMETERS = ("mu", "tau", *(f"theta[{group}]" for group in range(GROUPS)))
MU_LOCATION, MU_SCALE, TAU_SCALE = 0.0, 5.0, 5.0


def build(y: Any, se: Any) -> Any:
    """The priors of eight schools; what differs between meta-analyses is data, so that all share a compilation."""
    import pymc as pm

    with pm.Model(coords={"group": np.arange(GROUPS)}) as model:
        mu, tau = pm.Normal("mu", MU_LOCATION, MU_SCALE), pm.HalfCauchy("tau", TAU_SCALE)
        theta = pm.Normal("theta", mu, tau, dims="group")
        errors = pm.Data("se", np.asarray(se, dtype=float), dims="group")
        values = pm.Data("values", np.asarray(y, dtype=float), dims="group")
        pm.Normal("y", theta, errors, observed=values, dims="group")
    return model


def columns_of(draws: Any) -> Array:
    """Mu, tau and every effect, dims (draw, parameter) with all chains after each other."""
    parts = [np.asarray(draws[name].transpose("chain", "draw", ...).values) for name in ("mu", "tau", "theta")]
    size = parts[0].size
    return np.column_stack([part.reshape(size, -1) for part in parts])


def posterior_of(y: Array, se: Array) -> exact.ExactPosterior:
    """The same posterior by quadrature."""
    from scipy import stats

    known = exact.GroupStatistics.from_estimates(y, se)
    return exact.fit(known, mu=(MU_LOCATION, MU_SCALE), tau=stats.halfcauchy(scale=TAU_SCALE))
