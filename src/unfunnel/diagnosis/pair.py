"""An effect with its scale and location, as draws: what every diagnostic looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = tuple[tuple[str, Any], ...]

CENTERED, NONCENTERED, PARTIAL, INFORMED, ELIMINATED = "centered", "noncentered", "partial", "informed", "eliminated"


@dataclass(frozen=True)
class Part:
    """The location or the scale of a pair as a variable of its own.

    Parameters
    ----------
    name
        In the posterior.
    coordinates
        In which it was sampled.
    draws
        Dims (chain, draw): None where it is no single number.
    """

    name: str
    coordinates: str = ""
    draws: Floats | None = field(default=None, compare=False)


@dataclass(frozen=True, eq=False)
class Coordinates:
    """In which coordinates the elements of an effect were sampled.

    Parameters
    ----------
    names
        Dim (element,): "centered", "noncentered", "partial", "informed" or "eliminated".
    centeredness
        Dim (element,): from 0 (noncentered) to 1 (centered); NaN where there is none.
    """

    names: tuple[str, ...]
    centeredness: Floats

    @classmethod
    def all(cls, name: str, size: int) -> Coordinates:
        """The same for all elements."""
        known = {CENTERED: 1.0, NONCENTERED: 0.0}
        return cls((name,) * size, np.full(size, known.get(name, np.nan)))

    @classmethod
    def partial(cls, centeredness: Floats) -> Coordinates:
        """Of a centeredness for every element."""
        flat = np.ravel(np.asarray(centeredness, dtype=np.float64))
        names = {0.0: NONCENTERED, 1.0: CENTERED}
        return cls(tuple(names.get(float(value), PARTIAL) for value in flat), flat)


@dataclass(frozen=True, eq=False)
class Pair:
    """Draws of an effect, its location and its scale, on the unconstrained line.

    Parameters
    ----------
    effect
        Name of the free variable, or of what was named instead of one.
    labels
        Of every element: pairs of a dim and its label.
    eta
        The effect; dims (chain, draw, element).
    location, scale
        Of its prior; dims (chain, draw, element or 1).
    coordinates
        In which it was sampled.
    locations, scales
        The variables that these are made of.
    weight
        The weight of every element's data, where evidence is known; dim (element,).
    """

    effect: str
    labels: tuple[Labels, ...]
    eta: Floats
    location: Floats
    scale: Floats
    coordinates: Coordinates
    locations: tuple[Part, ...] = ()
    scales: tuple[Part, ...] = ()
    weight: Floats | None = None

    @cached_property
    def standardised(self) -> Floats:
        """``(eta - location) / scale``; dims (chain, draw, element)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((self.eta - self.location) / self.scale)

    @cached_property
    def log_scale(self) -> Floats:
        """Dims (chain, draw, element or 1)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.log(self.scale))

    @property
    def sampled(self) -> Floats:
        """The coordinate that mixing is judged by: the standardised effect where it was sampled noncentered."""
        noncentered = np.array([name == NONCENTERED for name in self.coordinates.names])
        if not noncentered.any():
            return self.eta
        return np.where(noncentered, self.standardised, self.eta)

    @property
    def location_name(self) -> str:
        """Names of what its location is made of, and its scale is not, joined."""
        scales = {part.name for part in self.scales}
        return ", ".join(part.name for part in self.locations if part.name not in scales)

    @property
    def scale_name(self) -> str:
        """Names of what its scale is made of, joined."""
        return ", ".join(part.name for part in self.scales)


def flat(draws: Floats) -> Floats:
    """Chains behind each other; dims (sample, element)."""
    return draws.reshape(-1, draws.shape[-1])
