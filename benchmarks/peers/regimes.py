"""The study's normal regimes as cases: their data, how a person writes them, and what is exactly true of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.models.case import Case, Data, normal_effect
from benchmarks.moments import Moments
from unfunnel.study.regimes import REGIMES

NAMES = ("weak", "strong", "unbalanced", "small")
"""Those of known noise; `eight_schools` is the case `schools`."""
_LINES = {"mu": "identity", "tau": "log", "theta": "identity"}


def regime_data(seed: int, name: str) -> Data:
    """What the study generated; its seed belongs to it."""
    regime: Any = REGIMES[name]()
    return {"y": regime.y, "group": regime.group, "sigma": regime.sigma, "groups": len(regime.labels)}


def regime_model(data: Data, way: str) -> Any:
    """The study's own priors."""
    import pymc as pm

    with pm.Model(coords={"group": np.arange(data["groups"])}) as model:
        mu, tau = pm.Normal("mu", 0.0, 5.0), pm.HalfNormal("tau", 5.0)
        theta = normal_effect(way, "theta", mu, tau)
        pm.Normal("y", theta[data["group"]], data["sigma"], observed=data["y"])
    return model


def truth(name: str) -> dict[str, Moments]:
    """Means and standard deviations by quadrature, without error."""
    found = REGIMES[name]().exact().moments()  # type: ignore[union-attr]
    names = {"mu": "mu", "tau": "log_tau", "theta": "theta"}
    return {
        mine: Moments(found[theirs].mean, found[theirs].sd, *(np.zeros(np.size(found[theirs].mean)),) * 2)
        for mine, theirs in names.items()
    }


def _case(name: str) -> Case:
    groups = len(REGIMES[name]().labels)
    return Case(name, None, partial(regime_data, name=name), regime_model, _LINES, groups=groups)


CASES = tuple(_case(name) for name in NAMES)
TRUTHS: dict[str, Callable[[], dict[str, Moments]]] = {name: partial(truth, name) for name in NAMES}
