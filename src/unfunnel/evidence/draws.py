"""The draws that evidence is fitted to: which of them count, and the shared parameters in orthonormal directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unfunnel.evidence.projection import Batches, Directions, directions, variance

Floats = NDArray[np.float64]
Rows = slice | NDArray[np.intp]

LARGEST = 1e70
"""A draw with a number beyond this is left out as one that is not finite: squares of products would overflow."""


@dataclass(frozen=True)
class Draws:
    """What the regressions of all groups have in common.

    Parameters
    ----------
    rows
        The draws that are finite.
    count, distinct
        How many they are, and how many of them differ.
    left
        Those left when every fitted number has taken one.
    mean
        Of the shared parameters; dims (shared,).
    basis
        The shared parameters, centred, in the orthonormal directions `axes`; dims (draw, direction).
    axes
        The directions, as those of one group.
    """

    rows: Rows
    count: int
    distinct: int
    left: int
    mean: Floats
    basis: Floats
    axes: Directions

    @property
    def rank(self) -> int:
        """Number of directions of the shared parameters."""
        return len(self.basis.T)

    def variance(self, sums: Batches) -> Floats:
        """Variance of a slope, from sums over batches of draws."""
        kept = self.count - self.count // len(sums.e)
        return variance(sums, kept, self.distinct, self.left)

    def in_shared(self, C: Floats) -> Floats:
        """From the directions of the shared parameters to themselves; last dimension."""
        turned: Floats = C @ self.axes.into[0].T
        return turned

    @classmethod
    def of(cls, u: Floats, shared: Floats, score: Floats, shared_score: Floats) -> Draws:
        """From the arrays of :func:`fit_evidence`, without draws that are not finite."""
        finite = np.ones(len(u), dtype=bool)
        for values in (u, shared, score, shared_score):
            finite &= _finite_rows(values)
        rows: Rows = slice(None) if finite.all() else np.flatnonzero(finite)
        count, effects, width = int(finite.sum()), u.shape[2], shared.shape[1]
        # Draws that differ do so everywhere, so a few effects tell.
        distinct = _distinct(u[:, :8][rows], shared[rows])
        most = width if distinct >= 4 * (effects + width) else min(width, max(0, distinct // 4 - effects))
        mean = shared[rows].mean(axis=0) if count else np.zeros(width)
        centred = shared[rows] - mean
        squares = (centred.T @ centred)[None]
        axes = directions(squares, np.diagonal(squares, axis1=1, axis2=2), most)
        left = distinct - 1 - effects - most
        return cls(rows, count, distinct, left, mean, centred @ axes.into[0], axes)


def _finite_rows(x: Floats) -> NDArray[np.bool_]:
    """Whether all of a draw is finite, and small enough to be squared twice."""
    rest = tuple(range(1, x.ndim))
    finite: NDArray[np.bool_] = (x.max(axis=rest, initial=0.0) < LARGEST) & (x.min(axis=rest, initial=0.0) > -LARGEST)
    return finite


def _distinct(u: Floats, shared: Floats) -> int:
    """How many draws differ: a rejected proposal repeats the draw before it."""
    if len(u) == 0:
        return 0
    return len(np.unique(np.concatenate([u.reshape(len(u), u[0].size), shared], axis=1), axis=0))
