"""Boxes with a log density tabulated at Gauss-Legendre nodes: the pieces that adaptive quadrature refines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import product
from typing import Self

import numpy as np

from unfunnel.exact.arrays import BoolArray, FloatArray, IntArray
from unfunnel.exact.legendre import basis

#: Nodes per axis of a cell.
ORDER = 16
#: Widest initial cell. A wider one is halved whatever its error: moments weigh the density by powers inside it.
WIDEST = 8.0


@dataclass(frozen=True, eq=False)
class Cells:
    """Boxes, their log densities, and what decides on their refinement.

    Dims: cell, axis, node (the tensor grid, flattened), weighting (1, tau^2, ...).
    """

    lower: FloatArray  # (cell, axis)
    upper: FloatArray  # (cell, axis)
    values: FloatArray  # (cell, node): log density
    mass: FloatArray  # (cell, weighting): log of the weighted integral
    bound: FloatArray  # (cell, weighting): log of an upper bound of it, valid before the cell is resolved
    error: FloatArray  # (cell,): relative size of the last coefficients, 1 where nothing is resolved
    worst: IntArray  # (cell,): axis to halve

    def take(self, chosen: BoolArray | IntArray) -> Self:
        """Return the chosen cells."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def join(self, other: Self) -> Self:
        """Return these cells and the others."""
        return type(self)(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))

    def halved(self) -> tuple[FloatArray, FloatArray]:
        """Return the bounds of both halves of every cell, cut across its worst axis."""
        rows = np.arange(len(self.worst))
        middle = 0.5 * (self.lower[rows, self.worst] + self.upper[rows, self.worst])
        left, right = self.upper.copy(), self.lower.copy()
        left[rows, self.worst] = middle
        right[rows, self.worst] = middle
        return np.concatenate([self.lower, right]), np.concatenate([left, self.upper])


def grid(edges: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Return the bounds of all boxes between the given edges of each axis."""
    lower = np.array(list(product(*(edge[:-1] for edge in edges))))
    upper = np.array(list(product(*(edge[1:] for edge in edges))))
    return lower, upper


def nodes(lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Tensor Gauss-Legendre nodes of every box, dims (cell, node, axis)."""
    unit = basis(ORDER).nodes
    tensor = np.array(list(product(unit, repeat=lower.shape[1])))
    centre, half = 0.5 * (upper + lower), 0.5 * (upper - lower)
    points: FloatArray = centre[:, None, :] + half[:, None, :] * tensor
    return points


def log_weights(dim: int) -> FloatArray:
    """Log of the tensor Gauss-Legendre weights on [-1, 1] to the power `dim`."""
    return np.log(np.array([np.prod(w) for w in product(basis(ORDER).weights, repeat=dim)]))


def coefficients(values: FloatArray, dim: int) -> FloatArray:
    """Legendre coefficients of functions given at the nodes, dims (cell, degree of axis 0, ...)."""
    series = values.reshape(-1, *[ORDER] * dim)
    for axis in range(1, dim + 1):
        series = np.moveaxis(np.tensordot(basis(ORDER).transform, series, axes=(1, axis)), 0, axis)
    return series
