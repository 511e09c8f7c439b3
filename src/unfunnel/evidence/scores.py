"""From a sampler's gradients in an informed chart to scores of the likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Point:
    """One draw of a block, as its chart has it; see `charts/factors.py` for the notation.

    Parameters
    ----------
    v, scale
        Standardised effects and their prior standard deviations; dims (group, effect), the scale's group may be 1.
    z, spread
        Standardised innovations of the shared parameters and their prior standard deviations; dim (shared,).
    factor
        R, of the shared parameters' precision in z; dims (shared, shared).
    f
        The noise factor.
    """

    v: Floats
    scale: Floats
    z: Floats
    spread: Floats
    factor: Floats
    f: float


def likelihood_scores(
    point: Point, gradient: Floats, shared_gradient: Floats, H: Floats, E: Floats
) -> tuple[Floats, Floats]:
    """Scores of everything but the block's own priors.

    In the informed chart the logarithm of the Jacobian depends on the scales alone, so that ``v_k = R_k⁻ᵀ (x_k + ...)``
    gives ``∂/∂v_k = R_k ∂/∂x_k``; of that the prior's part is ``-v_k``. The shared parameters move the effects of the
    chart with them, which is taken out again.

    Parameters
    ----------
    point
        Where.
    gradient, shared_gradient
        Of the log density in the chart; dims (group, effect) and (shared,).
    H, E
        The evidence that the chart had, in deviations and innovations.

    Returns
    -------
    scores, shared_scores : ndarray
        In the effects' deviations from their location, dims (group, effect), and in the innovations while these
        deviations stay, dim (shared,).
    """
    in_v, moved = _turned(point, gradient, H)
    scores = (in_v + point.v) / point.scale
    along = point.factor @ shared_gradient + point.spread * point.f * np.einsum("ksd,ks->d", E, moved)
    return scores, (along + point.z) / point.spread


def _turned(point: Point, gradient: Floats, H: Floats) -> tuple[Floats, Floats]:
    """``R_k g_k`` and ``L_k R_k⁻ᵀ g_k``."""
    if gradient.shape[1] == 1:
        root = np.sqrt(1.0 + point.f * np.square(point.scale) * H[:, :, 0])
        return root * gradient, point.scale * gradient / root
    scaled = point.scale[:, :, None] * H * point.scale[:, None, :]
    R = np.linalg.cholesky(np.eye(gradient.shape[1]) + point.f * scaled)
    turned = np.linalg.solve(np.swapaxes(R, 1, 2), gradient[:, :, None])[:, :, 0]
    return (R @ gradient[:, :, None])[:, :, 0], point.scale * turned
