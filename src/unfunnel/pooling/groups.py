"""Every group in numbers: estimate, interval, pooling; block by block, so that memory does not grow with groups."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from unfunnel.exact import Population
from unfunnel.pooling.counts import CountPosterior
from unfunnel.pooling.mixture import moments, quantile
from unfunnel.pooling.normal import NormalPosterior

Floats = NDArray[np.float64]
Posterior = NormalPosterior | CountPosterior

_ORDERS = (3, 5, 9, 15, 25, 41)
_MOMENTS, _QUANTILES = 1e-3, 1e-2
"""Of a standard deviation: change from one order to the next below which the first is kept."""
_SAMPLE = 48


@dataclass(frozen=True, eq=False)
class Summaries:
    """Posterior of the effects, dims (group,); on the scale of the data but for `effect` and `effect_sd`."""

    estimate: Floats
    sd: Floats
    lower: Floats
    upper: Floats
    pooling: Floats
    effect: Floats
    effect_sd: Floats


def summarize(posterior: Posterior, prob: float) -> Summaries:
    """Summaries of all groups; `prob` is the share of the posterior between `lower` and `upper`, equal tails."""
    size = posterior.cells
    points, weights = _rule(posterior, prob)
    block = max(1, posterior.block // weights.size)
    starts = range(0, size, block)
    parts = [_of_cells(posterior, points, weights, slice(at, min(at + block, size)), prob) for at in starts]
    whole = {field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Summaries)}
    return Summaries(**{name: posterior.by_group(values) for name, values in whole.items()})


def _rule(posterior: Posterior, prob: float) -> tuple[Population, Floats]:
    """The smallest rule that gives some groups what the next larger one gives them."""
    some = np.unique(np.linspace(0, posterior.cells - 1, _SAMPLE).astype(np.int64))
    before, rule = None, posterior.rule(_ORDERS[0])
    for order in (*_ORDERS[1:], None):
        now = _of_cells(posterior, *rule, some, prob)
        if before is not None and _same(before[1], now):
            return before[0]
        before = (rule, now)
        if order is not None:
            rule = posterior.rule(order)
    return rule


def _same(one: Summaries, other: Summaries) -> bool:
    moved = np.abs(one.effect - other.effect) + np.abs(one.effect_sd - other.effect_sd)
    ends = np.maximum(np.abs(one.lower - other.lower), np.abs(one.upper - other.upper))
    return bool((moved <= _MOMENTS * other.effect_sd).all() and (ends <= _QUANTILES * other.sd).all())


def _of_cells(
    posterior: Posterior, points: Population, weights: Floats, rows: slice | NDArray[np.intp], prob: float
) -> Summaries:
    given = posterior.given(points, rows)
    effect, effect_sd = moments(given, weights)
    value, spread = given.value_moments()
    estimate = (value * weights).sum(axis=1)
    sd = np.sqrt(((spread + (value - estimate[:, None]) ** 2) * weights).sum(axis=1))
    tails = (0.5 - 0.5 * prob, 0.5 + 0.5 * prob)
    lower, upper = (posterior.value(quantile(given, weights, share)) for share in tails)
    return Summaries(estimate, sd, lower, upper, (given.pooling * weights).sum(axis=1), effect, effect_sd)
