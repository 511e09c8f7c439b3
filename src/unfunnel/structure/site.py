"""What unfunnel knows of one free variable of a model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from unfunnel.errors import Reason

MOST_COMPONENTS = 8
"""Effects of a group in one variable that are eliminated together unasked.

A gradient grows with their third power: beyond some ten it costs more than the longer trajectories of a plain run do.
"""


class Role(StrEnum):
    """What a free variable is for."""

    EFFECT = "effect"
    """Group-level: its location or its scale is itself unknown."""
    SHARED = "shared"
    """A population mean or a fixed effect: it shares evidence with effects."""
    SCALE = "scale"
    """The spread of an effect."""
    NOISE = "noise"
    """The spread of observations."""
    OTHER = "other"
    """Anything else; it keeps its author's coordinates."""


@dataclass(frozen=True)
class Site:
    """One free variable; plain values only, so that it can be printed, compared and stored.

    Parameters
    ----------
    name, dims, shape
        As in the model; a dim without a name is None.
    family
        Name of its distribution family, or None where unfunnel does not know it.
    role
        What it is for.
    chartable
        Whether it has a location and a scale on the unconstrained line, and no transform of its author's own.
    real
        Whether that line is its support itself.
    by_hand
        Whether its author wrote the effect non-centered, so that it is the standardised effect.
    parents
        Names of the free variables that its prior depends on directly.
    locations
        Names of the free variables that the location of its effect depends on directly.
    affine_in
        Those among them in which that location is affine, with coefficients that are numbers.
    nested_in
        Those among them of which each element of the effect takes one element at the most: it is nested in them.
    scales
        Names of the free variables that the scale of its effect depends on directly.
    terms
        Names of the observed variables and potentials that it touches, other than through free variables or effects.
    noise
        Name of the observed variable whose free noise scale divides all that those terms say about it, if there is one.
    grouping
        By which index the likelihood picks its elements; equal for effects of the same groups.
    zero_sum_axes
        How many of its last axes sum to zero.
    components
        How many effects each group has in this one variable, along its last axis; 1 where every element is a group.
    components_first
        Whether that is its first axis instead, as in z of an effect that its author wrote ``chol @ z``.
    correlated
        Whether the prior correlates a group's effects, so that their scale is a matrix.
    sequential
        Whether its last axis is that of steps, each of which follows from the one before.
    reason
        Why it can only be left in its author's coordinates; None where a chart fits.
    """

    name: str
    dims: tuple[str | None, ...]
    shape: tuple[int, ...]
    family: str | None
    role: Role
    chartable: bool = False
    real: bool = False
    by_hand: bool = False
    parents: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    affine_in: tuple[str, ...] = ()
    nested_in: tuple[str, ...] = ()
    scales: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    noise: str | None = None
    grouping: str = ""
    zero_sum_axes: int = 0
    components: int = 1
    components_first: bool = False
    correlated: bool = False
    sequential: bool = False
    reason: Reason | None = None

    @property
    def line_shape(self) -> tuple[int, ...]:
        """Shape on the unconstrained line: axes that sum to zero are one shorter there."""
        kept = len(self.shape) - self.zero_sum_axes
        return (*self.shape[:kept], *(length - 1 for length in self.shape[kept:]))

    @property
    def centeredness_shape(self) -> tuple[int, ...]:
        """Shape of what a centeredness is chosen for: elements on the line, or groups where effects are correlated."""
        if not self.correlated:
            return self.line_shape
        return self.shape[1:] if self.components_first else self.shape[:-1]

    @property
    def vectors(self) -> bool:
        """Whether it holds all effects of every group, which are eliminated together."""
        return self.correlated or self.components > 1

    @property
    def joint(self) -> bool:
        """Whether its elements are eliminated together, so that it has no siblings: vectors, or the steps of series."""
        return self.vectors or self.sequential

    @property
    def groups(self) -> int:
        """Number of groups."""
        return self.size // self.components

    @property
    def shape_by_group(self) -> tuple[int, ...]:
        """Shape on the unconstrained line with a group's effects along the last axis."""
        return self.line_shape[::-1] if self.components_first else self.line_shape

    @property
    def size(self) -> int:
        """Number of elements on the unconstrained line."""
        return int(np.prod(self.line_shape))
