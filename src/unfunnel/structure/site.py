"""What unfunnel knows of one free variable of a model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from unfunnel.errors import Reason


class Role(StrEnum):
    """What a free variable is for."""

    EFFECT = "effect"
    """Group-level: its location or its scale is itself unknown."""
    SHARED = "shared"
    """A population mean that the data see only through one variable's effects."""
    SCALE = "scale"
    """The spread of an effect."""
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
    mean
        Name of the population mean that is its location, if that mean can be eliminated with it.
    scales
        Names of the free variables that its scale depends on directly.
    reason
        Why it can only be left in its author's coordinates; None where a chart fits.
    """

    name: str
    dims: tuple[str | None, ...]
    shape: tuple[int, ...]
    family: str | None
    role: Role
    chartable: bool = False
    mean: str | None = None
    scales: tuple[str, ...] = ()
    reason: Reason | None = None
