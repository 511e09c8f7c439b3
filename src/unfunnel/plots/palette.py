"""Colours that tell apart on white and on black paper, and to colour-blind eyes (after Okabe and Ito)."""

from __future__ import annotations

DRAWS = "#4A90D9"
DIVERGENCE = "#E69F00"
POPULATION = "#009E73"
OWN_DATA = "#8A8A8A"
PRIOR = "#8A8A8A"
EXACT = "#009E73"

BY_PARAMETERIZATION = {
    "centered": "#D55E00",
    "noncentered": "#4A90D9",
    "mixed": "#009E73",
    "informed": "#CC79A7",
    "partial": "#E69F00",
}
OTHERS = ("#D55E00", "#4A90D9", "#009E73", "#CC79A7", "#E69F00", "#8A8A8A")
"""For what has none of these names, in turn."""


def colour_of(name: str, position: int = 0) -> str:
    """The colour of a parameterization, by its name, or by its position where it has another."""
    return BY_PARAMETERIZATION.get(name.replace("-", ""), OTHERS[position % len(OTHERS)])
