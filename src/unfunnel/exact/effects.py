"""The effects theta given everything else: moments by quadrature, and draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unfunnel.exact.arrays import FloatArray, IntArray
from unfunnel.exact.strata import Strata

#: Numbers held at a time: 1 MB an array, which stays in the processor's cache.
_BLOCK = 2**17
#: Beyond this log(tau / sigma) no digit of anything changes; the cap keeps products inside double precision.
_CAP = 150.0
#: Quadrature points with less probability than this do not show in any moment of an effect.
_NEGLIGIBLE = 1e-20


@dataclass(frozen=True, eq=False)
class Scales:
    """Quadrature points or draws of the shared parameters; dims (point,), `mu` relative to the centre."""

    log_tau: FloatArray
    log_sigma: FloatArray
    mu: FloatArray
    mu_sd: FloatArray

    @property
    def ratio(self) -> FloatArray:
        """(tau / sigma)^2."""
        capped: FloatArray = np.exp(2 * np.minimum(self.log_tau - self.log_sigma, _CAP))
        return capped


@dataclass(frozen=True, eq=False)
class Effects:
    """Groups in their callers' order: stratum (data) or none (empty), and mean relative to the centre."""

    strata: Strata
    filled: IntArray  # (group with data,): position among all groups
    empty: IntArray  # (group without data,): position among all groups
    mean: FloatArray  # (group with data,)

    def moments(self, scales: Scales, probability: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean (relative to the centre) and variance of the effects of groups with data.

        Given the scales an effect has mean `(1 - w) mu + w y` with `w` a function of its stratum, so that six
        averages per stratum serve all of its groups.
        """
        if not self.filled.size:
            return np.empty(0), np.empty(0)
        # An effect varies by up to min(tau, sigma), which may be large where there is little probability.
        reach = probability * np.exp(2 * np.minimum(scales.log_tau, scales.log_sigma))
        kept = (probability > _NEGLIGIBLE) | (reach > _NEGLIGIBLE * reach.sum())
        scales = Scales(*(part[kept] for part in (scales.log_tau, scales.log_sigma, scales.mu, scales.mu_sd)))
        probability = probability[kept]
        origin = float(probability @ scales.mu)
        rows = max(1, _BLOCK // max(1, probability.size))
        offsets = self.strata.offset
        blocks = [_averages(offsets[i : i + rows], scales, probability, origin) for i in range(0, offsets.size, rows)]
        averages = np.concatenate(blocks, axis=1)[:, self.strata.index]
        shrunk, weight, var_shrunk, covariance, var_weight, inner = averages
        y = self.mean - origin
        variance = inner + var_shrunk + 2 * y * covariance + y**2 * var_weight
        return origin + shrunk + weight * y, variance

    def draw(self, scales: Scales, rng: np.random.Generator, out: FloatArray) -> None:
        """Fill `out`, dims (draw, group), with effects (relative to the centre) given the shared parameters."""
        rows = max(1, _BLOCK // out.shape[1])
        offset, mean = np.ones(out.shape[1]), np.zeros(out.shape[1])
        offset[self.filled], mean[self.filled] = self.strata.offset[self.strata.index], self.mean
        for start in range(0, len(out), rows):
            block = slice(start, start + rows)
            ratio, mu = scales.ratio[block, None], scales.mu[block, None]
            noise = rng.standard_normal((ratio.size, out.shape[1]))
            weight = ratio / (offset + ratio)
            sd = np.exp(scales.log_sigma[block, None]) * np.sqrt(offset * weight)
            out[block] = mu + (mean - mu) * weight + sd * noise
            if self.empty.size:
                out[block, self.empty] = mu + np.exp(scales.log_tau[block, None]) * noise[:, self.empty]


def _averages(offset: FloatArray, scales: Scales, probability: FloatArray, origin: float) -> FloatArray:
    """Averages over the scales, dims (quantity, stratum); see `Effects.moments`."""
    total = offset[:, None] + scales.ratio
    weight = scales.ratio / total
    prior_weight = offset[:, None] / total
    shrunk = prior_weight * (scales.mu - origin)
    inner = np.exp(2 * scales.log_sigma) * (offset[:, None] * weight) + (prior_weight * scales.mu_sd) ** 2
    mean_shrunk, mean_weight = shrunk @ probability, weight @ probability
    shrunk -= mean_shrunk[:, None]
    weight -= mean_weight[:, None]
    return np.stack(
        [
            mean_shrunk,
            mean_weight,
            shrunk**2 @ probability,
            (shrunk * weight) @ probability,
            weight**2 @ probability,
            inner @ probability,
        ]
    )
