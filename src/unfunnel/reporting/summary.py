"""Posterior summaries of a fit: every element of small variables, some of large ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.plots.elements import element_dims, evenly, labels_of

COLUMNS = ("variable", "mean", "sd", "5.5 %", "94.5 %", "bulk ESS", "tail ESS", "R-hat")
_WHOLE = 40
"""Elements up to which a variable is shown whole."""
_SOME = 20


def summary_rows(dt: Any) -> tuple[list[tuple[str, ...]], list[str]]:
    """Rows as `COLUMNS` names them, scalars first, and the names of variables of which some elements are left out."""
    arrays = sorted(dt["posterior"].to_dataset().data_vars.values(), key=lambda array: array.size)
    rows, cut = [], []
    for array in arrays:
        if array.dtype.kind not in "fiu":
            continue
        size = int(np.prod(array.shape[2:], dtype=int))
        places = np.arange(size) if size <= _WHOLE else evenly(size, _SOME)
        if len(places) < size:
            cut.append(str(array.name))
        rows += _rows(array, places)
    return rows, cut


def _rows(array: Any, places: Any) -> list[tuple[str, ...]]:
    import arviz as az
    import xarray as xr

    dims = element_dims(array)
    labels = labels_of(array) if dims else [""]
    values = array.transpose("chain", "draw", *dims).values
    draws = values.reshape(*values.shape[:2], -1)[..., places].astype(np.float64)
    dataset = xr.Dataset({"x": (("chain", "draw", "element"), draws)})
    low, high = np.quantile(draws, [0.055, 0.945], axis=(0, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        bulk, tail, r_hat = (
            found["x"].values
            for found in (az.ess(dataset, method="bulk"), az.ess(dataset, method="tail"), az.rhat(dataset))
        )
    mean, sd = draws.mean(axis=(0, 1)), draws.std(axis=(0, 1), ddof=1)
    names = [f"{array.name}[{labels[place]}]" if dims else str(array.name) for place in places]
    return [
        (name, *map(_number, (mean[k], sd[k], low[k], high[k])), f"{bulk[k]:.0f}", f"{tail[k]:.0f}", f"{r_hat[k]:.3f}")
        for k, name in enumerate(names)
    ]


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 or abs(value) >= 1e6 else f"{value:.0f}"
