"""The posterior of tau alone: its density at any value, and its quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import logsumexp

from unfunnel.errors import InvalidArgumentError
from unfunnel.exact.adaptive import integrate
from unfunnel.exact.arrays import FloatArray
from unfunnel.exact.cells import ORDER
from unfunnel.exact.legendre import basis
from unfunnel.exact.marginal import Marginal
from unfunnel.exact.prior import FURTHEST
from unfunnel.exact.quadrature import Quadrature

#: Numbers held at a time.
_BLOCK = 2**18
#: Edges handed from the joint quadrature to the one for quantiles, which refines them again.
_EDGES = 40


@dataclass(frozen=True, eq=False)
class TauMarginal:
    """Tau with sigma integrated out by the rule that the joint quadrature arrived at.

    Where sigma is known the rule has a single point.
    """

    marginal: Marginal
    joint: Quadrature
    log_sigma: FloatArray  # (node,)
    log_weight: FloatArray  # (node,): quadrature weight times prior density of log sigma

    @classmethod
    def of(cls, marginal: Marginal, joint: Quadrature) -> TauMarginal:
        """Take over the panels of log sigma from a joint quadrature."""
        if marginal.sigma is None:
            _, log_sigma = marginal.split(joint.lower[:1])
            return cls(marginal, joint, log_sigma, np.zeros(1))
        edges = np.unique(np.concatenate([joint.lower[:, 1], joint.upper[:, 1]]))
        half = 0.5 * np.diff(edges)[:, None]
        log_sigma = (edges[:-1, None] + half + half * basis(ORDER).nodes).ravel()
        weight = np.log((half * basis(ORDER).weights).ravel())
        return cls(marginal, joint, log_sigma, weight + marginal.sigma_density(log_sigma))

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Log density per unit of tau, dims (point,)."""
        low, high = self.marginal.tau.support
        inside = (tau >= low) & (tau <= high)
        result = np.where(np.isnan(tau), np.nan, -np.inf)
        with np.errstate(divide="ignore"):
            log_tau = np.clip(np.log(tau[inside]), -FURTHEST, FURTHEST)
        log_prior = self.marginal.tau.log_pdf(tau[inside])
        result[inside] = self._log_likelihood(log_tau) + log_prior - self.joint.log_normalizer
        return result

    def quantile(self, p: FloatArray) -> FloatArray:
        """Quantiles of tau, dims (point,)."""
        bad = np.flatnonzero(~((p >= 0) & (p <= 1)))
        if bad.size:
            raise InvalidArgumentError(
                f"ExactPosterior.tau_quantile: p must lie between 0 and 1, but {p[bad[0]]} came."
            )
        result = np.exp(self._quadrature.sample(p[:, None])[:, 0])
        low, high = self.marginal.tau.support
        return np.where(p == 0, low, np.where(p == 1, high, np.clip(result, low, high)))

    def sigma_given(self, log_tau: float) -> tuple[FloatArray, FloatArray]:
        """Points of log sigma and their probabilities given a value of tau."""
        points = np.stack([np.full_like(self.log_sigma, log_tau), self.log_sigma], axis=1)
        values = self.marginal.log_likelihood(*points.T) + self.log_weight
        return self.log_sigma, np.exp(values - logsumexp(values))

    @cached_property
    def _quadrature(self) -> Quadrature:
        if self.marginal.sigma is None:
            return self.joint
        edges = np.unique(np.concatenate([self.joint.lower[:, 0], self.joint.upper[:, 0]]))
        edges = edges[np.unique(np.linspace(0, edges.size - 1, _EDGES).astype(np.int64))]
        limits = [(float(edges[0]), float(edges[-1]))]
        return integrate(self._log_density, [edges], limits, np.zeros((1, 1)))

    def _log_density(self, points: FloatArray) -> FloatArray:
        return self._log_likelihood(points[:, 0]) + self.marginal.tau.log_density(points[:, 0])

    def _log_likelihood(self, log_tau: FloatArray) -> FloatArray:
        """Log likelihood of tau with sigma integrated out, block by block."""
        result = np.empty_like(log_tau)
        rows = max(1, _BLOCK // self.log_sigma.size)
        for start in range(0, log_tau.size, rows):
            block = log_tau[start : start + rows]
            grid = np.meshgrid(block, self.log_sigma, indexing="ij")
            values = self.marginal.log_likelihood(*(axis.ravel() for axis in grid)).reshape(block.size, -1)
            result[start : start + rows] = logsumexp(values + self.log_weight, axis=1)
        return result
