"""How normal a coordinate's posterior is, from draws and scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_RUNS, _ERRORS = 16, 2.0
"""Runs of draws that are left out in turn, and standard errors by which a difference is more than chance."""


def nonlinearity(x: Floats, score: Floats) -> float:
    """Share of a score's variance that is not linear in its coordinate: 0 for a normal posterior.

    A few hundred draws give it far more precisely than they give a skewness, because the score is a function of
    the draws and not a summary of them.

    Parameters
    ----------
    x, score
        A coordinate and the derivative of the log density in it; dims (draw, element).

    Returns
    -------
    float
        Mean over elements of ``1 - corr(x, score)²``; 1 where there are fewer than three finite draws, or where the
        score does not vary.
    """
    finite = np.isfinite(x).all(axis=1) & np.isfinite(score).all(axis=1)
    x, score = x[finite], score[finite]
    if len(x) < 3:
        return 1.0
    x, score = x - x.mean(axis=0), score - score.mean(axis=0)
    variances = np.square(x).sum(axis=0) * np.square(score).sum(axis=0)
    explained = np.square((x * score).sum(axis=0)) / np.where(variances > 0, variances, np.inf)
    return float(np.mean(1.0 - explained))


def logarithmic_is_better(scale: Floats, whitened: Floats, score: Floats, slope: Floats, bend: Floats) -> bool:
    """Whether a scale's posterior is more normal in its logarithm than in the coordinate whitened by its prior.

    By more than chance: the difference of their `nonlinearity` has to be larger than two of its standard errors. Where
    a scale reaches far into the tail of its prior, a logarithm that was taken by chance makes fits diverge.

    Parameters
    ----------
    scale
        The scale; dims (draw, element), as all others, chains behind each other.
    whitened
        The whitened coordinate z.
    score
        Derivative of the log density in z.
    slope, bend
        ``dscale/dz``, and the derivative of its logarithm in z.
    """
    logarithm, in_logarithm = np.log(scale), scale * (score - bend) / slope + 1.0

    def ahead(kept: NDArray[np.bool_]) -> float:
        return nonlinearity(whitened[kept], score[kept]) - nonlinearity(logarithm[kept], in_logarithm[kept])

    # A jackknife that leaves out runs of draws, because neighbours are alike.
    run = np.arange(len(scale)) * _RUNS // max(1, len(scale))
    without = np.array([ahead(run != left) for left in range(_RUNS)])
    error = np.sqrt((_RUNS - 1) / _RUNS * np.square(without - without.mean()).sum())
    return bool(ahead(np.full(len(scale), True)) > _ERRORS * error)
