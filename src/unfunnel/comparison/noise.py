"""Which difference between two parameterizations is more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from unfunnel.comparison.measure import Measured
from unfunnel.sampling.convergence import error_of

_CONFIDENT = 0.95
_FALSE_ALARMS = 1e-3


@dataclass(frozen=True)
class Difference:
    """How many times as efficient one parameterization is as another.

    Parameters
    ----------
    ratio
        Of the geometric means over seeds of effective draws per 1000 gradients.
    low, high
        Ends of its 95 % interval.
    """

    ratio: float
    low: float
    high: float

    @property
    def noise(self) -> bool:
        """Whether it may as well be the other way round."""
        return not (self.low > 1.0 or self.high < 1.0)


def difference(one: Sequence[Measured], other: Sequence[Measured]) -> Difference:
    """Of two parameterizations, over their seeds.

    With two seeds or more the error is that of the spread over seeds, taken the same for both, and not smaller than
    that of an effective sample size itself (:func:`unfunnel.sampling.convergence.error_of`); with one seed it is the
    latter.
    """
    logs = [np.log(_efficiency(fits)) for fits in (one, other)]
    apart = float(logs[0].mean() - logs[1].mean())
    freedom = sum(len(log) - 1 for log in logs)
    own = float(np.mean([_error(fit) ** 2 for fit in (*one, *other)]))
    spread = sum(float(((log - log.mean()) ** 2).sum()) for log in logs) / freedom if freedom else 0.0
    error = np.sqrt(max(spread, own) * sum(1 / len(log) for log in logs))
    reach = float(stats.t.isf((1 - _CONFIDENT) / 2, freedom) if freedom else stats.norm.isf((1 - _CONFIDENT) / 2))
    return Difference(*(float(np.exp(apart + sign * reach * error)) for sign in (0, -1, 1)))


@dataclass(frozen=True)
class Disagreement:
    """The largest distance between the means of two parameterizations.

    Parameters
    ----------
    distance
        In Monte Carlo standard errors; NaN where one of them has none.
    where
        The element.
    allowed
        What the largest distance of so many elements passes once in a thousand sound comparisons.
    """

    distance: float
    where: str
    allowed: float

    @property
    def noise(self) -> bool:
        """Whether sound fits may lie as far apart."""
        return self.distance <= self.allowed


def disagreement(one: Sequence[Measured], other: Sequence[Measured]) -> Disagreement:
    """Of two parameterizations, each pooled over its seeds."""
    first, second = _pooled(one), _pooled(other)
    distances = {
        name: abs(first[name][0] - second[name][0]) / np.hypot(first[name][1], second[name][1]) for name in first
    }
    where = max(distances, key=lambda name: np.inf if np.isnan(distances[name]) else distances[name])
    return Disagreement(
        float(distances[where]), where, float(stats.norm.isf(_FALSE_ALARMS / (2 * max(1, len(distances)))))
    )


def _pooled(fits: Sequence[Measured]) -> Mapping[str, tuple[float, float]]:
    """Mean over seeds and its standard error, by element."""
    return {
        name: (
            float(np.mean([fit.means[name] for fit in fits])),
            float(np.sqrt(np.sum([fit.errors[name] ** 2 for fit in fits])) / len(fits)),
        )
        for name in fits[0].means
    }


def _efficiency(fits: Sequence[Measured]) -> np.ndarray:
    return np.array([max(np.nan_to_num(fit.per_1000_gradients), 1e-6) for fit in fits])


def _error(fit: Measured) -> float:
    """Relative error of the effective sample size of a fit; one that is not known counts as a single draw."""
    return error_of(max(float(np.nan_to_num(fit.ess)), 1.0), fit.gradients / fit.steps)
