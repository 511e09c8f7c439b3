"""Groups that carry the same amount of information, collapsed: the likelihood needs no more of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from unfunnel.exact.arrays import FloatArray, IntArray
from unfunnel.exact.grouping import group_moments
from unfunnel.exact.legendre import basis, evaluate_many

#: Numbers held at a time while summing over strata: 1 MB an array, which stays in the processor's cache.
_BLOCK = 2**17
#: Nodes of the interpolation on a panel of width 1. The sums are analytic for |Im r| < pi/2, so that the error
#: falls by 6.4 with every node: 20 of them are exact in double precision.
_NODES = 20
#: Beyond this distance from the last scale the sums are constant in double precision.
_MARGIN = 19.0


class Sums(NamedTuple):
    """What the groups contribute at a ratio tau / sigma, in units in which the limits are finite.

    With `q_k = (a_k + x) / (1 + x)`, `a_k` the offset of a group and `x = (tau / sigma)^2`.
    """

    log_det: FloatArray  # sum log q_k
    weight: FloatArray  # sum 1 / q_k
    mean: FloatArray  # sum (y_k / q_k) / weight
    quadratic: FloatArray  # sum (y_k - mean)^2 / q_k


@dataclass(frozen=True, eq=False)
class Strata:
    """Groups with data, collapsed by `offset`, the variance of a group's mean divided by sigma squared.

    `offset` lies in (0, 1]: it is 1/count where sigma is unknown. All means are relative to `centre`.
    """

    offset: FloatArray  # (stratum,)
    size: FloatArray  # (stratum,): number of groups
    mean: FloatArray  # (stratum,)
    scatter: FloatArray  # (stratum,): squared deviations of the groups' means from the stratum's
    index: IntArray  # (group with data,): its stratum
    centre: float

    @property
    def groups(self) -> int:
        """Number of groups that have data."""
        return self.index.size

    @classmethod
    def collapse(cls, offset: FloatArray, mean: FloatArray) -> Strata:
        """Collapse groups with data, given by their offsets and means."""
        centre = float(mean.mean()) if mean.size else 0.0
        distinct, index = np.unique(offset, return_inverse=True)
        size, average, scatter = group_moments(mean - centre, index, distinct.size)
        return cls(distinct, size.astype(np.float64), average, scatter, index, centre)

    def sums(self, ratio: FloatArray) -> Sums:
        """Sum over all groups at every log(tau / sigma), block by block."""
        rows = max(1, _BLOCK // max(1, self.offset.size))
        blocks = [self._sums(ratio[i : i + rows]) for i in range(0, ratio.size, rows)]
        return Sums(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))

    def _sums(self, ratio: FloatArray) -> Sums:
        x = np.exp(2 * ratio)[:, None]
        q = (self.offset + x) / (1 + x)
        weight = self.size / q
        total = weight.sum(axis=1)
        mean = weight @ self.mean / total
        quadratic = (weight * (self.mean - mean[:, None]) ** 2 + self.scatter / q).sum(axis=1)
        return Sums(np.log(q) @ self.size, total, mean, quadratic)


class SumsTable:
    """The sums as a function of log(tau / sigma), interpolated without loss.

    A panel is summed over the strata when it is first needed; after that a point costs the same whether there
    are 8 groups or 100 000.
    """

    def __init__(self, strata: Strata) -> None:
        self._strata = strata
        self._low = 0.5 * float(np.log(strata.offset[0])) - _MARGIN
        panels = int(np.ceil(_MARGIN - self._low))
        self._series = np.empty((panels, len(Sums._fields), _NODES))
        self._ready = np.zeros(panels, dtype=bool)

    def __call__(self, ratio: FloatArray) -> Sums:
        """Return the sums at every log(tau / sigma), dims (point,)."""
        place = np.clip(ratio - self._low, 0.0, len(self._ready))
        panel = np.minimum(place.astype(np.int64), len(self._ready) - 1)
        self._fill(np.unique(panel))
        return Sums(*evaluate_many(self._series, panel, 2 * (place - panel) - 1))

    def _fill(self, panels: IntArray) -> None:
        missing = panels[~self._ready[panels]]
        if missing.size:
            nodes, transform = basis(_NODES).nodes, basis(_NODES).transform
            ratio = self._low + missing[:, None] + 0.5 + 0.5 * nodes
            sums = np.stack(self._strata.sums(ratio.ravel())).reshape(len(Sums._fields), -1, _NODES)
            self._series[missing] = np.moveaxis(sums, 0, 1) @ transform.T
            self._ready[missing] = True
