"""Evidence by regressing scores on draws (score matching)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def likelihood_scores(u: Floats, gradient: Floats, location: Floats, scale: Floats, H: Floats) -> Floats:
    """Scores of everything but the effects' own prior, from the sampler's gradients.

    In the informed chart log|J| does not depend on the coordinates of the effects, so the score of u_k is the
    gradient divided by the slope du_k/dx_k; the prior's part is that of its normal reference.

    Parameters
    ----------
    u
        Effects on the unconstrained line; dims (draw, group).
    gradient
        Gradient of the log density in the coordinates of the effects; dims (draw, group).
    location, scale
        Reference of the effects; dims (draw, group), or broadcasting to them.
    H
        The evidence that the chart had; dim (group,).

    Returns
    -------
    ndarray
        Dims (draw, group).
    """
    slope = scale / np.sqrt(1.0 + np.square(scale) * H)
    return gradient / slope + (u - location) / np.square(scale)


def regress(u: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """Least squares of ``score_k = h_k - H_k u_k`` over draws, group by group.

    Parameters
    ----------
    u, scores
        Dims (draw, group); rows with a value that is not finite are left out.

    Returns
    -------
    h, H : ndarray
        Dim (group,). H is not negative: where the fit says otherwise the group's data say nothing that a normal
        could hold, H is 0 and so is h, and the effect is noncentered.
    """
    finite = np.isfinite(u).all(axis=1) & np.isfinite(scores).all(axis=1)
    u, scores = u[finite], scores[finite]
    groups = u.shape[1]
    if len(u) < 3:
        return np.zeros(groups), np.zeros(groups)
    u_mean, score_mean = u.mean(axis=0), scores.mean(axis=0)
    spread = np.square(u - u_mean).sum(axis=0)
    slope = ((u - u_mean) * (scores - score_mean)).sum(axis=0) / np.where(spread > 0, spread, np.inf)
    H = np.maximum(-slope, 0.0)
    h = np.where(H > 0, score_mean + H * u_mean, 0.0)
    return h, H
