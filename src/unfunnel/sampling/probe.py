"""Whether longer steps would stay stable, also where the posterior is steepest: tried, before a run relies on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unfunnel.sampling.target import TARGET_ACCEPT, relative_step_size

Floats = NDArray[np.float64]

Density = Callable[[Floats], tuple[float, Floats]]
"""From a point of the chart to the log density there, minus infinity where it is not finite, and its gradient."""

Start = tuple[Floats, float, Floats]
"""A point, and what the density says there."""

POINTS = 32
"""Draws of the pilot that trajectories start from: to map one into the chart takes longer than a trajectory."""

MOMENTA = 4
"""That trajectories have from each."""

MOMENTUM = 3.0
"""How many times a momentum of NUTS one of the trial is. Thousands of trajectories of a fit meet in one coordinate or
another what is four standard deviations out; with thrice the momentum in every coordinate, 128 trajectories do."""

MOST_ERROR = 1000.0
"""Of energy; a trajectory with a greater one diverges, in nutpie as in PyMC and Stan."""


@dataclass(frozen=True)
class Choice:
    """A target acceptance rate.

    Parameters
    ----------
    target_accept
        The rate.
    gradients
        Spent on choosing it.
    """

    target_accept: float
    gradients: int


def chosen_target(
    candidates: Sequence[float], step_size: float, points: Floats, density: Density, generator: np.random.Generator
) -> Choice:
    """The first target acceptance rate at whose step size the posterior was not found to be unstable.

    In a normal posterior leapfrog's error is bounded, and grows by the momentum's square. Where curvature grows without
    bound, as in a wall that an exponential makes, a trajectory that meets it at too large a step is thrown out, by
    orders of magnitude in a few steps. It is met once in thousands of trajectories, so that a pilot does not see it;
    trajectories of a larger momentum do.

    Parameters
    ----------
    candidates
        Target acceptance rates, the best first.
    step_size
        Of a pilot with the target :data:`~unfunnel.sampling.target.TARGET_ACCEPT`, in units of its metric.
    points
        Draws of the posterior in the chart of the run that is to come; dims (sample, coordinate).
    density
        The log density of that chart.
    generator
        Of the momenta.

    Returns
    -------
    Choice
        With :data:`~unfunnel.sampling.target.TARGET_ACCEPT` where all were unstable.
    """
    starts = [(point, *density(point)) for point in points]
    scale = _scale(points, np.stack([gradient for _, _, gradient in starts]))
    momenta = MOMENTUM * generator.standard_normal((MOMENTA, *points.shape))
    launched = list(zip(MOMENTA * starts, np.concatenate(momenta), strict=True))
    gradients = len(points)
    for target in candidates if np.isfinite(scale).all() else ():
        stable, spent = _tried(launched, step_size * float(relative_step_size(np.array(target))), scale, density)
        gradients += spent
        if stable:
            return Choice(target, gradients)
    return Choice(TARGET_ACCEPT, gradients)


def _tried(
    launched: Sequence[tuple[Start, Floats]], step_size: float, scale: Floats, density: Density
) -> tuple[bool, int]:
    """Whether no trajectory diverges, and gradients spent until that was known."""
    # As many steps as lead from the middle of a standard normal to where a trajectory turns, and one more.
    most = int(np.ceil(np.pi / 2 / step_size)) + 1
    spent = 0
    for start, momentum in launched:
        taken, stays = _trajectory(
            start, momentum, step_size * scale, most, _most_error(step_size, scale.size), density
        )
        spent += taken
        if not stays:
            return False, spent
    return True, spent


def _scale(points: Floats, gradients: Floats) -> Floats:
    """Standard deviations of a normal posterior with these draws and gradients, as nutpie's metric has them."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.sqrt(points.std(axis=0) / gradients.std(axis=0)))


def _most_error(step_size: float, coordinates: int) -> float:
    """Of energy, and twice what a standard normal has of itself at this momentum, which in many coordinates is more."""
    return MOST_ERROR + step_size**2 * (MOMENTUM**2 - 1.0) / 4.0 * coordinates


def _trajectory(
    start: Start,
    momentum: Floats,
    step: Floats,
    most: int,
    most_error: float,
    density: Density,
) -> tuple[int, bool]:
    """How many steps a trajectory took, and whether it got there without a divergence."""
    point, log_density, gradient = start
    energy = 0.5 * momentum @ momentum - log_density
    # What diverges overflows; where a gradient is not finite the energy is no number, which is not below the limit.
    with np.errstate(over="ignore", invalid="ignore"):
        for taken in range(1, most + 1):
            momentum = momentum + 0.5 * step * gradient
            point = point + step * momentum
            log_density, gradient = density(point)
            momentum = momentum + 0.5 * step * gradient
            if not 0.5 * momentum @ momentum - log_density - energy <= most_error:
                return taken, False
    return most, True
