"""Whether places of the truth are uniform: ArviZ's simultaneous band around the empirical distribution."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.calibration.case import Array

_ECDF: Any = import_module("arviz_stats.ecdf_utils")

FALSE_ALARM = 0.001
"""Chance that a run on which all is right says otherwise of anything of ours in it."""
_EXCEEDED = 4
"""Simulations that are expected to leave the band, so that its level is known to within a factor of two. For 500 data
sets and all models that takes a minute and a half; five times as many would take as long as the fits of a model."""


@dataclass(frozen=True)
class Band:
    """Bounds of the empirical distribution at some points, which it leaves anywhere with the chance that was asked."""

    points: Array
    lower: Array
    upper: Array

    def outside(self, places: Array) -> float:
        """How far the distribution of places lies beyond a bound, at most; 0 if it is inside everywhere."""
        found = _ECDF.compute_ecdf(places, self.points)
        return float(max(0.0, np.max(self.lower - found), np.max(found - self.upper)))


def level_of_each(quantities: int) -> float:
    """Probability of a single band: all of so many are left by chance in one run in a thousand (Bonferroni)."""
    return 1.0 - FALSE_ALARM / quantities


@cache
def band_of(size: int, level: float) -> Band:
    """That of so many uniform numbers, by ArviZ's simulation (Säilynoja, Bürkner & Vehtari 2022)."""
    simulations = int(np.ceil(_EXCEEDED / (1.0 - level)))
    points, _, lower, upper = _ECDF.ecdf_pit(np.linspace(0.0, 1.0, size), level, simulations)
    return Band(points[1:-1], lower[1:-1], upper[1:-1])
