"""Integrals over one effect given population mean and scale: a rule fitted to each, exact for a skew one too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray

from unfunnel.pooling.likelihood import Likelihood

Floats = NDArray[np.float64]

_ORDERS = ((12.0, 32), (30.0, 64), (80.0, 128))
_DEPTH, _SLACK = 26.0, 3.0
"""How far the log density may fall before an effect is left out: e^-26, give or take e^3."""
_LOWEST = -600.0
_ROUNDS = 60


@dataclass(frozen=True, eq=False)
class Terms:
    """Log densities of effects, as functions of ``z = (theta - mu) / tau``, so that tau may be as small as one likes.

    ``events theta - size cumulant(theta) - z^2 / 2`` is concave. All arrays have the same dims, z has them too.
    """

    likelihood: Likelihood
    events: Floats
    size: Floats
    mu: Floats
    tau: Floats

    @classmethod
    def of(cls, likelihood: Likelihood, events: Floats, size: Floats, mu: Floats, tau: Floats) -> Self:
        """The arrays broadcast against each other."""
        arrays = np.broadcast_arrays(events, size, mu, tau)
        return cls(likelihood, arrays[0], arrays[1], arrays[2], arrays[3])

    @property
    def deeper(self) -> Terms:
        """The same with a last dim of 1 more."""
        deep = [part[..., None] for part in (self.events, self.size, self.mu, self.tau)]
        return Terms(self.likelihood, deep[0], deep[1], deep[2], deep[3])

    def theta(self, z: Floats) -> Floats:
        """The effect."""
        return np.asarray(self.mu + self.tau * z)

    def log(self, z: Floats) -> Floats:
        """Log density up to a constant."""
        theta = self.theta(z)
        return np.asarray(self.events * theta - self.size * self.likelihood.cumulant(theta) - 0.5 * z**2)

    def slope(self, z: Floats) -> tuple[Floats, Floats]:
        """First derivative, and the second with its sign turned."""
        rate = self.likelihood.rate(self.theta(z))
        curvature = self.tau**2 * self.size * self.likelihood.curvature(rate) + 1.0
        return np.asarray(self.tau * (self.events - self.size * rate) - z), np.asarray(curvature)

    def mode(self) -> Floats:
        """The mode, by Newton's method in a bracket: it lies between mu and where the slope at mu points to."""
        reach, _ = self.slope(np.zeros_like(self.mu))
        low, high = np.minimum(reach, 0.0), np.maximum(reach, 0.0)
        own, variance = self.likelihood.own(self.events, self.size)
        precision = self.tau**2 / variance
        z = np.clip((own - self.mu) / self.tau * precision / (1 + precision), low, high)
        for _ in range(_ROUNDS):
            slope, curvature = self.slope(z)
            low, high = np.where(slope >= 0, z, low), np.where(slope < 0, z, high)
            step = z + slope / curvature
            following = np.where((step >= low) & (step <= high), step, 0.5 * (low + high))
            done = np.abs(following - z) <= 1e-9 / np.sqrt(curvature)
            z = following
            if done.all():
                break
        return z

    def end(self, mode: Floats, side: float) -> Floats:
        """Where the log density is about `_DEPTH` below the mode's, by Newton's method with bisection."""
        goal = self.log(mode) - _DEPTH
        inner, outer = mode, mode + side * np.sqrt(2 * _DEPTH)  # the prior alone falls that far
        z: Floats = outer
        for turn in range(_ROUNDS):
            height = self.log(z) - goal
            if ((height > -_SLACK) & (height <= _SLACK)).all():
                break
            inner, outer = np.where(height > 0, z, inner), np.where(height > 0, outer, z)
            step = z - height / self.slope(z)[0]
            # Down a cliff Newton's steps are short: every other one halves the bracket.
            between = (side * (step - inner) > 0) & (side * (outer - step) > 0) & (turn % 2 == 0)
            z = np.where(between, step, 0.5 * (inner + outer))
        return z


@dataclass(frozen=True, eq=False)
class CountConditional:
    """Effects of groups given points of the population; dims (group, point), of nodes (group, point, node).

    A density has one mode, and its logarithm falls by 26 at one place on either side; between these (`low` and `high`,
    in z) lie Gauss-Legendre nodes.
    """

    terms: Terms
    mode: Floats
    low: Floats
    high: Floats
    log_integral: Floats
    nodes: Floats
    weights: Floats

    @classmethod
    def of(cls, likelihood: Likelihood, events: Floats, size: Floats, mu: Floats, tau: Floats) -> Self:
        """Find mode, ends and integral; the arguments broadcast to (group, point)."""
        terms = Terms.of(likelihood, events, size, mu, tau)
        mode = terms.mode()
        low, high = terms.end(mode, -1.0), terms.end(mode, 1.0)
        unit, share = _nodes(float((terms.tau * (high - low)).max()))
        half = 0.5 * (high - low)[..., None]
        z = low[..., None] + half * (1 + unit)
        peak = terms.log(mode)
        # Where mu and tau cannot be, the terms are so large that their rounding alone could overflow.
        fall = np.clip(terms.deeper.log(z) - peak[..., None], _LOWEST, 0.0)
        weights = np.exp(fall) * share * half
        total = weights.sum(axis=-1)
        return cls(terms, mode, low, high, peak + np.log(total), z, weights / total[..., None])

    @property
    def log_likelihood(self) -> Floats:
        """Of mu and tau: the log of the integral of the likelihood times the normal density of the effect."""
        return np.asarray(self.log_integral - 0.5 * np.log(2 * np.pi))

    @property
    def mean(self) -> Floats:
        """Of the effect."""
        return self.terms.theta((self.weights * self.nodes).sum(axis=-1))

    @property
    def variance(self) -> Floats:
        """Of the effect."""
        centre = (self.weights * self.nodes).sum(axis=-1, keepdims=True)
        return np.asarray(self.terms.tau**2 * (self.weights * (self.nodes - centre) ** 2).sum(axis=-1))

    @property
    def pooling(self) -> Floats:
        """Share of the prior in the effect's precision at the mode."""
        return np.asarray(1.0 / self.terms.slope(self.mode)[1])

    def value_moments(self) -> tuple[Floats, Floats]:
        """Mean and variance of the probability or rate."""
        rate = self.terms.likelihood.rate(self.terms.deeper.theta(self.nodes))
        mean = (self.weights * rate).sum(axis=-1)
        return mean, (self.weights * (rate - mean[..., None]) ** 2).sum(axis=-1)

    def distribution(self, x: Floats) -> tuple[Floats, Floats]:
        """Probability of an effect below x, dims (group,), and density there; dims (group, point)."""
        terms = self.terms
        z = np.clip((x[:, None] - terms.mu) / terms.tau, self.low, self.high)
        unit, share = _nodes(float((terms.tau * (self.high - self.low)).max()))
        half = 0.5 * (z - self.low)[..., None]
        at = self.low[..., None] + half * (1 + unit)
        below = (np.exp(terms.deeper.log(at) - self.log_integral[..., None]) * share * half).sum(axis=-1)
        return np.minimum(below, 1.0), np.exp(terms.log(z) - self.log_integral) / terms.tau


def _nodes(width: float) -> tuple[Floats, Floats]:
    """Nodes on [-1, 1], more for an interval so wide that the likelihood bends within a small part of it."""
    nodes, weights = leggauss(next((order for limit, order in _ORDERS if width < limit), 256))
    return np.asarray(nodes), np.asarray(weights)
