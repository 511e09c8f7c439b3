"""The figures of a regime: one file each, one line here."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib import rc_context

from unfunnel.reporting.picture import Picture
from unfunnel.study.figures.canvas import Exhibit
from unfunnel.study.figures.data_plot import data_plot
from unfunnel.study.figures.funnel import funnel
from unfunnel.study.figures.leapfrog import leapfrog
from unfunnel.study.figures.other import other
from unfunnel.study.figures.overlay import overlay
from unfunnel.study.figures.palette import STYLE
from unfunnel.study.figures.population import population
from unfunnel.study.figures.predictive import predictive
from unfunnel.study.figures.shrinkage import shrinkage
from unfunnel.study.figures.spread import spread
from unfunnel.study.figures.trace import trace
from unfunnel.study.figures.weights import weights
from unfunnel.study.result import Result

__all__ = ["FIGURES", "Exhibit", "Picture", "draw_figures"]

FIGURES: tuple[Callable[[Result], Exhibit | None], ...] = (
    data_plot,
    trace,
    funnel,
    overlay,
    population,
    spread,
    other,
    predictive,
    leapfrog,
    weights,
    shrinkage,
)


def draw_figures(result: Result) -> tuple[Exhibit, ...]:
    """Draw every figure that a regime has, in the order of the page."""
    with rc_context(STYLE):
        drawn = [draw(result) for draw in FIGURES]
    return tuple(exhibit for exhibit in drawn if exhibit is not None)
