"""The target acceptance rate with which trajectories cost least, from the step size of a pilot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

AUTO = "auto"
"""What to ask for to have it chosen."""

TARGET_ACCEPT = 0.8
"""What samplers take for a posterior that they know nothing of; pilots too."""

TARGETS = np.array([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, TARGET_ACCEPT])
"""What can be chosen. Above 0.8 nothing is gained, and below 0.5 chains stay where they are too often."""

_STEP_SIZES = np.array([0.592, 0.655, 0.710, 0.768, 0.831, 0.915, 0.998, 1.110, 1.184])
_LONGER = np.array([1.0, 1.0, 1.0, 0.96, 0.75, 0.31, 0.03, 0.0, 0.0])
_BULK = np.array([1.89, 2.22, 2.22, 1.92, 1.35, 1.21, 1.23, 1.66, 1.89])
"""Independent standard normals at step sizes of one tooth, as `benchmarks/step_sizes.py` prints them (seeds 1 and 2;
the first is the last at half the step size): the share of
trajectories that double once more, to 7 steps instead of 3, and effective draws a draw (bulk). At half the step size
all is the same, with 15 steps instead of 7."""

_UNSURE = np.exp(0.08 * np.array([-1.5, -0.75, 0.0, 0.75, 1.5]))
_WEIGHTS = np.array([0.1, 0.23, 0.34, 0.23, 0.1])
"""How far off the final run's step size may be, and how likely. A pilot's is known to a tenth or so. Its metric has
learned from few draws, which makes it smaller, by about as much as a posterior that is not quite normal makes
trajectories longer."""

_CLEARLY = 1.25
"""How many times the effective draws a gradient are worth larger steps, which now and then meet what smaller ones do
not: trajectories that become half as long give this much, and hardly anything else does."""


def cheaper_targets(step_size: float) -> tuple[float, ...]:
    """Target acceptance rates with which effective draws cost clearly fewer gradients than with the usual one.

    In coordinates that evidence fits, the posterior is near a standard normal, and a trajectory turns back after a time
    that is known. NUTS doubles: it takes 3, 7, 15 ... steps, the first number that is enough, so that a step size a
    little too small costs twice as much as one that just suffices. Which acceptance rate that one has depends on the
    number of coordinates and on how normal the posterior is; the pilot's step size knows of both.

    Parameters
    ----------
    step_size
        Of a pilot with the target :data:`TARGET_ACCEPT`, in units of its metric.

    Returns
    -------
    tuple of float
        Of :data:`TARGETS`, the cheapest first; empty where :data:`TARGET_ACCEPT` is as cheap.

    Examples
    --------
    At 0.38 trajectories of 15 steps become ones of 7; those at 0.55 are long enough already.

    >>> from unfunnel.sampling.target import cheaper_targets
    >>> cheaper_targets(0.38), cheaper_targets(0.55)
    ((0.55, 0.6, 0.5, 0.65, 0.7), ())
    """
    sizes = step_size * relative_step_size(TARGETS)
    steps, bulk = trajectories(np.multiply.outer(_UNSURE, sizes))
    # Tail ESS is the smaller one in most fits, and knows nothing of the negative correlation of long steps: it counts
    # twice. How it falls with the rate is a parabola through what the same program prints.
    tail = 1.0 - 3.7 * (TARGET_ACCEPT - TARGETS) ** 2
    efficiency = _WEIGHTS @ ((tail**2 * bulk) ** (1 / 3) / steps)
    usual = efficiency[TARGETS == TARGET_ACCEPT]
    return tuple(float(TARGETS[i]) for i in np.argsort(-efficiency) if efficiency[i] > _CLEARLY * usual)


def relative_step_size(target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Step sizes by target acceptance rate, beside that of 0.8.

    A leapfrog trajectory errs by its step size's fourth power in the mean, and is accepted with twice the normal tail
    beyond half its error's standard deviation; the power measured is a little lower than that makes it.
    """
    from scipy.stats import norm

    tail = norm.isf(target / 2) / norm.isf(TARGET_ACCEPT / 2)
    return np.asarray(tail**0.45, dtype=np.float64)


def trajectories(step_size: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Leapfrog steps a draw, and effective draws a draw, of a standard normal at some step sizes."""
    # Beyond a step size of 2 leapfrog goes nowhere: there is no next tooth.
    depth = np.maximum(np.ceil(np.log2(_STEP_SIZES[0] / step_size)), 0.0)
    within = step_size * 2.0**depth
    shorter = 2.0 ** (depth + 2) - 1
    longer, bulk = (np.interp(np.log(within), np.log(_STEP_SIZES), table) for table in (_LONGER, _BULK))
    return shorter + longer * (shorter + 1), bulk
