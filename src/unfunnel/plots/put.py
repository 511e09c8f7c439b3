"""Keeping what a backend drew where ArviZ keeps it."""

from __future__ import annotations

from typing import Any

import numpy as np


def put(plots: Any, name: str, variable: str, drawn: Any) -> None:
    """Store one drawn thing as ``plots.viz[name][variable]``, as `PlotCollection.map` does for its own."""
    import xarray as xr

    held = np.empty((), dtype=object)
    held[()] = drawn
    children = plots.viz.children
    before = children[name].to_dataset() if name in children else xr.Dataset()
    plots.viz[name] = xr.DataTree(before.assign({variable: xr.DataArray(held)}))
