"""The chart of a fixed centeredness λ, element by element: noncentered (0), centered (1), and all between."""

from __future__ import annotations

from typing import Any

from unfunnel.charts.base import AffineChart


class PartialChart(AffineChart):
    """``x = λ location + scale**(λ - 1) (u - location)``; the context is λ, with the dims of the variable.

    References
    ----------
    Gorinova, M., Moore, D. and Hoffman, M. (2020), Automatic reparameterisation of probabilistic programs.
    """

    name = "partial"

    def parts(self, location: Any, scale: Any, context: list[Any]) -> tuple[Any, Any, Any]:
        """Shift, stretch and origin; the origin is subtracted before anything is divided by a tiny scale."""
        (centeredness,) = context
        return 0.0, scale**-centeredness, centeredness * location
