"""Charts: the coordinates in which a variable is explored, as PyMC value transforms."""

from unfunnel.charts.base import AffineChart, Anchor
from unfunnel.charts.context import with_context
from unfunnel.charts.elimination import EliminatedEffect, EliminatedMean, Elimination
from unfunnel.charts.partial import PartialChart
from unfunnel.charts.scale import ScaleChart, Whitening

__all__ = [
    "AffineChart",
    "Anchor",
    "EliminatedEffect",
    "EliminatedMean",
    "Elimination",
    "PartialChart",
    "ScaleChart",
    "Whitening",
    "with_context",
]
