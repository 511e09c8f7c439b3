"""The normal hierarchical model with effects and population mean integrated out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from unfunnel.exact.arrays import FloatArray
from unfunnel.exact.prior import ScalePrior
from unfunnel.exact.strata import Strata, SumsTable


@dataclass(frozen=True, eq=False)
class Within:
    """Scatter inside the groups: all that tells sigma apart from tau when sigma is unknown."""

    freedom: float  # observations minus groups with data
    sum_of_squares: float

    def log_likelihood(self, log_sigma: FloatArray) -> FloatArray:
        """Log likelihood of sigma, up to a constant; 0 where there is no freedom."""
        if self.freedom == 0:
            return np.zeros_like(log_sigma)
        if self.sum_of_squares == 0:
            return -self.freedom * log_sigma
        # Relative to its own maximum, so that millions of observations leave no rounding noise.
        z = log_sigma - 0.5 * np.log(self.sum_of_squares / self.freedom)
        log_likelihood: FloatArray = -self.freedom * (z + 0.5 * np.expm1(-2 * z))
        return log_likelihood


@dataclass(frozen=True, eq=False)
class Marginal:
    """Log density of (log tau, log sigma), and the normal law of mu given them.

    `location` is the prior mean of mu relative to the strata's centre.
    """

    strata: Strata
    sums: SumsTable | None  # None where no group has data
    within: Within
    location: float
    scale: float
    tau: ScalePrior
    sigma: ScalePrior | None
    log_sigma: float | None

    @property
    def dim(self) -> int:
        """Number of scales to integrate over."""
        return 1 if self.sigma is None else 2

    def split(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Log tau and log sigma of points with dims (point, axis)."""
        if self.sigma is None:
            return points[:, 0], np.full(len(points), self.log_sigma)
        return points[:, 0], points[:, 1]

    def log_density(self, points: FloatArray) -> FloatArray:
        """Log posterior density of the points, up to a constant."""
        log_tau, log_sigma = self.split(points)
        return self.log_likelihood(log_tau, log_sigma) + self.tau.log_density(log_tau) + self.sigma_density(log_sigma)

    def sigma_density(self, log_sigma: FloatArray) -> FloatArray:
        """Log prior density of log sigma; 0 where sigma is known."""
        return np.zeros_like(log_sigma) if self.sigma is None else self.sigma.log_density(log_sigma)

    def log_likelihood(self, log_tau: FloatArray, log_sigma: FloatArray) -> FloatArray:
        """Log likelihood of the scales, up to a constant."""
        if self.sums is None:
            return np.zeros_like(log_tau)
        sums = self.sums(log_tau - log_sigma)
        log_total = np.logaddexp(2 * log_tau, 2 * log_sigma)
        log_weight = np.log(sums.weight) - log_total
        with np.errstate(over="ignore"):
            quadratic = sums.quadratic * np.exp(-log_total)
            shift = (sums.mean - self.location) ** 2 / (self.scale**2 + np.exp(-log_weight))
            log_det = (
                sums.log_det + self.strata.groups * log_total + np.logaddexp(0, 2 * np.log(self.scale) + log_weight)
            )
            between: FloatArray = -0.5 * (log_det + quadratic + shift)
            return between + self.within.log_likelihood(log_sigma)

    def mu(self, log_tau: FloatArray, log_sigma: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean (relative to the centre) and standard deviation of mu given the scales."""
        if self.sums is None:
            return np.full_like(log_tau, self.location), np.full_like(log_tau, self.scale)
        sums = self.sums(log_tau - log_sigma)
        evidence = 2 * np.log(self.scale) + np.log(sums.weight) - np.logaddexp(2 * log_tau, 2 * log_sigma)
        mean = self.location + expit(evidence) * (sums.mean - self.location)
        return mean, self.scale * np.sqrt(expit(-evidence))
