"""From a sampler's gradients in the informed chart of a sequence to scores of the likelihood, for all draws at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SequenceDraws:
    """Draws of a block that is a sequence, as its chart has them; see `charts/kernels_sequences.py` for the notation.

    Parameters
    ----------
    v
        Standardised innovations; dims (draw, series, step).
    scale
        Spread of the first step, of all others, and persistence; dims (draw, series, 3), of which series may be 1.
    z, spread
        Standardised innovations of the shared parameters and their prior standard deviations; dims (draw, shared).
    factor
        R, of the shared parameters' precision in z; dims (draw, shared, shared).
    f
        The noise factor; dim (draw,).
    """

    v: Floats
    scale: Floats
    z: Floats
    spread: Floats
    factor: Floats
    f: Floats

    @property
    def deviations(self) -> Floats:
        """Steps beside their locations; dims (draw, series, step)."""
        return self._solved(self.spreads * self.v, np.ones_like(self.v))

    @property
    def spreads(self) -> Floats:
        """Of every step; dims (draw, series, step)."""
        spreads = np.array(np.broadcast_to(self.scale[:, :, 1:2], self.v.shape))
        spreads[:, :, :1] = self.scale[:, :, :1]
        return spreads

    def _solved(self, added: Floats, q: Floats) -> Floats:
        """``w_t = ρ w_(t-1) / q_t + added_t``."""
        w, rho = added.copy(), self.scale[:, :, 2]
        for t in range(1, w.shape[2]):
            w[:, :, t] += rho / q[:, :, t] * w[:, :, t - 1]
        return w

    def precision(self, H: Floats) -> Floats:
        """Λ, from the information on every step; dims (series, step) and (draw, series, step)."""
        known = self.f[:, None, None] * H[None]
        spread, rho = self.scale[:, :, 1], self.scale[:, :, 2]
        for t in range(known.shape[2] - 2, -1, -1):
            after = known[:, :, t + 1]
            known[:, :, t] += np.square(rho) * after / (1.0 + np.square(spread) * after)
        return known


def sequence_scores(
    draws: SequenceDraws, gradient: Floats, shared_gradient: Floats, H: Floats, E: Floats
) -> tuple[Floats, Floats]:
    """Scores of everything but the block's own priors; see :func:`unfunnel.evidence.likelihood_scores`.

    Parameters
    ----------
    draws
        Where.
    gradient, shared_gradient
        Of the log density in the chart; dims (draw, series, step) and (draw, shared).
    H, E
        The evidence that the chart had; dims (series, step) and (series, step, shared).

    Returns
    -------
    scores, shared_scores : ndarray
        In the deviations of every step, dims (draw, series, step), and in the innovations of the shared parameters
        while these stay, dims (draw, shared).
    """
    s, rho = draws.spreads, draws.scale[:, :, 2:]
    q = 1.0 + np.square(s) * draws.precision(H)
    root = np.sqrt(q)
    scores = (root * gradient + draws.v) / s
    scores[:, :, :-1] -= (rho * (gradient / root + draws.v) / s)[:, :, 1:]
    moved = draws._solved(s * gradient / root, q)
    pulled = draws.f[:, None] * np.einsum("ktd,nkt->nd", E, moved)
    along = np.einsum("nij,nj->ni", draws.factor, shared_gradient) + draws.spread * pulled
    return scores, (along + draws.z) / draws.spread


def sequence_weight(scale: Floats, H: Floats) -> Floats:
    """The share of each step's prior variance that the data take away, averaged over draws; dims (series, step).

    Parameters
    ----------
    scale
        As in :class:`SequenceDraws`.
    H
        Information on every step; dims (series, step).
    """
    shape = (len(scale), *H.shape)
    draws = SequenceDraws(np.zeros(shape), scale, *3 * (np.zeros(0),), f=np.ones(len(scale)))
    variances, rho = np.square(draws.spreads), scale[:, :, 2]
    q = 1.0 + variances * draws.precision(H)
    prior, left = variances.copy(), variances / q
    for t in range(1, H.shape[1]):
        prior[:, :, t] += np.square(rho) * prior[:, :, t - 1]
        left[:, :, t] += np.square(rho / q[:, :, t]) * left[:, :, t - 1]
    weight: Floats = (1.0 - left / prior).mean(axis=0)
    return weight
