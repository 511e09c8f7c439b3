"""How well a box resolves a log density, and how much of the density it may hold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import logsumexp

from unfunnel.exact.arrays import FloatArray, IntArray
from unfunnel.exact.cells import ORDER, WIDEST, Cells, coefficients, log_weights, nodes

#: Log density, up to a constant, at points with dims (point, axis).
LogDensity = Callable[[FloatArray], FloatArray]


def tabulate(log_density: LogDensity, lower: FloatArray, upper: FloatArray, weightings: FloatArray) -> Cells:
    """Evaluate the density in every box and judge how well the box resolves it."""
    dim = lower.shape[1]
    points = nodes(lower, upper)
    values = log_density(points.reshape(-1, dim)).reshape(points.shape[:2])
    weighted = values[:, None, :] + np.einsum("cna,wa->cwn", points, weightings)
    volume = np.log(0.5 * (upper - lower)).sum(axis=1)[:, None]
    mass = logsumexp(weighted + log_weights(dim), axis=2) + volume
    bound = _upper_bound(weighted, dim) + volume + dim * np.log(2.0)
    error, worst = _resolution(values, dim)
    wide = (upper - lower).max(axis=1) > WIDEST
    error = np.where(wide, 1.0, error)
    worst = np.where(wide, (upper - lower).argmax(axis=1), worst)
    # A cell whose nodes round to the same number cannot be refined (a jump in the prior ends here).
    exhausted = (upper - lower).min(axis=1) < 1e-14 * np.maximum(1.0, np.abs(upper).max(axis=1))
    return Cells(lower, upper, values, mass, bound, np.where(exhausted, 0.0, error), worst)


def _resolution(values: FloatArray, dim: int) -> tuple[FloatArray, IntArray]:
    """Relative size of the last two coefficients along the worst axis, and that axis."""
    peak = values.max(axis=1, keepdims=True)
    empty = np.isneginf(peak[:, 0])
    scaled = np.exp(values - np.where(empty[:, None], 0.0, peak))
    size = np.abs(coefficients(scaled, dim))
    mean = size.reshape(len(size), -1)[:, 0]
    tails = np.stack([np.moveaxis(size, k, 1)[:, -2:].reshape(len(size), -1).max(axis=1) for k in range(1, dim + 1)])
    error = np.where(empty, 0.0, np.minimum(tails / np.where(empty, 1.0, mean), 1.0))
    # While nothing is resolved coefficients say little; then halve the axis along which the peak is steepest.
    axis = np.where(error.max(axis=0) < 0.1, error.argmax(axis=0), _spread(values, dim).argmax(axis=0))
    return error.max(axis=0), axis


def _spread(values: FloatArray, dim: int) -> FloatArray:
    """Range of the log density along each axis through its highest node, dims (axis, cell)."""
    cube = values.reshape(-1, *[ORDER] * dim)
    top = np.unravel_index(values.argmax(axis=1), [ORDER] * dim)
    rows = np.arange(len(values))
    lines = [cube[(rows, *(slice(None) if k == axis else top[k] for k in range(dim)))] for axis in range(dim)]
    return np.stack([_finite(line).max(axis=1) - _finite(line).min(axis=1) for line in lines])


def _upper_bound(weighted: FloatArray, dim: int) -> FloatArray:
    """Bound of the maximum of smooth functions from their node values.

    Between nodes a smooth function exceeds its highest node by less than it falls from that node to the next.
    """
    cube = _finite(weighted).reshape(*weighted.shape[:2], *[ORDER] * dim)
    fall = np.zeros_like(cube)
    peak = np.ones(cube.shape, dtype=bool)
    for axis in range(2, dim + 2):
        step = np.diff(cube, axis=axis)
        ends = np.zeros_like(np.take(step, [0], axis=axis))
        for side in (np.concatenate([ends, step], axis=axis), np.concatenate([-step, ends], axis=axis)):
            peak &= side >= 0
            fall = np.maximum(fall, side)
    bound: FloatArray = np.where(peak, cube + fall, -np.inf).reshape(*weighted.shape[:2], -1).max(axis=2)
    return bound


def _finite(values: FloatArray) -> FloatArray:
    finite: FloatArray = np.maximum(values, -1e300)
    return finite
