"""How much the data say of every effect, from draws alone.

Given its location and scale, an effect has the density ``Normal(eta; location, scale²) exp(h eta - H eta² / 2)`` if its
likelihood is Gaussian, and nearly so if it is nearly that. This is an exponential family in (h, H): its
log-likelihood over the draws is concave, and a few steps of Fisher scoring find its top. Where draws come from does not
matter: a chain that misses part of the posterior of the scale still has the effects right, given the scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BUDGET = 2**22
"""Numbers in an array of draws by elements: draws are thinned to that."""

_FEWEST, _MOST = 200, 4000
_STEPS = 40
_LONGEST = 2.0
"""Greatest step of the logarithm of the information."""


@dataclass(frozen=True, eq=False)
class Known:
    """What the data alone say of every element: ``exp(h eta - H eta² / 2)``; dims (element,)."""

    h: Floats
    H: Floats


def known_of(eta: Floats, location: Floats, scale: Floats) -> Known:
    """What the data alone say of every element.

    Parameters
    ----------
    eta
        Draws on the unconstrained line; dims (sample, element).
    location, scale
        Of the prior, for each draw; dims (sample, element or 1).

    Returns
    -------
    Known
        NaN where fewer than four draws are finite, or none differ.
    """
    rows = np.isfinite(location).all(axis=1) & np.isfinite(scale).all(axis=1) & (scale > 0).all(axis=1)
    rows &= np.isfinite(eta).all(axis=1)
    kept = int(np.clip(_BUDGET // max(1, eta.shape[1]), _FEWEST, _MOST))
    step = max(1, int(rows.sum()) // kept)
    x, m, s = (values[rows][::step] for values in (eta, location, scale))
    if len(x) < 4:
        return Known(np.full(eta.shape[1], np.nan), np.full(eta.shape[1], np.nan))
    mean, spread = x.mean(axis=0), x.std(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        # In the effect's own unit, around its own mean: nothing overflows.
        h, H = _scored((x - mean) / spread, (m - mean) / spread, spread / s)
        h, H = h / spread + H * mean / np.square(spread), H / np.square(spread)
    return Known(np.where(spread > 0, h, np.nan), np.where(spread > 0, H, np.nan))


def weight(information: Floats, scale: Floats) -> Floats:
    """``E[tau² H / (1 + tau² H)]`` over the draws; dim (element,)."""
    with np.errstate(over="ignore", invalid="ignore"):
        known = np.square(scale) * information
        return np.asarray(np.nanmean(1.0 - 1.0 / (1.0 + known), axis=0) * np.ones(len(information)))


def _scored(x: Floats, location: Floats, root: Floats) -> tuple[Floats, Floats]:
    """Fisher scoring in h and log H; `root` is the root of the prior's precision."""
    prior = np.square(root)
    pull = prior * location
    h, H = np.zeros(x.shape[1]), np.ones(x.shape[1])
    reached = _log_likelihood(x, prior, pull, h, H)
    for _ in range(_STEPS):
        P = prior + H
        mean, variance = (pull + h) / P, 1.0 / P
        # Slopes and information of the sufficient statistics x and -x²/2, the latter's by log H.
        a = (x - mean).mean(axis=0)
        b = -0.5 * (np.square(x) - np.square(mean) - variance).mean(axis=0) * H
        aa = variance.mean(axis=0)
        ab = -(mean * variance).mean(axis=0) * H
        bb = (np.square(mean) * variance + 0.5 * np.square(variance)).mean(axis=0) * np.square(H)
        determinant = aa * bb - np.square(ab)
        step_h = (bb * a - ab * b) / determinant
        step_H = np.clip((aa * b - ab * a) / determinant, -_LONGEST, _LONGEST)
        h, H, better = _further(x, prior, pull, (h, H, reached), (step_h, step_H))
        if np.all(~(better - reached > 1e-7)):
            break
        reached = better
    return h, H


def _further(
    x: Floats, prior: Floats, pull: Floats, here: tuple[Floats, Floats, Floats], step: tuple[Floats, Floats]
) -> tuple[Floats, Floats, Floats]:
    """As far along a step as the likelihood gains by it, element by element."""
    h, H, reached = here
    length = np.ones(len(h))
    for _ in range(12):
        there_h, there_H = h + length * step[0], np.clip(H * np.exp(length * step[1]), 1e-12, 1e12)
        there = _log_likelihood(x, prior, pull, there_h, there_H)
        worse = ~(there >= reached)
        if not worse.any():
            break
        length[worse] *= 0.5
    return np.where(worse, h, there_h), np.where(worse, H, there_H), np.where(worse, reached, there)


def _log_likelihood(x: Floats, prior: Floats, pull: Floats, h: Floats, H: Floats) -> Floats:
    P = prior + H
    found: Floats = 0.5 * (np.log(P) - P * np.square(x - (pull + h) / P)).mean(axis=0)
    return found
