"""Deciding in which coordinates a model is to be sampled, before anything is done.

The module is not called ``plan``, because that is the name of its function in :mod:`unfunnel`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from unfunnel.errors import InvalidArgumentError, Reason, UnknownVariableError
from unfunnel.parameterization import Centered, Informed, NonCentered, Parameterization
from unfunnel.structure import Role, Site, Structure, read

Request = Parameterization | str | Mapping[str, "Parameterization | str"] | None

_BY_NAME: dict[str, type[Parameterization]] = {kind.name: kind for kind in (Centered, NonCentered, Informed)}


@dataclass(frozen=True)
class Choice:
    """What is done with one free variable.

    Parameters
    ----------
    site
        The variable.
    parameterization
        Of an effect; None for other variables and for effects that stay as their author wrote them.
    effect
        For a population mean, the effect it is eliminated with; None otherwise.
    whitened
        For a scale, whether it is charted by its prior.
    """

    site: Site
    parameterization: Parameterization | None = None
    effect: str | None = None
    whitened: bool = False

    @property
    def reason(self) -> Reason | None:
        """Why the variable stays as its author wrote it, where it could not be otherwise."""
        return self.site.reason

    @property
    def coordinates(self) -> str:
        """The coordinates in words."""
        if self.parameterization is not None:
            return self.parameterization.name
        if self.effect is not None:
            return f"eliminated with {self.effect}"
        return "whitened by its prior" if self.whitened else "as written"


@dataclass(frozen=True)
class Plan:
    """The coordinates of every free variable; printing it gives a table.

    Parameters
    ----------
    choices
        One for each free variable, in the model's order.
    """

    choices: tuple[Choice, ...]

    def __getitem__(self, name: str) -> Choice:
        found = next((choice for choice in self.choices if choice.site.name == name), None)
        if found is None:
            raise UnknownVariableError(_unknown("Plan", name, [choice.site.name for choice in self.choices]))
        return found

    @property
    def effects(self) -> dict[str, Parameterization]:
        """Effects that are given coordinates, with their parameterizations."""
        return {c.site.name: c.parameterization for c in self.choices if c.parameterization is not None}

    def replace(self, **parameterizations: Parameterization | str) -> Plan:
        """Another plan, in which the named effects have these parameterizations.

        Parameters
        ----------
        **parameterizations
            A parameterization, or the name of one that needs no arrays, by the name of the effect.

        Returns
        -------
        Plan
        """
        structure = Structure(tuple(choice.site for choice in self.choices))
        return _plan(structure, {**self.effects, **_by_name(structure, parameterizations)})

    def __str__(self) -> str:
        rows = [("variable", "dims", "family", "role", "coordinates")]
        for choice in self.choices:
            site = choice.site
            dims = ", ".join(str(dim or size) for dim, size in zip(site.dims, site.shape, strict=True))
            rows.append((site.name, dims, site.family or "unknown", str(site.role), choice.coordinates))
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
        return "\n".join(line.rstrip() for line in lines)


def plan(model: Any, parameterization: Request = None) -> Plan:
    """Decide the coordinates of every free variable; nothing is changed and nothing is sampled.

    Parameters
    ----------
    model
        A PyMC model.
    parameterization
        One parameterization for all effects, or a mapping from the names of effects to theirs; the others then stay
        as their author wrote them. A name ("centered", "noncentered", "informed") stands for a parameterization
        that needs no arrays. The default is :class:`Informed` for all.

    Returns
    -------
    Plan

    Raises
    ------
    UnknownVariableError
        If a name is not a free variable of the model.
    InvalidArgumentError
        If a named variable cannot be given coordinates; the error says why.

    Examples
    --------
    >>> import pymc as pm
    >>> import unfunnel as uf
    >>> with pm.Model() as model:
    ...     tau = pm.HalfNormal("tau", 5)
    ...     theta = pm.Normal("theta", pm.Normal("mu", 0, 5), tau, shape=8)
    >>> uf.plan(model)["theta"].coordinates
    'informed'
    """
    structure = read(model)
    if isinstance(parameterization, Mapping):
        return _plan(structure, _by_name(structure, parameterization))
    every = _parameterization("plan", Informed() if parameterization is None else parameterization)
    return _plan(structure, {site.name: every for site in structure.of_role(Role.EFFECT)})


def _by_name(structure: Structure, request: Mapping[str, Parameterization | str]) -> dict[str, Parameterization]:
    names = [site.name for site in structure.sites]
    for name in request:
        if name not in names:
            raise UnknownVariableError(_unknown("plan", name, names))
        site = structure[name]
        if not site.chartable:
            reason = site.reason or Reason.NO_REFERENCE
            raise InvalidArgumentError(f"plan: {name!r} cannot be reparameterized. {reason.advice}")
    return {name: _parameterization("plan", value) for name, value in request.items()}


def _parameterization(call: str, value: object) -> Parameterization:
    if isinstance(value, Parameterization):
        return value
    if isinstance(value, str) and value in _BY_NAME:
        return _BY_NAME[value]()
    raise InvalidArgumentError(
        f"{call}: a parameterization is one of {', '.join(sorted(_BY_NAME))}, or a value such as"
        f" unfunnel.Mixed(centered=mask); got {value!r}."
    )


def _plan(structure: Structure, effects: Mapping[str, Parameterization]) -> Plan:
    informed = [structure[name] for name, value in effects.items() if isinstance(value, Informed)]
    means = {site.mean: site.name for site in informed if site.mean is not None}
    scales = {name for site in informed for name in site.scales}
    return Plan(tuple(_choice(site, effects, means, scales) for site in structure.sites))


def _choice(site: Site, effects: Mapping[str, Parameterization], means: Mapping[str, str], scales: set[str]) -> Choice:
    choice = Choice(site, effects.get(site.name), means.get(site.name))
    return replace(choice, whitened=site.name in scales and site.role is Role.SCALE and site.reason is None)


def _unknown(call: str, name: str, names: list[str]) -> str:
    return f"{call}: {name!r} is not a free variable of the model; it has {', '.join(map(repr, names))}."
