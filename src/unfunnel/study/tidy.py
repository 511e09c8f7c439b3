"""Draws as a tidy table: one row per draw and group."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from unfunnel.errors import InvalidArgumentError, UnknownVariableError


def tidy_draws(dt: xr.DataTree, scale: str = "tau", effect: str = "theta") -> pd.DataFrame:
    """The draws of a population scale and of the groups' effects, one row per draw and group.

    Parameters
    ----------
    dt
        With a `posterior` group of dims (chain, draw, ...), as PyMC and unfunnel return it.
    scale
        Name of the population's standard deviation, dims (chain, draw), positive.
    effect
        Name of the effects, dims (chain, draw) and one more, the groups.

    Returns
    -------
    pandas.DataFrame
        Columns `scale`, ``is_divergence``, `effect`, ``group`` and ``log_`` + `scale`; the groups one after the
        other, each with its draws chain by chain. ``group`` holds the coordinate's labels, or 0 to K - 1 if there
        are none. ``is_divergence`` is False throughout for draws that no sampler made (no `sample_stats`).

    Raises
    ------
    UnknownVariableError
        If there is no such variable.
    InvalidArgumentError
        If `scale` has dims besides chain and draw, or `effect` does not have exactly one.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> from unfunnel.study import tidy_draws
    >>> ones = np.ones((4, 10))
    >>> draws = {"tau": (("chain", "draw"), ones), "theta": (("chain", "draw", "group"), np.ones((4, 10, 3)))}
    >>> tidy_draws(xr.DataTree.from_dict({"posterior": xr.Dataset(draws)})).shape
    (120, 5)
    """
    scales = _variable(dt, scale)
    effects = _variable(dt, effect)
    groups = [dim for dim in effects.dims if dim not in ("chain", "draw")]
    if set(scales.dims) != {"chain", "draw"}:
        raise InvalidArgumentError(f"tidy_draws: {scale!r} must have dims (chain, draw), got {scales.dims}.")
    if len(groups) != 1:
        raise InvalidArgumentError(
            f"tidy_draws: {effect!r} must have one dim besides chain and draw, got {effects.dims}; select one first."
        )
    values = effects.transpose(groups[0], "chain", "draw").values
    tau = scales.transpose("chain", "draw").values.ravel()
    count = len(values)
    return pd.DataFrame(
        {
            scale: np.tile(tau, count),
            "is_divergence": np.tile(_divergences(dt, tau.size), count),
            effect: values.reshape(-1),
            "group": np.repeat(_labels(effects, groups[0]), tau.size),
            f"log_{scale}": np.tile(np.log(tau), count),
        }
    )


def _variable(dt: xr.DataTree, name: str) -> xr.DataArray:
    if "posterior" not in dt.children:
        raise InvalidArgumentError(f"tidy_draws: dt needs a group 'posterior', got {', '.join(dt.children) or 'none'}.")
    posterior = dt["posterior"].to_dataset()
    if name not in posterior.data_vars:
        known = ", ".join(map(str, posterior.data_vars))
        raise UnknownVariableError(f"tidy_draws: there is no variable {name!r} in the posterior; it has {known}.")
    return posterior[name]


def _divergences(dt: xr.DataTree, size: int) -> Any:
    if "sample_stats" not in dt.children:
        return np.zeros(size, dtype=bool)
    return dt["sample_stats"]["diverging"].transpose("chain", "draw").values.ravel().astype(bool)


def _labels(effects: xr.DataArray, dim: Any) -> Any:
    labels = effects[dim].values if dim in effects.coords else np.arange(effects.sizes[dim])
    # After a round trip through zarr labels are of NumPy's StringDType, which pandas does not take.
    return labels.astype(object) if labels.dtype.kind in "TU" else labels
