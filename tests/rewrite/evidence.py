"""Parameterizations of every kind for the effects of a model."""

from __future__ import annotations

from typing import Any

import numpy as np

import unfunnel as uf


def some_evidence(shape: tuple[int, ...]) -> uf.Evidence:
    """Evidence of different strength for every element."""
    size = int(np.prod(shape))
    return uf.Evidence.of_information(precision=np.linspace(0.1, 3.0, size), location=np.linspace(-1.0, 2.0, size))


def parameterizations(model: Any, kind: str) -> dict[str, uf.Parameterization]:
    """One of a kind for every effect of a model, with arrays that differ from element to element."""
    found = {}
    for name in uf.plan(model).effects:
        shape = uf.plan(model)[name].site.shape
        values = np.linspace(0.0, 1.0, int(np.prod(shape))).reshape(shape)
        found[name] = {
            "centered": uf.Centered(),
            "noncentered": uf.NonCentered(),
            "mixed": uf.Mixed(values > 0.4),
            "partial": uf.Partial(values),
            "informed": uf.Informed(some_evidence(shape)),
        }[kind]
    return found
