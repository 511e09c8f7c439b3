"""From a slope of scores to an information: whitened directions, none of them negative, none of them mere noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DEPENDENT = 1e-12
"""Share of a regressor's variance, given the other regressors, at which it counts as their combination. Rounding
leaves draws × machine epsilon, squared or not; anything above is told from them by its standard error."""

IRRELEVANT = 1e-8
"""Information per posterior precision at which data count as saying nothing. Without data the scores are what is left
of two terms of size v / scale, rounded; times the effect, that is machine epsilon × v², and at most the ratio of the
widest to the narrowest scale more. Data worth 1e-8 of the posterior precision shape no coordinate."""

BATCHES = 30
"""Batches of successive draws, over which standard errors are taken: draws of a pilot are autocorrelated, sums over a
tenth of a chain hardly are."""


@dataclass(frozen=True)
class Directions:
    """Orthonormal directions of regressors: ``x @ into`` has unit sums of squares.

    Parameters
    ----------
    into
        From x to the directions; dims (group, effect, direction). Zero where x does not move.
    score
        From the score in x to the score in the directions, the inverse transpose of `into`; same dims.
    """

    into: Floats
    score: Floats

    def turned(self, rotation: Floats) -> Directions:
        """The directions after a rotation; dims (group, direction, direction)."""
        if rotation.shape[-1] == 1:
            return self
        return Directions(self.into @ rotation, self.score @ rotation)


def directions(squares: Floats, whole: Floats, most: int | None = None) -> Directions:
    """Directions in which regressors are orthonormal over draws, the widest last.

    Parameters
    ----------
    squares
        Sums of squares and products of the regressors, after others were taken out; dims (group, effect, effect).
    whole
        Their sums of squares before that; dims (group, effect).
    most
        How many directions are kept (default all).
    """
    diagonal = np.diagonal(squares, axis1=1, axis2=2)
    moves = (diagonal > DEPENDENT * whole) & (diagonal > 0.0)
    size = np.sqrt(np.where(moves, diagonal, 1.0))[:, :, None]
    if squares.shape[1] == 1:
        used = moves[:, :, None]
        return Directions(np.where(used, 1.0 / size, 0.0)[:, :, :most], np.where(used, size, 0.0)[:, :, :most])
    both = moves[:, :, None] & moves[:, None, :]
    values, vectors = np.linalg.eigh(np.where(both, squares / (size * np.swapaxes(size, 1, 2)), 0.0))
    if most is not None:
        values, vectors = values[:, len(values[0]) - most :], vectors[:, :, len(values[0]) - most :]
    kept = values > DEPENDENT
    root = np.sqrt(np.where(kept, values, 1.0))[:, None, :]
    vectors = vectors * kept[:, None, :]
    return Directions(vectors / (root * size), vectors * root * size)


def eigen(slopes: Floats) -> tuple[Floats, Floats]:
    """Eigenvalues and eigenvectors of the symmetric part; dims (group, direction, direction)."""
    if slopes.shape[-1] == 1:
        return slopes[..., 0], np.ones_like(slopes)
    values, vectors = np.linalg.eigh((slopes + np.swapaxes(slopes, 1, 2)) / 2.0)
    return values, vectors


def in_batches(x: Floats) -> Floats:
    """Draws in successive batches; dims (draw, ...) to (batch, draw of it, ...). A remainder is left out."""
    each = max(1, len(x) // BATCHES)
    count = len(x) // each
    return x[: count * each].reshape(count, each, *x.shape[1:])


@dataclass(frozen=True)
class Batches:
    """Sums over each batch, of a regressor x of unit sum of squares and a residual e; they broadcast, batch first."""

    x: Floats
    e: Floats
    xx: Floats
    xe: Floats


def variance(sums: Batches, kept: int, draws: int, left: int) -> Floats:
    """Variance of a slope: a jackknife that leaves out a batch at a time.

    A batch that alone decides the slope (one draw far out in the tail of a scale) shows: without it, the slope moves
    by its product over what is left of the weight. The jackknife's factor 1 - 1/batches is left out: a slope that is
    owed to one batch alone then has a variance of its own square, and is not believed at all.

    Parameters
    ----------
    sums
        Over each batch; regressor and residual have mean zero over all draws.
    kept
        Draws that are left without a batch: their means are taken anew.
    draws, left
        Distinct draws, and those left when every fitted number has taken one.
    """
    weights = 1.0 - sums.xx - np.square(sums.x) / kept
    moved = (sums.xe + sums.x * sums.e / kept) / np.maximum(weights, DEPENDENT)
    squares: Floats = np.einsum("b...,b...->...", moved, moved)
    return squares * (draws / left)


def reliable(slopes: Floats, variances: Floats) -> Floats:
    """The share of a noisy number to be believed: ``1 - variance / slope²``, none where that is negative.

    It is 1 where there is no noise (a normal likelihood) and 0 for what is within one standard error of nothing.
    """
    squared = np.square(slopes)
    shares: Floats = np.maximum(1.0 - variances / np.where(squared > 0.0, squared, np.inf), 0.0)
    return np.where(squared > variances, shares, 0.0)


def believed(slopes: Floats, variances: Floats, draws: int) -> Floats:
    """The share of an information to be believed: none where it is negative or irrelevant; see :func:`reliable`."""
    shares = reliable(slopes, variances)
    return np.where(slopes > IRRELEVANT * draws, shares, 0.0)


def symmetric(matrices: Floats) -> Floats:
    """Without the antisymmetric part that rounding leaves."""
    halves: Floats = (matrices + np.swapaxes(matrices, -1, -2)) / 2.0
    return halves
