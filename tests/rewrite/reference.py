"""The charts, written by hand: from a point of the charted model to values and log|J|, with a bound on the rounding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr
from tests.graphs import EPS
from tests.rewrite.densities import DENSITIES, normal

ROUNDINGS = 32
Values = dict[str, Any]
Numbers = Mapping[str, Any]
"""Keyed as the charted model's: `theta::centeredness`, or `theta::h`, `theta::H` and `tau::logarithmic`."""


@dataclass(frozen=True)
class Plain:
    """As its author wrote it, on the whole line or by the logarithm."""

    name: str
    positive: bool = False

    def __call__(self, x: Any, values: Values, numbers: Numbers) -> tuple[Any, Any, Any]:
        return (np.exp(x), x, np.exp(x) * (1 + np.abs(x))) if self.positive else (x, np.zeros_like(x), np.zeros_like(x))


@dataclass(frozen=True)
class Scale:
    """Whitened by its prior, or logarithmic."""

    name: str
    prior: Any
    width: Callable[[Values], Any]

    def __call__(self, x: Any, values: Values, numbers: Numbers) -> tuple[Any, Any, Any]:
        if numbers.get(f"{self.name}::logarithmic", 1.0) > 0.5:
            return Plain(self.name, positive=True)(x, values, numbers)
        width = self.width(values)
        lower, upper = self.prior.quantiles(ndtr(-np.abs(x)), width)
        tau = np.where(x < 0, lower, upper)
        return tau, normal(x, 0.0, 1.0) - self.prior.log_density(tau, width), tau * (1.0 + x**2)


@dataclass(frozen=True)
class Mean:
    """Eliminated with its effect, whose evidence has variance scale² + 1/H around it; in fixed charts as written."""

    name: str
    effect: str
    location: float
    width: float
    scale: Callable[[Values], Any]

    def __call__(self, x: Any, values: Values, numbers: Numbers) -> tuple[Any, Any, Any]:
        if f"{self.effect}::H" not in numbers:
            return Plain(self.name)(x, values, numbers)
        h, H = numbers[f"{self.effect}::h"], numbers[f"{self.effect}::H"]
        weight = 1.0 / (1.0 + self.scale(values) ** 2 * H)
        precision = 1.0 / self.width**2 + (H * weight).sum()
        value = (self.location / self.width**2 + (h * weight).sum()) / precision + x / np.sqrt(precision)
        pull = abs(self.location) / self.width**2 + (np.abs(h) * weight).sum()
        size = abs(self.location) + pull / precision + np.abs(x) / np.sqrt(precision)
        return value, -0.5 * np.log(precision), size


@dataclass(frozen=True)
class Effect:
    """Partially centered, or eliminated; a positive one through its logarithm."""

    name: str
    location: Callable[[Values], Any]
    scale: Callable[[Values], Any]
    positive: bool = False

    def __call__(self, x: Any, values: Values, numbers: Numbers) -> tuple[Any, Any, Any]:
        location, scale = self.location(values) + 0.0 * x, self.scale(values) + 0.0 * x
        if f"{self.name}::H" in numbers:
            h, H = numbers[f"{self.name}::h"], numbers[f"{self.name}::H"]
            precision = 1.0 / scale**2 + H
            slope, u = 1.0 / np.sqrt(precision), (location / scale**2 + h) / precision + x / np.sqrt(precision)
            size = np.abs(location) + (np.abs(h) + H * np.abs(location)) / precision + slope * np.abs(x)
        else:
            weight = numbers[f"{self.name}::centeredness"]
            slope = scale ** (1.0 - weight)
            u = location + slope * (x - weight * location)
            size = np.abs(location) * (1.0 + slope) + slope * np.abs(x)
        if self.positive:
            return np.exp(u), np.log(slope) + u, np.exp(u) * (1.0 + size)
        return u, np.log(slope), size


Spec = Sequence[Plain | Scale | Mean | Effect]


def log_density(name: str, spec: Spec, x: Mapping[str, Any], numbers: Numbers) -> tuple[float, float]:
    """Log density of the charted model at x, and how far rounding may take it from there.

    Every value is moved in turn by the rounding of the terms that it is a sum of, and all that follows is worked out
    anew; what this changes is added up, with the rounding of the terms of the log density itself.
    """

    def terms(moved: str | None = None, element: int = 0) -> Any:
        values: Values = {}
        jacobian = []
        for step in spec:
            charted = step(np.asarray(x[step.name]), values, numbers)
            value, log_jacobian, size = (np.array(z, dtype=float) for z in charted)
            if step.name == moved:
                value.flat[element] += ROUNDINGS * EPS * np.broadcast_to(size, value.shape).flat[element]
            values[step.name] = value
            jacobian.append(np.broadcast_to(log_jacobian, value.shape).ravel())
        return np.concatenate([DENSITIES[name](values), *jacobian])

    here = terms()
    moves = [(step.name, element) for step in spec for element in range(np.size(x[step.name]))]
    moved = sum(np.abs(terms(*move) - here).sum() for move in moves)
    return float(here.sum()), float(moved + ROUNDINGS * EPS * np.abs(here).sum())
