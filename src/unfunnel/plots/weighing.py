"""Centering weights against information: how far the axes reach, the mixed rule, the curve that weights follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Weighing:
    """Weights and information of every element, dim (element,), and some draws of the scale.

    Parameters
    ----------
    weights, information
        As they are drawn.
    is_precision
        Whether the information is H, so that the weight follows from it.
    labels
        Of the elements.
    tau
        Draws of the scale.
    """

    weights: Floats
    information: Floats
    is_precision: bool
    labels: list[str]
    tau: Floats

    @property
    def logarithmic(self) -> bool:
        """Whether the horizontal axis is better logarithmic."""
        positive = self.information[self.information > 0]
        return bool(positive.size > 0 and positive.max() > 20 * positive.min())

    @property
    def across(self) -> Floats:
        """Horizontal places: what is zero stands at the left end of a logarithmic axis."""
        positive = self.information[self.information > 0]
        return np.maximum(self.information, positive.min() / 2) if self.logarithmic else self.information

    @property
    def reach(self) -> tuple[float, float]:
        """Ends of the horizontal axis."""
        low, high = float(self.across.min()), float(self.across.max())
        if self.logarithmic:
            return low / 1.4, high * 1.4
        margin = 0.06 * (high - low) or max(abs(high), 1.0)
        return low - margin, high + margin

    def rule(self, threshold: float | None) -> float:
        """Above what the mixed rule centers."""
        if threshold is not None:
            return float(threshold)
        return float(np.median(self.tau) ** -2.0) if self.is_precision else 25.0

    def curve(self) -> tuple[Floats, Floats]:
        """The weight at any information, where that is a precision."""
        low, high = self.reach
        low = max(low, 0.0)
        grid = np.geomspace(low, high, 200) if self.logarithmic else np.linspace(low, high, 200)
        known = np.square(self.tau)[:, None] * grid
        return grid, np.asarray((known / (1 + known)).mean(axis=0))

    def position(self, place: int) -> float:
        """Where an element stands on the horizontal axis, from 0 (left end) to 1."""
        (low, high), x = self.reach, float(self.across[place])
        if self.logarithmic:
            return float(np.log(x / low) / np.log(high / low))
        return (x - low) / (high - low)

    def rules(self, threshold: float) -> dict[str, tuple[Floats, Floats]]:
        """The weights that fixed rules take, as lines: by name of the rule."""
        low, high = self.reach
        step = min(max(threshold, low), high)
        mixed = [(low, 0.0), (step, 0.0), (step, 1.0), (high, 1.0)]
        # No step is drawn at the end of the axis where the threshold lies beyond it.
        kept = mixed[:2] if threshold >= high else mixed[2:] if threshold <= low else mixed
        lines = {"centered": [(low, 1.0), (high, 1.0)], "noncentered": [(low, 0.0), (high, 0.0)], "mixed": kept}
        return {name: (np.array([x for x, _ in line]), np.array([y for _, y in line])) for name, line in lines.items()}
