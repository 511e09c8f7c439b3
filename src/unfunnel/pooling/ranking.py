"""Ranks of groups: 1 is the largest effect, and a rank is as uncertain as the effects are.

With few groups ranks are counted in draws of all effects. With many the share of groups above a value hardly varies
from draw to draw, so that the rank of a group is that share at its own effect; the error of that is below the square
root of the number of groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from unfunnel.pooling.groups import Posterior, Summaries

Floats = NDArray[np.float64]

_DRAWS = 1000
_OTHERS = 20_000
_GRID = 1000
_BLOCK = 2**21


@dataclass(frozen=True, eq=False)
class Ranks:
    """Mean rank and equal-tailed interval, dims (group,)."""

    rank: Floats
    lower: Floats
    upper: Floats


def ranks_of(posterior: Posterior, summaries: Summaries, prob: float, rng: np.random.Generator) -> Ranks:
    """Ranks of all groups."""
    if posterior.groups <= posterior.rank_limit:
        return drawn_ranks(posterior, prob, rng)
    return expected_ranks(summaries, prob)


def drawn_ranks(posterior: Posterior, prob: float, rng: np.random.Generator, draws: int = _DRAWS) -> Ranks:
    """Ranks in draws of all effects."""
    effects = posterior.draw_effects(posterior.draw(draws, rng), np.arange(posterior.groups), rng)
    ranks = np.empty(effects.shape, dtype=np.int32)
    np.put_along_axis(ranks, np.argsort(-effects, axis=0), np.arange(1, posterior.groups + 1)[:, None], axis=0)
    tails = [0.5 - 0.5 * prob, 0.5 + 0.5 * prob]
    lower, upper = np.quantile(ranks, tails, axis=1, method="nearest")
    return Ranks(ranks.mean(axis=1), lower.astype(np.float64), upper.astype(np.float64))


def expected_ranks(summaries: Summaries, prob: float) -> Ranks:
    """Ranks from the share of groups above each effect."""
    mean, sd = summaries.effect, summaries.effect_sd
    order = np.argsort(mean)
    chosen = order[np.unique(np.linspace(0, mean.size - 1, _OTHERS).astype(np.int64))]
    grid = np.linspace((mean - 6 * sd).min(), (mean + 6 * sd).max(), _GRID)
    # Where most groups are the share changes fast.
    grid = np.unique(np.concatenate([grid, np.quantile(mean, np.linspace(0, 1, _GRID))]))
    rows = max(1, _BLOCK // chosen.size)
    above = np.concatenate(
        [ndtr((mean[chosen] - grid[i : i + rows, None]) / sd[chosen]).mean(axis=1) for i in range(0, grid.size, rows)]
    )

    def rank(effect: Floats) -> Floats:
        # Its own share is a half on average, which makes the ranks of all groups add up to what they must.
        return np.asarray(0.5 + mean.size * np.interp(effect, grid, above))

    nodes, weights = hermegauss(9)
    average = np.zeros_like(mean)
    for node, weight in zip(nodes, weights / weights.sum(), strict=True):
        average += weight * rank(mean + node * sd)
    z = ndtri(0.5 + 0.5 * prob)
    lower, upper = (np.clip(np.rint(rank(mean + sign * z * sd)), 1, mean.size) for sign in (1.0, -1.0))
    return Ranks(np.clip(average, 1.0, mean.size), lower, upper)
