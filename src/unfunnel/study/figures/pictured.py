"""A regime's fits as plots take them: what is pictured of each, under the names that a reader sees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import xarray as xr

from unfunnel.study.case import Case
from unfunnel.study.figures.labels import label
from unfunnel.study.result import Draws, Result

GROUP = "group"
_PRIOR_DRAWS = 4000


def trees_of(result: Result) -> dict[str, xr.DataTree]:
    """By parameterization, "exact" last where there is one: mu, tau and theta as μ, τ and θ, dims (chain, draw, group).

    With the statistics that plots show, and the prior of tau as evenly spaced quantiles.
    """
    prior = _prior(result.regime)
    return {name: _tree(result, name, draws, prior) for name, draws in result.draws.items()}


def names(regime: Case, groups: Iterable[int]) -> list[str]:
    """Labels of groups, by which `coords` of a plot takes them: short, and in letters that the font has."""
    return [label(regime, int(k)) for k in groups]


def _tree(result: Result, name: str, draws: Draws, prior: xr.Dataset) -> xr.DataTree:
    dims = ("chain", "draw")
    posterior = {"μ": (dims, draws.mu), "τ": (dims, draws.tau), "θ": ((*dims, GROUP), draws.theta)}
    coords: dict[str, Any] = {GROUP: names(result.regime, range(len(result.regime.labels)))}
    groups = {"posterior": xr.Dataset(posterior, coords=coords), "prior": prior}
    source = result.trees[name]
    if "sample_stats" in source.children:
        groups["sample_stats"] = source["sample_stats"].to_dataset()[["diverging", "n_steps", "step_size"]]
    return xr.DataTree.from_dict(groups)


def _prior(regime: Case) -> xr.Dataset:
    levels = (np.arange(_PRIOR_DRAWS) + 0.5) / _PRIOR_DRAWS
    return xr.Dataset({"τ": (("chain", "draw"), regime.priors.tau.distribution().ppf(levels)[None])})
