"""The plan of a model's coordinates: an immutable value that can be printed, edited, stored and passed back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from unfunnel.errors import UnknownVariableError
from unfunnel.parameterization import Evidence, Informed, Parameterization
from unfunnel.planning.choice import Choice, choices_of, unknown
from unfunnel.planning.stored import stored_choices


@dataclass(frozen=True)
class Plan:
    """The coordinates of every free variable of a model; printing it gives a table.

    Parameters
    ----------
    choices
        One for each free variable, in the model's order.

    Examples
    --------
    >>> import pymc as pm
    >>> import unfunnel as uf
    >>> with pm.Model() as model:
    ...     theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=8)
    >>> uf.plan(model).replace(theta="centered")["theta"].coordinates
    'centered'
    """

    choices: tuple[Choice, ...]

    def __getitem__(self, name: str) -> Choice:
        found = next((choice for choice in self.choices if choice.site.name == name), None)
        if found is None:
            raise UnknownVariableError(unknown("Plan", name, [choice.site.name for choice in self.choices]))
        return found

    @property
    def effects(self) -> dict[str, Parameterization]:
        """Effects that are given coordinates, with their parameterizations."""
        return {c.site.name: c.parameterization for c in self.choices if c.parameterization is not None}

    @property
    def informed(self) -> dict[str, Informed]:
        """The informed ones among them."""
        return {name: value for name, value in self.effects.items() if isinstance(value, Informed)}

    @property
    def lacking_evidence(self) -> tuple[str, ...]:
        """Informed effects whose evidence has yet to be found."""
        return tuple(name for name, value in self.informed.items() if value.evidence is None)

    def replace(self, **parameterizations: Parameterization | str) -> Plan:
        """Another plan, in which the named effects have these parameterizations.

        Parameters
        ----------
        **parameterizations
            A parameterization, or the name of one that needs no arrays, by the name of the effect.

        Returns
        -------
        Plan

        Raises
        ------
        UnknownVariableError
            If a name is not a free variable of the model.
        InvalidArgumentError
            If a variable cannot be given coordinates.
        """
        sites = tuple(choice.site for choice in self.choices)
        return Plan(choices_of(sites, {**self.effects, **parameterizations}))

    def learned(self, evidence: Mapping[str, Evidence], logarithmic: Mapping[str, bool]) -> Plan:
        """The same plan with what a pilot found: evidence by effect, and which scales are better logarithmic."""
        return Plan(tuple(_learned(choice, evidence, logarithmic) for choice in self.choices))

    def __str__(self) -> str:
        rows = [("variable", "dims", "family", "role", "coordinates")]
        for choice in self.choices:
            site = choice.site
            dims = ", ".join(str(dim or size) for dim, size in zip(site.dims, site.shape, strict=True))
            rows.append((site.name, dims, site.family or "unknown", str(site.role), choice.coordinates))
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join([line.rstrip() for line in lines] + self._reasons())

    def _reasons(self) -> list[str]:
        """For each reason why variables stay as written: which ones, and why."""
        left = [choice for choice in self.choices if choice.coordinates == "as written" and choice.reason]
        names = {choice.reason: [c.site.name for c in left if c.reason is choice.reason] for choice in left}
        return [f"{', '.join(found)}: {reason.advice}" for reason, found in names.items() if reason]

    @classmethod
    def from_datatree(cls, tree: Any) -> Plan:
        """The plan that a result of :func:`unfunnel.sample` was sampled with, evidence included.

        Parameters
        ----------
        tree
            As :func:`unfunnel.sample` returned it, or as read back from netCDF or zarr.

        Returns
        -------
        Plan
            Passed to :func:`unfunnel.sample`, it skips the pilot.
        """
        return cls(stored_choices(tree))


def _learned(choice: Choice, evidence: Mapping[str, Evidence], logarithmic: Mapping[str, bool]) -> Choice:
    name = choice.site.name
    if name in evidence and isinstance(choice.parameterization, Informed):
        return replace(choice, parameterization=Informed(evidence[name]))
    return replace(choice, logarithmic=logarithmic[name]) if name in logarithmic else choice
