"""A density as polynomials on boxes: integrals, and draws without a grid in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.polynomial.legendre import legvander
from scipy.special import logsumexp

from unfunnel.exact.arrays import FloatArray
from unfunnel.exact.cells import ORDER, Cells, coefficients, log_weights, nodes
from unfunnel.exact.legendre import invert

#: Draws handled at a time, which bounds memory to some tens of megabytes.
_BLOCK = 8192


@dataclass(frozen=True, eq=False)
class Quadrature:
    """A density as polynomials on boxes.

    Integrals of smooth functions are `probability @ f(points)`; `sample` inverts the polynomials, so that draws
    have no grid in them.
    """

    lower: FloatArray  # (cell, axis), sorted by the first axis
    upper: FloatArray  # (cell, axis)
    series: FloatArray  # (cell, degree of axis 0, ...): normalised density times the box's volume
    points: FloatArray  # (point, axis)
    probability: FloatArray  # (point,)
    log_normalizer: float

    @classmethod
    def of(cls, cells: Cells) -> Self:
        """Normalise the density that resolved cells hold."""
        dim = cells.lower.shape[1]
        volume = np.log(0.5 * (cells.upper - cells.lower)).sum(axis=1)[:, None]
        weighted = cells.values + log_weights(dim) + volume
        total = float(logsumexp(weighted))
        series = coefficients(np.exp(cells.values + volume + dim * np.log(2.0) - total), dim)
        points = nodes(cells.lower, cells.upper).reshape(-1, dim)
        return cls(cells.lower, cells.upper, series, points, np.exp(weighted - total).ravel(), total)

    def sample(self, uniform: FloatArray) -> FloatArray:
        """Map uniform numbers to draws; dims (draw, axis), in and out. In one dimension it is the quantile."""
        draws = np.empty_like(uniform)
        for start in range(0, len(uniform), _BLOCK):
            block = slice(start, start + _BLOCK)
            draws[block] = self._sample_block(uniform[block])
        return draws

    def _sample_block(self, uniform: FloatArray) -> FloatArray:
        dim = self.lower.shape[1]
        mass = self.series.reshape(len(self.series), -1)[:, 0]
        above = np.cumsum(mass)
        target = uniform[:, 0] * above[-1]
        last = int(np.flatnonzero(mass > 0)[-1])  # cells kept for the sake of E[tau^2] may underflow
        cell = np.minimum(np.searchsorted(above, target, side="right"), last)
        share = np.clip((target - (above[cell] - mass[cell])) / mass[cell], 0.0, 1.0)
        series = self.series[cell]
        x = np.empty_like(uniform)
        for axis in range(dim):
            # The later axes are integrated out by their degree-0 coefficient; the earlier ones are fixed.
            x[:, axis] = invert(series.reshape(*series.shape[:2], -1)[:, :, 0], share)
            if axis + 1 < dim:
                series = np.einsum("di...,di->d...", series, legvander(x[:, axis], ORDER - 1))
                share = uniform[:, axis + 1]
        lower, upper = self.lower[cell], self.upper[cell]
        draws: FloatArray = 0.5 * (lower + upper) + 0.5 * (upper - lower) * x
        return draws
