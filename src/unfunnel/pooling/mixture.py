"""Quantiles of an effect: of a mixture of its laws given the population, over the population's posterior."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]

_ROUNDS = 60
_CLOSE = 1e-4
"""Of a standard deviation: a step so small leaves an error of about its square."""


class Conditional(Protocol):
    """Effects of some groups given points of the population; dims (group, point) throughout."""

    @property
    def mean(self) -> Floats:
        """Of the effects."""

    @property
    def variance(self) -> Floats:
        """Of the effects."""

    def distribution(self, x: Floats) -> tuple[Floats, Floats]:
        """Probability below x, dims (group,), and density there."""


def moments(conditional: Conditional, weights: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of every group's effect; weights have dims (point,) or (group, point)."""
    mean = (conditional.mean * weights).sum(axis=1)
    spread = conditional.variance + (conditional.mean - mean[:, None]) ** 2
    return mean, np.sqrt((spread * weights).sum(axis=1))


def quantile(conditional: Conditional, weights: Floats, probability: Floats | float) -> Floats:
    """Quantile of every group's effect, by Newton's method with bisection where a step leaves the bracket."""
    mean, sd = moments(conditional, weights)
    target = np.broadcast_to(np.asarray(probability, dtype=np.float64), mean.shape)
    x = mean + sd * ndtri(target)
    low, high = mean - 60 * sd, mean + 60 * sd
    for _ in range(_ROUNDS):
        below, density = conditional.distribution(x)
        excess = (below * weights).sum(axis=1) - target
        slope = (density * weights).sum(axis=1)
        low, high = np.where(excess <= 0, x, low), np.where(excess > 0, x, high)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = x - excess / slope
        following = np.where((step > low) & (step < high), step, 0.5 * (low + high))
        moved = np.abs(following - x) > _CLOSE * sd
        x = following
        if not moved.any():
            break
    return x
