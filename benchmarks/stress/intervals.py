"""Intervals of 50, 80 and 95 %: what is kept of a fit, and how much they cover."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import norm

from benchmarks.stress.model import PARAMETERS, Array, columns_of, posterior_of

LEVELS = (0.5, 0.8, 0.95)
_ENDS = np.array([[(1 - level) / 2, (1 + level) / 2] for level in LEVELS])
_RULE, _GRID = 50, 501
"""Points of tau that effects are averaged over, and that its own distribution is interpolated between: both leave less
than 1e-4 of a probability."""


def intervals_of(tree: Any) -> dict[str, Array]:
    """What `unfunnel.fit_many` keeps: the ends of every interval, dims (level, end, parameter)."""
    columns = columns_of(tree["posterior"].to_dataset())
    # The only one of NumPy's rules by which independent draws cover just as much as they say.
    return {"intervals": np.quantile(columns, _ENDS, axis=0, method="weibull")}


def covered(intervals: Array, truth: Array) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether the truth lies inside, dims (level, parameter)."""
    inside: np.ndarray[Any, np.dtype[np.bool_]] = (intervals[:, 0] <= truth) & (truth <= intervals[:, 1])
    return inside


def exact_masses(intervals: list[Array], y: Array, se: Array) -> list[Array]:
    """What the exact posterior has inside of the intervals of several fits of one data set, dims (level, parameter)."""
    posterior = posterior_of(y, se)
    population, weights = posterior.rule(_RULE)
    shares = np.linspace(0.0, 1.0, _GRID)
    taus = posterior.tau_quantile(shares)
    pulled = population.tau[:, None] ** 2 / (population.tau[:, None] ** 2 + se**2)
    # Given tau, mu and every effect are normal; dims (point, parameter).
    means = np.column_stack([population.mu, pulled * y + (1 - pulled) * population.mu[:, None]])
    spread = np.column_stack(
        [population.mu_sd, np.sqrt(pulled * se**2 + ((1 - pulled) * population.mu_sd[:, None]) ** 2)]
    )
    place = PARAMETERS.index("tau")

    def distribution(values: Array) -> Array:
        rest = np.delete(values, place, axis=-1)[..., None, :]
        found = np.tensordot(norm.cdf((rest - means) / spread), weights, axes=(-2, 0))
        return np.insert(found, place, np.interp(values[..., place], taus, shares), axis=-1)

    return [distribution(ends[:, 1]) - distribution(ends[:, 0]) for ends in intervals]
