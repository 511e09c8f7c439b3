"""Counts and the scale of their effects: successes of trials on the logit scale, events of an exposure on the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Likelihood:
    """Log likelihood ``events * theta - size * cumulant(theta)`` of an effect, up to a constant.

    Parameters
    ----------
    link
        Name of the scale of the effects.
    rate
        From an effect to a probability or rate: the derivative of `cumulant`.
    effect
        The way back.
    curvature
        Second derivative of `cumulant`, from the rate.
    """

    link: str
    cumulant: Callable[[Floats], Floats]
    rate: Callable[[Floats], Floats]
    effect: Callable[[Floats], Floats]
    curvature: Callable[[Floats], Floats]

    def own(self, events: Floats, size: Floats) -> tuple[Floats, Floats]:
        """An effect near the one that fits a group's own data best, and about its variance; finite for any count."""
        rate = (events + 0.5) / (size + 1.0 if self.link == "logit" else size)
        return self.effect(rate), 1.0 / (np.maximum(size, 0.5) * self.curvature(rate))


def _exp(theta: Floats) -> Floats:
    # Beyond this no event could be seen; a larger number would only overflow.
    return np.asarray(np.exp(np.minimum(theta, 300.0)))


BINOMIAL = Likelihood(
    "logit", lambda theta: np.logaddexp(0.0, theta), expit, logit, lambda rate: np.maximum(rate * (1 - rate), 1e-300)
)
POISSON = Likelihood("log", _exp, _exp, np.log, lambda rate: rate)
