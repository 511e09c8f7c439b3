"""Builders that workers can be sent: by name, as this module is on their path, and by value."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np

import unfunnel as uf


def build(y: Any, sigma: float = 1.0) -> Any:
    """Four groups of known noise, whose labels and values may change."""
    import pymc as pm

    with pm.Model(coords={"group": ["a", "b", "c", "d"]}) as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), dims="group")
        noise = pm.Data("sigma", float(sigma))
        pm.Normal("y", theta, noise, observed=pm.Data("values", np.asarray(y, dtype=float), dims="group"), dims="group")
    return model


def of_rows(y: Any, groups: str) -> Any:
    """Groups that indices lead to, so that no data lie along their dim."""
    import pymc as pm

    with pm.Model(coords={"group": list(groups)}) as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), dims="group")
        pm.Normal("y", theta[[0, 1, 2, 2]], 1.0, observed=pm.Data("values", np.asarray(y, dtype=float)))
    return model


def specs(count: int, builder: Any = build) -> list[uf.Fit]:
    rng = np.random.default_rng(1)
    return [uf.Fit(f"fit {i}", builder, {"y": rng.normal(size=4) * 3}) for i in range(count)]


def noted(y: Any, log: str, name: str) -> Any:
    """Notes that it was called; of some names it does not come to its end."""
    file = Path(log)
    calls = [*file.read_text(encoding="utf-8").splitlines(), name] if file.exists() else [name]
    with file.open("a", encoding="utf-8") as stream:
        stream.write(name + "\n")
    if "fails" in name:
        raise ValueError(f"{name} has no data")
    if "always" in name or ("once" in name and calls.count(name) == 1):
        os.kill(os.getpid(), signal.SIGKILL)
    return build(y)


def noted_specs(names: list[str], log: Path) -> list[uf.Fit]:
    rng = np.random.default_rng(2)
    return [uf.Fit(name, noted, {"y": rng.normal(size=4) * 3, "log": str(log), "name": name}) for name in names]
