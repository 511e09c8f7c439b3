"""The numbers of a fit: a row for each element of its variables, and the worst of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from unfunnel.sampling import convergence

Columns = dict[str, list[Any]]
"""By ArviZ's names; as long as there are elements."""

_PROBABILITIES = (0.055, 0.945)


def summary_of(posterior: Any, var_names: Sequence[str] | None = None) -> Columns:
    """Mean, spread, interval and convergence of every element, under the names that ArviZ's summary has.

    Parameters
    ----------
    posterior
        A dataset with dims chain and draw.
    var_names
        Variables that are wanted; by default all.

    Returns
    -------
    dict
        Columns `element`, `mean`, `sd`, `eti89_lb`, `eti89_ub`, `ess_bulk`, `r_hat` and `mcse_mean`. The last three are
        NaN of an element that never moved, and R-hat of what has fewer than 4 draws a chain.
    """
    columns: Columns = {name: [] for name in ("element", *_NUMBERS)}
    for name in posterior.data_vars if var_names is None else var_names:
        array = posterior[name]
        draws = np.asarray(array.transpose("chain", "draw", ...).values, dtype=np.float64)
        found = _numbers(draws.reshape(*draws.shape[:2], -1))
        columns["element"] += _labels(array)
        for column, values in zip(_NUMBERS, found, strict=True):
            columns[column] += values.tolist()
    return columns


_NUMBERS = ("mean", "sd", "eti89_lb", "eti89_ub", "ess_bulk", "r_hat", "mcse_mean")


def worst_of(summary: Columns) -> tuple[float, str, float]:
    """Smallest effective sample size, the element that has it, and the largest R-hat; NaN is worst of all."""
    sizes, r_hats = np.array(summary["ess_bulk"], dtype=float), np.array(summary["r_hat"], dtype=float)
    if not sizes.size:
        return float("nan"), "", float("nan")
    worst = int(np.argmin(np.where(np.isnan(sizes), -np.inf, sizes)))
    return float(sizes[worst]), str(summary["element"][worst]), float(r_hats.max())


def _numbers(draws: Any) -> tuple[Any, ...]:
    spread = draws.std(axis=(0, 1), ddof=1)
    low, high = np.quantile(draws, _PROBABILITIES, axis=(0, 1))
    bulk, r_hat, error = (np.full(spread.shape, np.nan) for _ in range(3))
    moved = np.isfinite(spread) & (spread > 0)
    if draws.shape[1] >= 4 and moved.any():
        chains = convergence.split(draws[..., moved])
        scores = convergence.rank_normalized(chains)
        bulk[moved] = convergence.effective(scores)
        folded = convergence.r_hat(convergence.rank_normalized(convergence.folded(chains)))
        r_hat[moved] = np.maximum(convergence.r_hat(scores), folded)
        error[moved] = spread[moved] / np.sqrt(convergence.effective(chains))
    return draws.mean(axis=(0, 1)), spread, low, high, bulk, r_hat, error


def _labels(array: Any) -> list[str]:
    dims = [dim for dim in array.dims if dim not in ("chain", "draw")]
    if not dims:
        return [str(array.name)]
    labels = ([str(label) for label in array[dim].values] for dim in dims)
    return [f"{array.name}[{', '.join(each)}]" for each in itertools.product(*labels)]
