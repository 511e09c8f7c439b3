"""The log likelihood of population mean and scale as a polynomial on the box that holds their posterior."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.polynomial.chebyshev import chebpts1, chebvander
from numpy.typing import NDArray

from unfunnel.errors import UnfunnelError

Floats = NDArray[np.float64]
LogLikelihood = Callable[[Floats, Floats], Floats]
"""Of points, given as t and mu; dims (point,)."""

_GRID = 12
_DEPTH = 32.0
"""What lies so far below the highest log density is left out of the box."""
_ORDERS = (10, 16, 24, 36, 54, 80, 120, 160)
_CLOSE = 1e-6
_PROBES = 16
_DAMPING = 256.0
"""Below the maximum by much more than this the logarithm is tabulated, which a corner far off would else spoil."""


@dataclass(frozen=True, eq=False)
class Box:
    """Ranges of t and mu."""

    low: Floats
    high: Floats

    def points(self, order: int) -> tuple[Floats, Floats]:
        """An even grid, t and mu of each point."""
        t, mu = (np.linspace(low, high, order) for low, high in zip(self.low, self.high, strict=True))
        grid = np.meshgrid(t, mu, indexing="ij")
        return grid[0].ravel(), grid[1].ravel()


def bulk(log_density: LogLikelihood, box: Box, limit: Box) -> Box:
    """The part of the box where the density is, or a larger one if it reaches beyond; never beyond the limit.

    Raises
    ------
    UnfunnelError
        If it is not found.
    """
    for _ in range(60):
        t, mu = box.points(_GRID)
        values = log_density(t, mu)
        step = (box.high - box.low) / (_GRID - 1)
        points = np.stack([t, mu], axis=1)[values > values.max() - _DEPTH]
        low, high = points.min(axis=0), points.max(axis=0)
        # A kept point on the edge says that there may be more beyond it, one inside that the next one is enough.
        reach = np.where(low <= box.low + 0.5 * step, 4.0, 1.0), np.where(high >= box.high - 0.5 * step, 4.0, 1.0)
        following = Box(np.maximum(low - reach[0] * step, limit.low), np.minimum(high + reach[1] * step, limit.high))
        wide = (following.high - following.low) / (box.high - box.low)
        box = following
        if ((wide > 0.6) & (wide < 1.001)).all():
            return box
    raise UnfunnelError("pool: the posterior of mu and tau was not found; give priors with less mass far out.")


@dataclass(frozen=True, eq=False)
class Surface:
    """Chebyshev coefficients on a box, dims (degree of t, degree of mu); `top` is the largest value seen."""

    box: Box
    coefficients: Floats
    top: float

    @classmethod
    def of(cls, log_likelihood: LogLikelihood, log_density: LogLikelihood, box: Box) -> Self:
        """Interpolate with as many points as it takes to be right to 1e-6 wherever the density counts.

        Raises
        ------
        UnfunnelError
            If 160 points an axis are too few.
        """
        probes = np.random.default_rng(1).uniform(box.low, box.high, (_PROBES, 2)).T
        truth, density = log_likelihood(*probes), log_density(*probes)
        # An error far down is multiplied by a density that is nothing.
        allowed = _CLOSE * np.exp(np.clip(0.5 * (density.max() - density), 0.0, 20.0)) + 1e-13 * np.abs(truth).max()
        top = float(truth.max())
        for order in _ORDERS:
            nodes = chebpts1(order)
            t, mu = (low + 0.5 * (high - low) * (1 + nodes) for low, high in zip(box.low, box.high, strict=True))
            grid = np.meshgrid(t, mu, indexing="ij")
            values = log_likelihood(grid[0].ravel(), grid[1].ravel()).reshape(order, order)
            top = max(top, float(values.max()))
            values = -_DAMPING * np.log1p((top - values) / _DAMPING)
            inverse = chebvander(nodes, order - 1).T * (2.0 - (np.arange(order) == 0))[:, None] / order
            found = cls(box, inverse @ values @ inverse.T, top)
            if (np.abs(found(*probes) - truth) <= allowed).all():
                return found
        raise UnfunnelError(
            "pool: the posterior of mu and tau is too rough to be tabulated; give priors with less mass far out."
        )

    def __call__(self, t: Floats, mu: Floats) -> Floats:
        """Log likelihood at points, dims (point,)."""
        at_t, at_mu = (self._basis(axis, x) for axis, x in enumerate((t, mu)))
        return self._undamped(((at_t @ self.coefficients) * at_mu).sum(axis=1))

    def outer(self, t: Floats, mu: Floats) -> Floats:
        """Log likelihood at all pairs, dims (t, mu)."""
        return self._undamped(self._basis(0, t) @ self.coefficients @ self._basis(1, mu).T)

    def _undamped(self, values: Floats) -> Floats:
        return np.asarray(self.top - _DAMPING * np.expm1(-values / _DAMPING))

    def _basis(self, axis: int, x: Floats) -> Floats:
        low, high = self.box.low[axis], self.box.high[axis]
        return chebvander(2 * (x - low) / (high - low) - 1, self.coefficients.shape[axis] - 1)
