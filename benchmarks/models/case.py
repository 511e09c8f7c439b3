"""A model of the benchmark: its data, how people write it, and the numbers it has to reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Data = Mapping[str, Any]
CENTERED, NONCENTERED, BAMBI = "centered", "noncentered", "bambi"
"""Ways of writing one model in plain PyMC."""


@dataclass(frozen=True)
class Case:
    """One model under measurement.

    Parameters
    ----------
    name
        What the command line calls it.
    bar
        Least median over seeds of the minimum bulk ESS per 1000 gradients of the draws; None where the issue asks
        for no figure.
    data
        From a seed to the data; real data ignore it.
    build
        From data and a way of writing to a PyMC model.
    lines
        The variables that ESS and agreement are taken over, by their names, and the line each is looked at on:
        "identity", "log" or "logit".
    ways
        Ways a person would write it, `centered` first.
    ours
        The ways that unfunnel is measured on.
    aliases
        Other names that a way of writing has for the variables in `lines`.
    groups
        Number of groups, the K of "our own time at K = 200".
    asked
        The parameterizations that unfunnel is asked for; by default it chooses.
    """

    name: str
    bar: float | None
    data: Callable[[int], Data]
    build: Callable[[Data, str], Any]
    lines: Mapping[str, str]
    groups: int
    ways: tuple[str, ...] = (CENTERED, NONCENTERED)
    ours: tuple[str, ...] = (CENTERED,)
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    data_seed: int = 0
    asked: Mapping[str, str] | None = None

    def model(self, way: str) -> Any:
        """The PyMC model, written in one way."""
        return self.build(self.data(self.data_seed), way)

    @property
    def plain(self) -> tuple[str, ...]:
        """The ways that plain PyMC is measured on."""
        return tuple(way for way in self.ways if way in (CENTERED, NONCENTERED))


def normal_effect(way: str, name: str, location: Any, scale: Any, dims: str = "group") -> Any:
    """Group-level effects with a normal prior, as a person writes them centered or by hand noncentered."""
    import pymc as pm

    if way == CENTERED:
        return pm.Normal(name, location, scale, dims=dims)
    offset = pm.Normal(f"{name}_offset", 0.0, 1.0, dims=dims)
    return pm.Deterministic(name, location + scale * offset, dims=dims)


def zipf_groups(rng: np.random.Generator, groups: int, exponent: float, most: int) -> NDArray[np.intp]:
    """Group of every observation, where few groups are large and most are tiny; dims (observation,)."""
    return np.repeat(np.arange(groups), np.minimum(rng.zipf(exponent, size=groups), most))


def group_of(observation_group: NDArray[np.intp]) -> dict[str, Any]:
    """Coordinates of a model whose groups are numbered."""
    return {"group": np.arange(int(observation_group.max()) + 1)}
