"""From a sampler's gradients in the chart of nested levels to scores of the likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Tree:
    """How nested levels hang together, elements of all levels in one line, leaves first; see `charts/nested.py`.

    Parameters
    ----------
    sizes
        Numbers of elements of the levels.
    parents
        The parent of every element, numbered within its level; dim (element,).
    slopes
        What the parent's value is multiplied by; dim (element,).
    along
        Loadings of the locations on the innovations of the shared parameters; dims (element, shared).
    """

    sizes: tuple[int, ...]
    parents: NDArray[np.intp]
    slopes: Floats
    along: Floats


@dataclass(frozen=True)
class NestedPoint:
    """One draw of nested levels, as their charts have it.

    Parameters
    ----------
    v, scale
        Standardised elements and their prior standard deviations; dim (element,).
    information, coupling
        W and F, what the data say of every element by way of those below; dims (element,) and (element, shared).
    z, spread
        Standardised innovations of the shared parameters and their prior standard deviations; dim (shared,).
    factor
        R, of the shared parameters' precision in z; dims (shared, shared).
    """

    v: Floats
    scale: Floats
    information: Floats
    coupling: Floats
    z: Floats
    spread: Floats
    factor: Floats


def nested_scores(point: NestedPoint, tree: Tree, gradient: Floats, shared_gradient: Floats) -> tuple[Floats, Floats]:
    """Scores of everything but the block's own priors.

    In the chart ``v = x / √M + τ (q - F y - W location) / M``, so that ``∂/∂v = √M ∂/∂x``; of that the prior's part is
    ``-v``. An element's location moves its value and its chart alike, the levels above and the shared parameters move
    locations: what comes by these ways is taken out again, from the leaves upward.

    Parameters
    ----------
    point
        Where.
    tree
        How the levels hang together.
    gradient, shared_gradient
        Of the log density in the chart; dims (element,) and (shared,).

    Returns
    -------
    scores, shared_scores : ndarray
        In the leaves, dim (leaf,), and in the innovations while all levels stay, dim (shared,).
    """
    M = 1.0 + np.square(point.scale) * point.information
    in_v = np.sqrt(M) * gradient
    in_u, by_chart = np.zeros(len(M)), point.scale * in_v / M
    moved = -by_chart @ point.coupling
    start = 0
    for level, size in enumerate(tree.sizes):
        own = slice(start, start + size)
        start += size
        if level == 0:
            in_u[own] = (in_v[own] + point.v[own]) / point.scale[own]
        in_location = in_u[own] - point.information[own] * by_chart[own]
        moved = moved + in_location @ tree.along[own]
        if level + 1 < len(tree.sizes):
            np.add.at(in_u, start + tree.parents[own], tree.slopes[own] * in_location)
    along = point.factor @ shared_gradient
    return in_u[: tree.sizes[0]], (along + point.z) / point.spread - moved
