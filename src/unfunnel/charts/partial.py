"""The chart of a fixed centeredness λ, element by element: noncentered (0), centered (1), and all between."""

from __future__ import annotations

from typing import Any

from unfunnel.charts.base import StandardizingChart


class PartialChart(StandardizingChart):
    """``x = λ location + scale**(λ - 1) (u - location)``; the context is λ, with the dims of the variable.

    Where the variable is an effect's standardised value, written so by its author, location and scale of that effect
    follow in the context.

    References
    ----------
    Gorinova, M., Moore, D. and Hoffman, M. (2020), Automatic reparameterisation of probabilistic programs.
    """

    name = "partial"

    def standardised(self, x: Any, location: Any, scale: Any, context: list[Any]) -> tuple[Any, Any]:
        """``v = scale**-λ (x - λ location)``: subtracted before anything is divided by a tiny scale."""
        stretch, origin = _stretch_and_origin(location, scale, *context)
        return stretch * (x - origin), stretch.log()

    def coordinate(self, v: Any, location: Any, scale: Any, context: list[Any]) -> Any:
        """The inverse."""
        stretch, origin = _stretch_and_origin(location, scale, *context)
        return origin + v / stretch


def _stretch_and_origin(
    location: Any, scale: Any, centeredness: Any, effect_location: Any = None, effect_scale: Any = None
) -> tuple[Any, Any]:
    location = location if effect_location is None else effect_location
    scale = scale if effect_scale is None else effect_scale
    return scale**-centeredness, centeredness * location
