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
        Standardised effects and their prior standard deviations; dims (group, effect), the scale's group may be 1. Of
        correlated effects the scale is the lower triangle of L, packed row by row.
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

    @property
    def factors(self) -> Floats:
        """L, the lower triangular factors of the effects' prior covariance; dims (1 or group, effect, effect)."""
        effects = self.v.shape[1]
        diagonal = self.scale.shape[1] == effects
        index = 2 * (np.arange(effects),) if diagonal else np.tril_indices(effects)
        L = np.zeros((len(self.scale), effects, effects))
        L[:, index[0], index[1]] = self.scale
        return L

    @property
    def deviations(self) -> Floats:
        """Effects beside their locations; dims (group, effect)."""
        if self.scale.shape[1] == self.v.shape[1]:
            return self.scale * self.v
        return (self.factors @ self.v[:, :, None])[:, :, 0]


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
    scores = _in_effects(point, in_v + point.v)
    along = point.factor @ shared_gradient + point.spread * point.f * np.einsum("ksd,ks->d", E, moved)
    return scores, (along + point.z) / point.spread


def _turned(point: Point, gradient: Floats, H: Floats) -> tuple[Floats, Floats]:
    """``R_k g_k`` and ``L_k R_k⁻ᵀ g_k``."""
    if gradient.shape[1] == 1:
        root = np.sqrt(1.0 + point.f * np.square(point.scale) * H[:, :, 0])
        return root * gradient, point.scale * gradient / root
    L = point.factors
    scaled = np.swapaxes(L, 1, 2) @ H @ L
    R = np.linalg.cholesky(np.eye(gradient.shape[1]) + point.f * scaled)
    turned = np.linalg.solve(np.swapaxes(R, 1, 2), gradient[:, :, None])[:, :, 0]
    return (R @ gradient[:, :, None])[:, :, 0], (L @ turned[:, :, None])[:, :, 0]


def _in_effects(point: Point, in_v: Floats) -> Floats:
    """``L'⁻¹`` applied to derivatives in v."""
    if point.scale.shape[1] == in_v.shape[1]:
        return in_v / point.scale
    upward = np.swapaxes(np.broadcast_to(point.factors, (*in_v.shape, in_v.shape[1])), 1, 2)
    return np.linalg.solve(upward, in_v[:, :, None])[:, :, 0]
