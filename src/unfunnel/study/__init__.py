"""The case study: hierarchical data in five regimes, and in anybody's table, four parameterizations, one page.

Names are loaded when first used, so that the small ones do not bring the drawing and sampling libraries along.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unfunnel.study.data import generate_data as generate_data
    from unfunnel.study.priors import Priors as Priors
    from unfunnel.study.priors import ScalePrior as ScalePrior
    from unfunnel.study.regime import Regime as Regime
    from unfunnel.study.regimes import find_regimes as find_regimes
    from unfunnel.study.study import Study as Study
    from unfunnel.study.study import run as run
    from unfunnel.study.table import read_table as read_table
    from unfunnel.study.tidy import tidy_draws as tidy_draws

_MODULES = {
    "Priors": "priors",
    "Regime": "regime",
    "ScalePrior": "priors",
    "Study": "study",
    "find_regimes": "regimes",
    "generate_data": "data",
    "read_table": "table",
    "run": "study",
    "tidy_draws": "tidy",
}

__all__ = sorted(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'unfunnel.study' has no attribute {name!r}; it has {', '.join(__all__)}.")
    return getattr(import_module(f"unfunnel.study.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
