"""In which coordinates the variables of a fit were sampled: from its plan, or from how its author wrote the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from unfunnel.diagnosis.pair import CENTERED, ELIMINATED, INFORMED, NONCENTERED, Coordinates, Floats
from unfunnel.errors import InvalidArgumentError
from unfunnel.parameterization import Centered, Informed, NonCentered, Parameterization
from unfunnel.planning import Plan
from unfunnel.structure import Role, Site

Asked = Mapping[str, "Parameterization | str"]

_NAMED = {Centered.name: Centered(), NonCentered.name: NonCentered()}


@dataclass(frozen=True)
class Sampled:
    """Sites of a model, with the coordinates of a fit.

    Parameters
    ----------
    sites
        Free variables.
    plan
        That the fit was sampled with; None where unfunnel did not.
    group
        The group `parameterization` of the fit, where it has one.
    asked
        Coordinates by the name of the effect that whoever asks knows better.
    noncentered
        Effects that something else has sampled noncentered, as Bambi does.
    """

    sites: tuple[Site, ...]
    plan: Plan | None = None
    group: Any = None
    asked: Asked = field(default_factory=dict)
    noncentered: frozenset[str] = frozenset()

    @property
    def effects(self) -> tuple[Site, ...]:
        """Effects that have a location and a scale to be looked at with."""
        return tuple(site for site in self._charted if not site.sequential)

    @property
    def sequences(self) -> tuple[str, ...]:
        """Effects that have none of their own: the location of a step is the step before."""
        return tuple(site.name for site in self._charted if site.sequential)

    @property
    def _charted(self) -> list[Site]:
        return [site for site in self.sites if site.role is Role.EFFECT and site.chartable]

    def coordinates(self, site: Site) -> Coordinates:
        """Of an effect."""
        if site.name in self.asked:
            return asked_coordinates(self.asked[site.name], site.name, site.centeredness_shape, site)
        if self.plan is not None:
            choice = self.plan[site.name]
            if isinstance(choice.parameterization, Informed) or choice.lead is not None:
                return Coordinates.all(self._informed(site.name), _size(site))
            if choice.parameterization is not None:
                return asked_coordinates(choice.parameterization, site.name, site.centeredness_shape, site)
        noncentered = site.by_hand or site.name in self.noncentered
        return Coordinates.all(NONCENTERED if noncentered else CENTERED, _size(site))

    def of_part(self, name: str) -> str:
        """Of a location or a scale."""
        if self.plan is None or name not in {choice.site.name for choice in self.plan.choices}:
            return "as written"
        choice = self.plan[name]
        if choice.lead is not None:
            return NONCENTERED if self._fell_back else ELIMINATED
        if choice.whitened:
            return "logarithmic" if choice.logarithmic else "whitened"
        return INFORMED if isinstance(choice.parameterization, Informed) else "as written"

    def weight(self, site: Site) -> Floats | None:
        """Of every element's data, where the fit has it."""
        name = f"{site.name}_weight"
        if self.group is None or name not in self.group or self._fell_back:
            return None
        found = np.asarray(self.group[name].values, dtype=np.float64).ravel()
        return found if found.size == _size(site) else None

    @property
    def _fell_back(self) -> bool:
        """Whether the pilot dropped its evidence, which leaves the noncentered coordinates."""
        return self.group is not None and bool(self.group.attrs.get("pilot_fell_back", 0))

    def _informed(self, name: str) -> str:
        assert self.plan is not None
        if self._fell_back:
            return NONCENTERED
        return ELIMINATED if self.plan[name].lead is not None else INFORMED


def asked_coordinates(value: Any, name: str, shape: tuple[int, ...], site: Site | None = None) -> Coordinates:
    """The coordinates that a parameterization, or the name of one, stands for.

    Raises
    ------
    InvalidArgumentError
        If it is none, or does not fit the effect.
    """
    known = _NAMED.get(value, value) if isinstance(value, str) else value
    size = int(np.prod(shape)) if site is None else _size(site)
    if isinstance(known, Informed) or known == Informed.name:
        return Coordinates.all(INFORMED, size)
    if not isinstance(known, Parameterization):
        raise InvalidArgumentError(
            f"diagnose: coordinates[{name!r}] must be 'centered', 'noncentered', 'informed' or a value such as"
            f" unfunnel.Mixed(centered=mask), got {value!r}."
        )
    centeredness = np.asarray(known.broadcast(shape, name), dtype=np.float64)
    if centeredness.size == size:
        return Coordinates.partial(centeredness)
    if site is not None and site.correlated:
        return Coordinates.partial(np.repeat(centeredness.ravel(), site.components))
    # Elements that sum to zero have coordinates for one fewer, which are none of theirs.
    same = np.unique(centeredness)
    return Coordinates.partial(np.full(size, same[0] if same.size == 1 else np.nan))


def _size(site: Site) -> int:
    return int(np.prod(site.shape))
