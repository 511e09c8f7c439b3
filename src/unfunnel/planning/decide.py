"""Deciding in which coordinates a model is to be sampled, before anything is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unfunnel.errors import InvalidArgumentError, Reason, UnknownVariableError
from unfunnel.parameterization import Centered, Informed, NonCentered, Parameterization
from unfunnel.planning.plan import Choice, Plan, unknown
from unfunnel.structure import Role, Site, read

Request = Parameterization | str | Mapping[str, "Parameterization | str"] | Plan | None
"""What a person may ask for; None is the default, informed for every effect."""

_BY_NAME: dict[str, type[Parameterization]] = {kind.name: kind for kind in (Centered, NonCentered, Informed)}


def plan(model: Any, parameterization: Request = None) -> Plan:
    """Decide the coordinates of every free variable; nothing is changed and nothing is sampled.

    Parameters
    ----------
    model
        A PyMC model.
    parameterization
        One parameterization for all effects, or a mapping from the names of effects to theirs; the others then stay
        as their author wrote them. A name ("centered", "noncentered", "informed") stands for a parameterization
        that needs no arrays. A plan that was made for this model is returned as it is. The default is
        :class:`Informed` for all effects.

    Returns
    -------
    Plan

    Raises
    ------
    UnknownVariableError
        If a name is not a free variable of the model.
    InvalidArgumentError
        If a named variable cannot be given coordinates, or the plan was made for another model; the error says why.

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
    sites = read(model)
    if isinstance(parameterization, Plan):
        _refuse_other_model(parameterization, sites)
        return parameterization
    if isinstance(parameterization, Mapping):
        _refuse_observed(parameterization, {rv.name for rv in model.observed_RVs})
        return decide(sites, parameterization)
    every = _parameterization(Informed() if parameterization is None else parameterization)
    return decide(sites, {site.name: every for site in sites if site.role is Role.EFFECT})


def decide(sites: tuple[Site, ...], request: Mapping[str, Parameterization | str]) -> Plan:
    """The plan in which the named effects have these parameterizations, and the others stay as written."""
    by_name = {site.name: site for site in sites}
    effects: dict[str, Parameterization] = {}
    for name, value in request.items():
        if name not in by_name:
            raise UnknownVariableError(unknown("plan", name, list(by_name)))
        if not by_name[name].chartable:
            scale = by_name[name].role is Role.SCALE
            reason = Reason.SCALE if scale else by_name[name].reason or Reason.NO_REFERENCE
            raise InvalidArgumentError(f"plan: {name!r} cannot be reparameterized. {reason.advice}")
        effects[name] = _parameterization(value)
    informed = [by_name[name] for name, value in effects.items() if isinstance(value, Informed)]
    means = {site.mean: site.name for site in informed if site.mean is not None}
    scales = {name for site in informed for name in site.scales}
    return Plan(
        tuple(
            Choice(
                site,
                effects.get(site.name),
                means.get(site.name),
                whitened=site.name in scales and site.role is Role.SCALE and site.reason is None,
            )
            for site in sites
        )
    )


def _parameterization(value: object) -> Parameterization:
    if isinstance(value, Parameterization):
        return value
    if isinstance(value, str) and value in _BY_NAME:
        return _BY_NAME[value]()
    raise InvalidArgumentError(
        f"plan: a parameterization is one of {', '.join(map(repr, sorted(_BY_NAME)))}, or a value such as"
        f" unfunnel.Mixed(centered=mask) or unfunnel.Partial(0.5); got {value!r}."
    )


def _refuse_observed(request: Mapping[str, object], observed: set[str]) -> None:
    for name in request:
        if name in observed:
            raise InvalidArgumentError(f"plan: {name!r} cannot be reparameterized. {Reason.OBSERVED.advice}")


def _refuse_other_model(chosen: Plan, sites: tuple[Site, ...]) -> None:
    theirs, ours = tuple(choice.site for choice in chosen.choices), sites
    if theirs != ours:
        different = sorted({site.name for site in theirs} ^ {site.name for site in ours})
        different = different or [a.name for a, b in zip(theirs, ours, strict=True) if a != b]
        raise InvalidArgumentError(
            f"plan: the plan was made for another model; they differ in {', '.join(map(repr, different))}. Make one"
            " for this model with unfunnel.plan(model)."
        )
