"""What a figure of the study is, and how it becomes a PNG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from unfunnel.plots.canvas import targets
from unfunnel.reporting.picture import Picture, encode

DPI = 120
WIDTH = 7.6
PAIRED = 5.8


@dataclass(frozen=True)
class Exhibit:
    """One figure of a regime: pictures, and plain words on what to see in them."""

    key: str
    title: str
    words: tuple[str, ...]
    pictures: tuple[Picture, ...]


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """An empty figure in inches; no pyplot, so nothing global is kept."""
    return Figure(figsize=(width, height), dpi=DPI, layout="constrained")


def drawn(plots: Any) -> Figure:
    """The figure of a plot of the library, which pyplot no longer keeps."""
    from matplotlib import pyplot

    figure: Figure = plots.get_viz("figure")
    pyplot.close(figure)
    return figure


def panels_of(plots: Any) -> list[Axes]:
    """The panels of a plot of the library, in order."""
    return [axes for _, _, axes in targets(plots)]


def picture(figure: Figure, file: str, alt: str, heading: str = "") -> Picture:
    """Draw the figure."""
    return Picture(file, encode(figure, DPI), alt, heading)
