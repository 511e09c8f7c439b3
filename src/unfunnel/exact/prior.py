"""The prior of a scale, seen on the log scale: density, domain, and how heavy its upper tail is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from unfunnel.errors import InvalidArgumentError
from unfunnel.exact.arrays import FloatArray
from unfunnel.exact.cells import WIDEST

#: Scales are looked for between 1e-140 and 1e140; their squares stay inside double precision.
FURTHEST = 140 * float(np.log(10.0))
#: A density this small on the log scale is about to be rounded to 0 by a logpdf that takes the log of a pdf.
_UNDERFLOW = -600.0
#: Where a prior changes fast: cells may not start with such a place in their middle.
_LEVELS = np.array([1e-6, 0.05, 0.5])


@runtime_checkable
class Prior(Protocol):
    """What a frozen continuous distribution of ``scipy.stats`` offers, and all that is asked of a prior."""

    def logpdf(self, x: Any, /) -> Any:
        """Log density."""

    def ppf(self, q: Any, /) -> Any:
        """Quantile function."""

    def isf(self, q: Any, /) -> Any:
        """Quantile function from above."""

    def support(self) -> Any:
        """Ends of the support."""


@dataclass(frozen=True)
class ScalePrior:
    """A checked prior of a positive scale; `low` and `high` bound the log of the scale."""

    name: str
    distribution: Prior
    support: tuple[float, float]
    low: float
    high: float
    tail: float

    @classmethod
    def of(cls, name: str, distribution: Any) -> ScalePrior:
        """Check a prior, and find its domain and its tail."""
        if not isinstance(distribution, Prior):
            raise InvalidArgumentError(
                f"exact.fit: {name} must be a frozen continuous distribution such as scipy.stats.halfnorm(scale=5), "
                f"but {distribution!r} came."
            )
        if hasattr(distribution, "freeze"):
            raise InvalidArgumentError(
                f"exact.fit: {name} must be a frozen distribution, but {type(distribution).__name__} came without its "
                "parameters; call it with them, as in scipy.stats.halfnorm(scale=5)."
            )
        ends = np.asarray(distribution.support(), dtype=np.float64)
        if ends.shape != (2,):
            raise InvalidArgumentError(f"exact.fit: {name} must be one distribution, not an array of them.")
        lower, upper = float(ends[0]), float(ends[1])
        if not 0 <= lower < upper:
            raise InvalidArgumentError(
                f"exact.fit: {name} is the prior of a positive scale, but its support is ({lower:g}, {upper:g}); "
                "take one on (0, inf), such as scipy.stats.halfnorm(scale=5)."
            )
        with np.errstate(divide="ignore"):
            low, high = np.clip(np.log([lower, upper]), -FURTHEST, FURTHEST)
        if not low < high:
            raise InvalidArgumentError(f"exact.fit: {name} has its support outside 1e-140 ... 1e140.")
        tail = np.inf if high < FURTHEST else _tail(distribution)
        return cls(name, distribution, (lower, upper), float(low), float(high), tail)

    def log_density(self, log_scale: FloatArray) -> FloatArray:
        """Log density of the log of the scale."""
        return self.log_pdf(np.clip(np.exp(log_scale), *self.support)) + log_scale

    def log_pdf(self, scale: FloatArray) -> FloatArray:
        """Log density of the scale itself; -inf outside the support."""
        with np.errstate(all="ignore"):
            values = np.asarray(self.distribution.logpdf(scale), dtype=np.float64)
        bad = np.flatnonzero(np.isnan(values) | np.isposinf(values) & (scale > 0))
        if bad.size:
            raise InvalidArgumentError(
                f"exact.fit: the log density of {self.name} is {values[bad[0]]} at {scale[bad[0]]:g}; a prior must "
                "have a finite density there."
            )
        return values

    def check_reach(self, log_scale: FloatArray) -> None:
        """Refuse a posterior, given by points of its bulk, that ends where the prior's density underflows to 0."""
        beyond = np.array([log_scale.min() - 0.01, log_scale.max() + 0.01])
        beyond = beyond[(beyond > self.low) & (beyond < self.high)]
        if np.isneginf(self.log_density(beyond)).any() and self.log_density(log_scale).min() < _UNDERFLOW:
            raise InvalidArgumentError(
                f"exact.fit: the data want the scale where the density of {self.name} underflows to 0, which would cut "
                "the posterior off; take a prior with mass there, or one whose logpdf is exact in its tail."
            )

    def edges(self, low: float, high: float) -> FloatArray:
        """Edges to start from along this axis; `low` and `high` bound the scales that the data know of.

        They reach as far as the bulk of the prior and the scales of the data. Further out everything is monotone.
        """
        with np.errstate(all="ignore"):
            bulk = np.log(np.concatenate([self.distribution.ppf(_LEVELS), self.distribution.isf(_LEVELS)]))
        bulk = np.clip(bulk, self.low, self.high)
        low = float(np.clip(min(low, bulk.min()), self.low, self.high))
        high = float(np.clip(max(high, bulk.max()), self.low, self.high))
        even = np.linspace(low, high, int(np.ceil((high - low) / WIDEST)) + 1)
        return np.unique(np.concatenate([even, bulk]))


def _tail(distribution: Prior) -> float:
    """Return nu where the density falls as scale^-(1 + nu), inf where it falls faster than any power."""
    decades = np.array([60.0, 90.0, 120.0])
    with np.errstate(all="ignore"):
        values = np.asarray(distribution.logpdf(float(distribution.ppf(0.5)) * 10**decades), dtype=np.float64)
        slopes = np.diff(values) / (np.diff(decades) * np.log(10.0))
    if not np.all(np.isfinite(slopes)) or abs(slopes[1] - slopes[0]) > 0.01 * abs(slopes[0]):
        return np.inf
    return float(-1 - slopes[1])
