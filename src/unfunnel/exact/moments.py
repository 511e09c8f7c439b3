"""Means and standard deviations by quadrature, and which of them exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from unfunnel.exact.arrays import FloatArray
from unfunnel.exact.marginal import Marginal
from unfunnel.exact.prior import FURTHEST

#: Share of an integral that may lie next to the ends of double precision.
_AT_THE_END = 1e-9


class Moment(NamedTuple):
    """Mean and standard deviation of a quantity, floats, or arrays of dims (group,) for the effects."""

    mean: float | FloatArray
    sd: float | FloatArray


@dataclass(frozen=True)
class Tails:
    """How heavy the posterior's tails are: E[tau^r] exists where r < `tau`, E[sigma^r] where r < `sigma`.

    Far out the likelihood falls as tau^-J (J groups with data) and as sigma^-N (N observations): one factor a
    group, because mu has a proper prior and so costs none. `both` is the same for min(tau, sigma), which bounds
    the standard deviation of an effect whose group has data.
    """

    tau: float
    sigma: float
    both: float

    @classmethod
    def of(cls, marginal: Marginal, observations: float) -> Tails:
        """Return the tails of a posterior from those of its priors."""
        tau = marginal.tau.tail + marginal.strata.groups
        if marginal.sigma is None:
            return cls(tau, np.inf, np.inf)
        sigma = marginal.sigma.tail + observations
        return cls(tau, sigma, marginal.tau.tail + sigma)

    def weightings(self, dim: int) -> FloatArray:
        """Powers of tau and sigma whose integrals the quadrature must get right, dims (weighting, axis)."""
        tau, sigma = (2 if exists(2, tail) else 1 if exists(1, tail) else 0 for tail in (self.tau, self.sigma))
        rows = {
            (0, 0),
            (tau, 0),
            (0, sigma),
            (min(tau, 1), min(sigma, 1)) if exists(2, self.both) else (0, 0),
        }
        return np.unique(np.array(sorted(rows), dtype=np.float64)[:, :dim], axis=0)


def exists(power: float, tail: float) -> bool:
    """Whether the moment of this power exists, to the accuracy with which a tail is known."""
    return power < tail - 1e-6


def plain_moment(probability: FloatArray, values: FloatArray) -> Moment:
    """Moments of a quantity that has all of them."""
    mean = float(probability @ values)
    return Moment(mean, float(np.sqrt(probability @ (values - mean) ** 2)))


def scale_moment(probability: FloatArray, log_scale: FloatArray, tail: float) -> Moment:
    """Moments of a scale: inf where they do not exist, NaN where double precision does not reach them."""
    scale = np.exp(log_scale)
    if not exists(1, tail):
        return Moment(np.inf, np.inf)
    mean = float(probability @ scale) if inside(probability, log_scale, 1) else np.nan
    if not exists(2, tail):
        return Moment(mean, np.inf)
    reached = inside(probability, log_scale, 2)
    return Moment(mean, float(np.sqrt(probability @ (scale - mean) ** 2)) if reached else np.nan)


def inside(probability: FloatArray, log_scale: FloatArray, power: int) -> bool:
    """Whether the integral of scale^power stays clear of the ends of the domain."""
    return end_share(probability * np.exp(power * log_scale), log_scale) < _AT_THE_END


def end_share(weight: FloatArray, log_scale: FloatArray) -> float:
    """Share of a weight that lies within a factor e of the ends of double precision's domain."""
    return float(weight[np.abs(log_scale) > FURTHEST - 1].sum() / weight.sum())
