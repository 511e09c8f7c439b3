"""How normal a coordinate's posterior is, from draws and scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


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

    Parameters
    ----------
    scale
        The scale; dims (draw, element), as all others.
    whitened
        The whitened coordinate z.
    score
        Derivative of the log density in z.
    slope, bend
        ``dscale/dz``, and the derivative of its logarithm in z.
    """
    in_logarithm = scale * (score - bend) / slope + 1.0
    return nonlinearity(np.log(scale), in_logarithm) < nonlinearity(whitened, score)
