"""Differences of empirical and uniform distribution, as ArviZ draws them, with the band that they are judged by."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr

from benchmarks.calibration.case import Array
from benchmarks.calibration.verdict import band_of


def draw(file: Path, places: Mapping[str, Mapping[str, Array]], level: float) -> None:
    """A row for each way of computing, a column for each quantity; `places` are by way and quantity."""
    azp: Any = import_module("arviz_plots")
    ways, quantities = list(places), list(next(iter(places.values())))
    values = {name: (("way", "data_set"), np.array([places[way][name] for way in ways])) for name in quantities}
    # Of a fit that failed there is nothing to draw; that it did is said elsewhere.
    data = xr.Dataset(values, {"way": ways}).dropna("data_set")
    size = {"figsize": (2.6 * len(quantities), 2.4 * len(ways)), "figsize_units": "inches"}
    with plt.rc_context({"figure.constrained_layout.use": True}):
        grid = azp.PlotCollection.grid(
            data,
            cols=["__variable__"],
            rows=["way"],
            backend="matplotlib",
            figure_kwargs={**size, "sharex": True, "sharey": True},
        )
        # ArviZ would simulate a band of its own for every picture, and a test that is not the one that is judged by.
        hidden = {"suspicious_points": False, "p_value_text": False}
        azp.plot_ecdf_pit(
            xr.DataTree.from_dict({"prior_sbc": data}), sample_dims=["data_set"], plot_collection=grid, visuals=hidden
        )
        band = band_of(data.sizes["data_set"], level)
        grid.map(
            azp.visuals.fill_between_y,
            "credible_interval",
            x=band.points,
            y_bottom=band.lower - band.points,
            y_top=band.upper - band.points,
            ignore_aes="all",
            color="gray",
            alpha=0.25,
        )
        _same_height(grid)
        grid.savefig(file)
        plt.close(grid.viz["figure"].item())


def _same_height(grid: Any) -> None:
    """ArviZ sets limits panel by panel, though axes are shared: the last would count."""
    axes = grid.viz["figure"].item().axes
    most = max(np.max(np.abs(line.get_ydata())) for axis in axes for line in axis.lines)
    most = max(most, *(np.max(np.abs(band.get_paths()[0].vertices[:, 1])) for a in axes for band in a.collections))
    axes[0].set_ylim(-1.05 * most, 1.05 * most)
