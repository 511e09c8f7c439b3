"""One colour for each parameterization in every picture, after Okabe and Ito (safe for colour-blind eyes)."""

from __future__ import annotations

from typing import Any

COLOURS = {
    "centered": "#D55E00",
    "noncentered": "#0072B2",
    "mixed": "#009E73",
    "informed": "#AA4499",
    "exact": "#222222",
}
PRIOR = "#8A8A8A"
TRUTH = "#222222"
DIVERGENCE = "#F0E442"
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
