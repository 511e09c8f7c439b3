"""From the data to what the quadrature works on: groups collapsed, effects and mu integrated out."""

from __future__ import annotations

import numpy as np

from unfunnel.exact.arrays import FloatArray, IntArray
from unfunnel.exact.effects import Effects
from unfunnel.exact.marginal import Marginal, Within
from unfunnel.exact.prior import ScalePrior
from unfunnel.exact.statistics import GroupStatistics
from unfunnel.exact.strata import Strata, SumsTable

#: Distance, on the log scale, by which the scales of the data and of the prior of mu are surrounded.
_AROUND = 3.0


def reduce(
    statistics: GroupStatistics,
    known: FloatArray | None,
    mu: tuple[float, float],
    tau: ScalePrior,
    sigma: ScalePrior | None,
) -> tuple[Marginal, Effects]:
    """Return the marginal of the scales, and the effects given them; `known` is sigma by group, if it is known."""
    strata, log_sigma, filled = _collapse(statistics, known)
    sums = SumsTable(strata) if filled.size else None
    within = _within(statistics) if known is None else Within(0.0, 0.0)
    location, scale = mu
    marginal = Marginal(strata, sums, within, location - strata.centre, scale, tau, sigma, log_sigma)
    empty = np.flatnonzero(statistics.count == 0)
    return marginal, Effects(strata, filled, empty, statistics.mean[filled] - strata.centre)


def _collapse(statistics: GroupStatistics, known: FloatArray | None) -> tuple[Strata, float | None, IntArray]:
    """Collapse the groups; with a known sigma, offsets are in units of the largest variance of a group's mean."""
    filled = np.flatnonzero(statistics.count > 0)
    variance = (1.0 if known is None else known[filled] ** 2) / statistics.count[filled]
    unit = 1.0 if known is None else float(variance.max(initial=0.0)) or 1.0
    strata = Strata.collapse(variance / unit, statistics.mean[filled])
    return strata, None if known is None else 0.5 * float(np.log(unit)), filled


def _within(statistics: GroupStatistics) -> Within:
    freedom = np.maximum(statistics.count - 1, 0).sum()
    return Within(float(freedom), float(statistics.sum_of_squares.sum()))


def data_scales(marginal: Marginal) -> tuple[float, float]:
    """Bounds of the log scales on which data and prior of mu say anything."""
    strata, within = marginal.strata, marginal.within
    candidates = [marginal.scale, abs(marginal.location)]
    if marginal.log_sigma is not None:
        candidates.append(float(np.exp(marginal.log_sigma)))
    elif within.freedom > 0:
        candidates.append(float(np.sqrt(within.sum_of_squares / within.freedom)))
    if strata.groups:
        candidates.append(float(np.sqrt((strata.scatter + strata.size * strata.mean**2).sum() / strata.groups)))
    logs = np.log([candidate for candidate in candidates if candidate > 0])
    reach = _AROUND - (0.5 * float(np.log(strata.offset[0])) if strata.groups else 0.0)
    return float(logs.min()) - reach, float(logs.max()) + reach
