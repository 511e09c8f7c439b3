"""Sample hierarchical PyMC models without funnels: the same model in better coordinates.

Names are loaded when first used, so that ``import unfunnel`` and the command line start at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unfunnel import exact as exact
    from unfunnel import study as study
    from unfunnel.comparison import Comparison as Comparison
    from unfunnel.comparison import Measured as Measured
    from unfunnel.comparison.compare import compare as compare
    from unfunnel.compression.compress import compress as compress
    from unfunnel.diagnosis import Diagnosis as Diagnosis
    from unfunnel.diagnosis import Finding as Finding
    from unfunnel.diagnosis import Verdict as Verdict
    from unfunnel.diagnosis.diagnose import diagnose as diagnose
    from unfunnel.errors import DroppedRowsWarning as DroppedRowsWarning
    from unfunnel.errors import InvalidArgumentError as InvalidArgumentError
    from unfunnel.errors import InvalidTableError as InvalidTableError
    from unfunnel.errors import MissingPackageError as MissingPackageError
    from unfunnel.errors import OutputError as OutputError
    from unfunnel.errors import Reason as Reason
    from unfunnel.errors import SamplingError as SamplingError
    from unfunnel.errors import SimilarLabelsWarning as SimilarLabelsWarning
    from unfunnel.errors import TableWarning as TableWarning
    from unfunnel.errors import UnfunnelError as UnfunnelError
    from unfunnel.errors import UnknownVariableError as UnknownVariableError
    from unfunnel.many import Fit as Fit
    from unfunnel.many import Fits as Fits
    from unfunnel.many import fit_many as fit_many
    from unfunnel.parameterization import Centered as Centered
    from unfunnel.parameterization import Evidence as Evidence
    from unfunnel.parameterization import Informed as Informed
    from unfunnel.parameterization import Mixed as Mixed
    from unfunnel.parameterization import NonCentered as NonCentered
    from unfunnel.parameterization import Partial as Partial
    from unfunnel.planning import Plan as Plan
    from unfunnel.planning.decide import plan as plan
    from unfunnel.plots.centering import plot_centering as plot_centering
    from unfunnel.plots.comparison import plot_comparison as plot_comparison
    from unfunnel.plots.effort import plot_effort as plot_effort
    from unfunnel.plots.funnel import plot_funnel as plot_funnel
    from unfunnel.plots.scale import plot_scale as plot_scale
    from unfunnel.plots.shrinkage import plot_shrinkage as plot_shrinkage
    from unfunnel.pooling import Pooled as Pooled
    from unfunnel.pooling.pool import pool as pool
    from unfunnel.reporting.report import report as report
    from unfunnel.rewrite.reparameterize import reparameterize as reparameterize
    from unfunnel.sampling import compile as compile  # noqa: A004
    from unfunnel.sampling import load as load
    from unfunnel.sampling.sample import sample as sample
    from unfunnel.study import generate_data as generate_data
    from unfunnel.study import tidy_draws as tidy_draws

__version__ = "0.1.0"

_ROOMS = {
    "Comparison": "comparison",
    "Measured": "comparison",
    "compare": "comparison",
    "compress": "compression.compress",
    "Diagnosis": "diagnosis",
    "Finding": "diagnosis",
    "Verdict": "diagnosis",
    "diagnose": "diagnosis",
    "DroppedRowsWarning": "errors",
    "InvalidArgumentError": "errors",
    "InvalidTableError": "errors",
    "MissingPackageError": "errors",
    "OutputError": "errors",
    "Reason": "errors",
    "SamplingError": "errors",
    "SimilarLabelsWarning": "errors",
    "TableWarning": "errors",
    "UnfunnelError": "errors",
    "UnknownVariableError": "errors",
    "Fit": "many",
    "Fits": "many",
    "fit_many": "many",
    "Centered": "parameterization",
    "Evidence": "parameterization",
    "Informed": "parameterization",
    "Mixed": "parameterization",
    "NonCentered": "parameterization",
    "Partial": "parameterization",
    "Plan": "planning",
    "plan": "planning",
    "plot_centering": "plots.centering",
    "plot_comparison": "plots.comparison",
    "plot_effort": "plots.effort",
    "plot_funnel": "plots.funnel",
    "plot_scale": "plots.scale",
    "plot_shrinkage": "plots.shrinkage",
    "Pooled": "pooling",
    "pool": "pooling.pool",
    "report": "reporting.report",
    "reparameterize": "rewrite",
    "compile": "sampling",
    "load": "sampling",
    "sample": "sampling",
    "generate_data": "study",
    "tidy_draws": "study",
}

_PUBLIC_ROOMS = ("exact", "study")

__all__ = sorted([*_ROOMS, *_PUBLIC_ROOMS])


def __getattr__(name: str) -> Any:
    if name in _PUBLIC_ROOMS:
        return import_module(f"unfunnel.{name}")
    if name not in _ROOMS:
        raise AttributeError(f"module 'unfunnel' has no attribute {name!r}; it has {', '.join(__all__)}.")
    return getattr(import_module(f"unfunnel.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return __all__
