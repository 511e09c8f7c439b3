"""Charts: the coordinates in which a variable is explored, as PyMC value transforms."""

from unfunnel.charts import fusion, linkers
from unfunnel.charts.base import Anchor
from unfunnel.charts.cholesky import CholeskyChart, FactorPrior, PackedRows
from unfunnel.charts.context import with_context
from unfunnel.charts.correlated import correlated_factor
from unfunnel.charts.elimination import EliminatedEffect, EliminatedShared, EliminatedWideEffect, Sizes
from unfunnel.charts.fused import shared_factor
from unfunnel.charts.levels import EliminatedLevel, nested_factor
from unfunnel.charts.memory import Memory, Place
from unfunnel.charts.partial import PartialChart
from unfunnel.charts.partial_multivariate import PartialMultivariateChart
from unfunnel.charts.scale import ScaleChart, Whitening
from unfunnel.charts.sequences import sequence_factor
from unfunnel.charts.steps import EliminatedInnovations, EliminatedSequence, PartialInnovations, PartialSequence, Series
from unfunnel.charts.triangle import MOST_WRITTEN_OUT, triangle
from unfunnel.charts.vectors import Arrangement, EliminatedMultivariate, EliminatedVectors

__all__ = [
    "MOST_WRITTEN_OUT",
    "Anchor",
    "Arrangement",
    "CholeskyChart",
    "EliminatedEffect",
    "EliminatedInnovations",
    "EliminatedLevel",
    "EliminatedMultivariate",
    "EliminatedSequence",
    "EliminatedShared",
    "EliminatedVectors",
    "EliminatedWideEffect",
    "FactorPrior",
    "Memory",
    "PackedRows",
    "PartialChart",
    "PartialInnovations",
    "PartialMultivariateChart",
    "PartialSequence",
    "Place",
    "ScaleChart",
    "Series",
    "Sizes",
    "Whitening",
    "correlated_factor",
    "fusion",
    "linkers",
    "nested_factor",
    "sequence_factor",
    "shared_factor",
    "triangle",
    "with_context",
]
