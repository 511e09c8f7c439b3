"""Adaptive quadrature in one or two dimensions: find where the mass is, and halve boxes until it is resolved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import logsumexp

from unfunnel.errors import InvalidArgumentError, UnfunnelError
from unfunnel.exact.arrays import BoolArray, FloatArray
from unfunnel.exact.cells import WIDEST, Cells, grid
from unfunnel.exact.quadrature import Quadrature
from unfunnel.exact.resolution import LogDensity, tabulate

#: Share of the whole that a single cell may leave out or get wrong.
_NEGLIGIBLE = float(np.log(1e-15))
_MAX_CELLS = 30_000
#: Relative error allowed in a cell; and where rounding of the log density may stop short of it.
_TOLERANCE = 1e-9
_ROUNDING = 1e-5
#: A log density of this size has lost the digits that matter.
_LARGEST_LOG = 1e10


def integrate(
    log_density: LogDensity,
    edges: Sequence[FloatArray],
    limits: Sequence[tuple[float, float]],
    weightings: FloatArray,
) -> Quadrature:
    """Refine boxes until the density is a polynomial on each of them, to a relative error of 1e-9.

    Parameters
    ----------
    log_density : callable
        Log density up to a constant at points of dims (point, axis).
    edges : sequence of arrays
        Where to start: edges along each axis. Between them the log density must be smooth on the scale of the
        nodes; how high or narrow the density itself is does not matter. Beyond them the density must be monotone.
    limits : sequence of (float, float)
        How far to go along each axis where the density has not died down at the outermost edges.
    weightings : array, dims (weighting, axis)
        The integrals of exp(weighting . x) times the density must come out right as well.

    Returns
    -------
    Quadrature

    Raises
    ------
    InvalidArgumentError
        If the log density is so low at its peak that rounding would spoil the result.
    UnfunnelError
        If the density is so rough that it is not resolved after 30 000 cells.
    """
    edges = list(edges)
    cells = tabulate(log_density, *grid(edges), weightings)
    while True:
        cells = _refine(log_density, cells, weightings)
        slabs = list(_slabs(cells, edges, limits))
        if not slabs:
            break
        for lower, upper in slabs:
            cells = cells.join(tabulate(log_density, lower, upper, weightings))
    _check_peak(cells)
    kept = cells.take((_shares(cells) > _NEGLIGIBLE).any(axis=1))
    kept = kept.take(np.argsort(kept.lower[:, 0], kind="stable"))
    return Quadrature.of(kept)


def _refine(log_density: LogDensity, cells: Cells, weightings: FloatArray) -> Cells:
    """Halve cells until none is unresolved."""
    split = _unresolved(cells)
    while split.any():
        if len(split) > _MAX_CELLS:
            _check_peak(cells)
            raise UnfunnelError(
                "exact.fit: the quadrature does not converge, because a prior's density is too rough or underflows "
                "to 0 where the data want the scale to be; take another prior, such as scipy.stats.halfnorm(scale=5)."
            )
        coarse = cells.take(split)
        finer = tabulate(log_density, *coarse.halved(), weightings)
        # Halving shrinks the error of a smooth density thousandfold. Where it does not, rounding is what is left.
        stalled = (finer.error > 0.25 * np.tile(coarse.error, 2)) & (finer.error < _ROUNDING)
        cells = cells.take(~split).join(replace(finer, error=np.where(stalled, 0.0, finer.error)))
        split = _unresolved(cells)
    return cells


def _slabs(
    cells: Cells, edges: list[FloatArray], limits: Sequence[tuple[float, float]]
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Boxes beyond every side at which the density has not died down; `edges` grow with them."""
    alive = (_shares(cells) > _NEGLIGIBLE).any(axis=1)
    for axis, (low, high) in enumerate(limits):
        first, last = edges[axis][0], edges[axis][-1]
        if first > low and (alive & (cells.lower[:, axis] == first)).any():
            slab = np.array([max(low, first - WIDEST), first])
            yield grid([*edges[:axis], slab, *edges[axis + 1 :]])
            edges[axis] = np.concatenate([slab[:1], edges[axis]])
        if last < high and (alive & (cells.upper[:, axis] == last)).any():
            slab = np.array([last, min(high, last + WIDEST)])
            yield grid([*edges[:axis], slab, *edges[axis + 1 :]])
            edges[axis] = np.concatenate([edges[axis], slab[1:]])


def _shares(cells: Cells) -> FloatArray:
    """Upper bounds of the cells' logarithmic shares of the whole, dims (cell, weighting)."""
    shares: FloatArray = cells.bound - logsumexp(cells.mass, axis=0)
    return shares


def _unresolved(cells: Cells) -> BoolArray:
    """Which cells to halve. All are judged afresh every time, so that an early wrong idea of the whole heals."""
    with np.errstate(divide="ignore"):
        weight = (_shares(cells) + np.log(cells.error)[:, None]).max(axis=1)
    return (cells.error > _TOLERANCE) & (weight > _NEGLIGIBLE)


def _check_peak(cells: Cells) -> None:
    """Refuse a density so far from what priors and data expect that rounding would spoil the result."""
    peak = float(cells.values.max())
    if not abs(peak) < _LARGEST_LOG:
        raise InvalidArgumentError(
            f"exact.fit: data and priors contradict each other too strongly for double precision (the log density "
            f"is {peak:g} where it is highest); check their units."
        )
