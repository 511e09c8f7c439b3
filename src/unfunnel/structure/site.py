"""What unfunnel knows of one free variable of a model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from unfunnel.errors import Reason
from unfunnel.families import Family


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
    """One free variable.

    Parameters
    ----------
    name, dims, shape
        As in the model; `shape` is the shape its initial value has.
    family
        Its distribution family, or None where unfunnel does not know it.
    role
        What it is for.
    location, scale
        Graph expressions of its reference on the unconstrained line; None without a reference.
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
    family: Family | None
    role: Role
    location: Any = None
    scale: Any = None
    mean: str | None = None
    scales: frozenset[str] = frozenset()
    reason: Reason | None = None


@dataclass(frozen=True)
class Structure:
    """All free variables of a model, in the model's order."""

    sites: tuple[Site, ...]

    def __getitem__(self, name: str) -> Site:
        return next(site for site in self.sites if site.name == name)

    def of_role(self, role: Role) -> tuple[Site, ...]:
        """The sites of one role."""
        return tuple(site for site in self.sites if site.role is role)
