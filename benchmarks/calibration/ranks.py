"""From draws to ranks: draws far enough apart to be independent, and where the truth lies among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import arviz as az
import numpy as np

from benchmarks.calibration.case import Array, Element

MOST = 100
"""Draws that are kept of an element; with more of them the ranks of some hundred data sets show no more."""


def spacing(ess: float, draws: int, chains: int) -> int:
    """Every how many draws of a chain one is kept: the least that leaves `MOST`, or more where draws depend.

    Ranks of draws that depend on each other are not uniform. Draws whose autocorrelation falls geometrically, as rho to
    the power of the lag, have (1 + rho) / (1 - rho) draws for an effective one; at twice that lag their correlation is
    below exp(-4) = 2 % whatever rho is. An element that never moved has one draw a chain left.
    """
    least = -(-draws * chains // MOST)
    if not ess > 0:
        return draws
    return int(min(draws, max(least, np.ceil(2 * draws * chains / ess))))


def label(element: Element) -> str:
    """As `theta[0]`."""
    variable, index = element
    return f"{variable}[{', '.join(map(str, index))}]" if index else variable


def thinned(tree: Any, variables: Sequence[str]) -> dict[str, Any]:
    """What `unfunnel.fit_many` keeps: draws of every element that are nearly independent, in single precision."""
    posterior = tree["posterior"].to_dataset()[list(variables)]
    bulk, tail = az.ess(posterior, method="bulk"), az.ess(posterior, method="tail")
    kept = {}
    for name in variables:
        draws = posterior[name].transpose("chain", "draw", ...).values
        least = np.minimum(bulk[name].values, tail[name].values)
        for index in np.ndindex(draws.shape[2:]):
            apart = spacing(float(least[index]), draws.shape[1], draws.shape[0])
            kept[label((name, index))] = draws[:, apart - 1 :: apart, *index].ravel().astype(np.float32)
    return kept


def place(draws: Any, truth: float, uniform: float) -> float:
    """The rank of the truth among draws, as a number in (0, 1) that is uniform whatever their number.

    A rank among L draws has L + 1 values; a uniform random number spreads each over its share of the interval, so that
    fits of which more and fewer draws are left can be looked at together.
    """
    draws = np.asarray(draws)
    return float((np.sum(draws < truth) + uniform) / (draws.size + 1))


def uniforms(count: int, size: int, seed: int) -> Array:
    """Those numbers, dims (data set, quantity): the same for all who fit the same data."""
    return np.random.default_rng([seed, 1]).random((count, size))
