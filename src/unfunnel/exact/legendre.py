"""Legendre series on [-1, 1]: fitting at Gauss nodes, evaluating, and inverting a distribution function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.polynomial import legendre

from unfunnel.exact.arrays import FloatArray, IntArray

#: A Newton iteration on a smooth distribution function ends long before; pure bisection needs 53.
_MAX_ITERATIONS = 100
#: Points evaluated at a time.
_BLOCK = 16384


@dataclass(frozen=True, eq=False)
class Basis:
    """Gauss-Legendre nodes and weights, and the matrix from node values to series coefficients."""

    nodes: FloatArray
    weights: FloatArray
    transform: FloatArray


@cache
def basis(order: int) -> Basis:
    """Return the basis with `order` nodes: quadrature is exact up to degree 2 order - 1."""
    nodes, weights = legendre.leggauss(order)
    degree = np.arange(order)[:, None]
    transform = (degree + 0.5) * legendre.legvander(nodes, order - 1).T * weights
    return Basis(nodes, weights, transform)


def evaluate(series: FloatArray, x: FloatArray) -> FloatArray:
    """Value of one series per point; dims of `series` (point, degree), of `x` (point,)."""
    vandermonde = legendre.legvander(x, series.shape[1] - 1)
    values: FloatArray = np.einsum("pd,pd->p", vandermonde, series)
    return values


def invert(series: FloatArray, probability: FloatArray) -> FloatArray:
    """Return the points below which the given shares of positive densities lie.

    Parameters
    ----------
    series : array, dims (point, degree)
        Coefficients of one density per point, not necessarily normalised.
    probability : array, dims (point,)
        Shares in [0, 1].

    Returns
    -------
    array, dims (point,)
        Points in [-1, 1]: Newton's method, with bisection wherever a step would leave the bracket.
    """
    cumulative = np.asarray(legendre.legint(series, lbnd=-1, axis=1), dtype=np.float64)
    target = probability * 2 * series[:, 0]
    low, high = np.full(target.shape, -1.0), np.full(target.shape, 1.0)
    x = 2 * probability - 1
    for _ in range(_MAX_ITERATIONS):
        excess = evaluate(cumulative, x) - target
        low, high = np.where(excess <= 0, x, low), np.where(excess > 0, x, high)
        slope = evaluate(series, x)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = x - excess / slope
        inside = (step > low) & (step < high)
        following = np.where(inside, step, 0.5 * (low + high))
        moved = float(np.max(np.abs(following - x), initial=0.0))
        x = following
        if moved < 4e-16:
            break
    return x


def evaluate_many(series: FloatArray, chosen: IntArray, x: FloatArray) -> FloatArray:
    """Values of several functions by piece, block by block.

    Parameters
    ----------
    series : array, dims (piece, function, degree)
        Coefficients of every function on every piece.
    chosen : array of int, dims (point,)
        The piece of each point.
    x : array, dims (point,)
        Its place in the piece, in [-1, 1].

    Returns
    -------
    array, dims (function, point)
    """
    values = np.empty((series.shape[1], x.size))
    for start in range(0, x.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        vandermonde = legendre.legvander(x[block], series.shape[2] - 1)
        values[:, block] = np.matmul(series[chosen[block]], vandermonde[:, :, None])[:, :, 0].T
    return values
