"""Few points that stand for the whole posterior of the scales: a product of Gauss rules."""

from __future__ import annotations

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import ndtr

from unfunnel.exact.arrays import FloatArray

#: Points of less weight are left out.
_NEGLIGIBLE = 1e-13


def quantile_rule(order: int) -> tuple[FloatArray, FloatArray]:
    """Probabilities at whose quantiles to look, and weights.

    Gauss-Hermite nodes as probabilities: a quantity that is a smooth function of a normal one, as the logarithm of a
    scale nearly is, is integrated as well as polynomials of a normal are.
    """
    nodes, weights = hermegauss(order)
    weights = weights / weights.sum()
    kept = weights > _NEGLIGIBLE
    return ndtr(nodes[kept]), weights[kept] / weights[kept].sum()


def gauss_rule(points: FloatArray, weights: FloatArray, order: int) -> tuple[FloatArray, FloatArray]:
    """The Gauss rule of a discrete measure: `order` nodes and weights that integrate the polynomials it does.

    Parameters
    ----------
    points, weights : array, dims (point,)
        Weights add up to 1.
    order : int
        Number of nodes; fewer come back where the measure has fewer points.

    References
    ----------
    W. Gautschi, Orthogonal Polynomials: Computation and Approximation (2004), section 2.2: the Stieltjes procedure.
    """
    used = weights > _NEGLIGIBLE * weights.max()
    points, weights = points[used], weights[used] / weights[used].sum()
    centre = float(weights @ points)
    scale = float(np.sqrt(weights @ (points - centre) ** 2)) or 1.0
    x = (points - centre) / scale
    before, now, norm = np.zeros_like(x), np.ones_like(x), 0.0
    diagonal, beside = [], []
    for _ in range(min(order, x.size)):
        diagonal.append(float(weights @ (x * now**2)))
        following = (x - diagonal[-1]) * now - norm * before
        norm = float(np.sqrt(weights @ following**2))
        if norm < 1e-8:
            break
        beside.append(norm)
        before, now = now, following / norm
    size = len(diagonal)
    matrix = np.diag(diagonal) + np.diag(beside[: size - 1], 1) + np.diag(beside[: size - 1], -1)
    nodes, vectors = np.linalg.eigh(matrix)
    return centre + scale * nodes, vectors[0] ** 2
