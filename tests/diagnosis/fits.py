"""Fits without sampling: independent draws from exact posteriors, dressed up as what a sampler gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from scipy import stats

from unfunnel import exact

CHAINS, DRAWS = 4, 500


def exact_fit(y: Any, errors: Any, seed: int = 1, *, tau: float = 5.0) -> xr.DataTree:
    """The normal hierarchical model of estimates with standard errors; independent draws of mu, tau, theta."""
    statistics = exact.GroupStatistics.from_estimates(y, errors)
    posterior = exact.fit(statistics, mu=(0.0, 5.0), tau=stats.halfnorm(scale=tau))
    tree = posterior.sample(DRAWS, CHAINS, random_seed=seed)
    return xr.DataTree.from_dict({"posterior": tree["posterior"].to_dataset()})


def weak() -> xr.DataTree:
    """Data that say little of every one of six groups."""
    return exact_fit(np.linspace(-3, 9, 6), np.full(6, 10.0))


def strong() -> xr.DataTree:
    """Data that hold every one of nine groups."""
    return exact_fit(np.linspace(-3, 9, 9), np.full(9, 0.1))


def two() -> xr.DataTree:
    """Two groups, precisely observed."""
    return exact_fit([3.0, 4.0], [0.1, 0.1])


def with_statistics(
    tree: xr.DataTree, *, diverging: Any = None, steps: int = 7, names: Mapping[str, str] | None = None
) -> xr.DataTree:
    """The statistics of a sampler beside the draws: `diverging` a mask with dims (chain, draw), or none."""
    rng = np.random.default_rng(2)
    shape = (tree["posterior"].sizes["chain"], tree["posterior"].sizes["draw"])
    found = {
        "diverging": np.zeros(shape, dtype=bool) if diverging is None else np.asarray(diverging),
        "energy": rng.normal(size=shape),
        "n_steps": np.full(shape, steps),
    }
    named = {(names or {}).get(name, name): (("chain", "draw"), values) for name, values in found.items()}
    groups = {"posterior": tree["posterior"].to_dataset(), "sample_stats": xr.Dataset(named)}
    return xr.DataTree.from_dict(groups)


def lowest(tree: xr.DataTree, count: int) -> Any:
    """A mask of the draws with the smallest scales."""
    tau = tree["posterior"]["tau"].values
    return tau <= np.sort(tau.ravel())[count - 1]


def highest(tree: xr.DataTree, count: int) -> Any:
    """A mask of the draws with the largest scales."""
    tau = tree["posterior"]["tau"].values
    return tau >= np.sort(tau.ravel())[-count]
