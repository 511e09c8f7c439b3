"""The colours of the library's plots on white paper, and the style of the study's own pictures."""

from __future__ import annotations

from typing import Any

from unfunnel.plots.palette import BY_PARAMETERIZATION, DIVERGENCE, PRIOR

__all__ = ["COLOURS", "DATA", "DIVERGENCE", "PRIOR", "STYLE", "TRUTH"]

COLOURS = {
    **{name: BY_PARAMETERIZATION[name] for name in ("centered", "noncentered", "mixed", "informed")},
    "exact": "#222222",
}
TRUTH = "#222222"
DATA = "#222222"

# White paper in both of the page's themes: the colours are chosen for it.
STYLE: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#555555",
    "axes.grid": True,
    "axes.labelsize": 9,
    "axes.linewidth": 0.7,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 9,
    "axes.unicode_minus": True,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "grid.color": "#E4E4E4",
    "grid.linewidth": 0.6,
    # A user's label is never mathematics, whatever dollars it holds.
    "text.parse_math": False,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.color": "#333333",
    "ytick.color": "#333333",
}
