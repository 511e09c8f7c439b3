"""Deciding in which coordinates a model is to be sampled, before anything is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unfunnel.errors import InvalidArgumentError, Reason
from unfunnel.formula import read_model
from unfunnel.parameterization import Informed, Parameterization
from unfunnel.planning.blocks import MAX_SHARED, checked_size
from unfunnel.planning.choice import is_informed_by_default, parameterization_of, requested
from unfunnel.planning.plan import Plan
from unfunnel.structure import Role, Site, read

Request = Parameterization | str | Mapping[str, "Parameterization | str"] | Plan | None
"""What a person may ask for; None is the default, informed for every effect."""


def plan(model: Any, parameterization: Request = None, *, max_shared: int = MAX_SHARED) -> Plan:
    """Decide the coordinates of every free variable; nothing is changed and nothing is sampled.

    Parameters
    ----------
    model
        A PyMC model, or a Bambi model.
    parameterization
        One parameterization for all effects, or a mapping from the names of effects to theirs; the others then stay
        as their author wrote them. A name ("centered", "noncentered", "informed") stands for a parameterization
        that needs no arrays. A plan that was made for this model is returned as it is. The default is
        :class:`Informed` for all effects.
    max_shared
        How many elements of shared parameters (population means, fixed effects, smaller crossed factors) are at most
        eliminated together with informed effects; the others are left to the sampler's metric. A gradient's work grows
        with its square for every group: raise it for few groups, lower it for very many.

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
    max_shared = checked_size("plan", max_shared)
    model = read_model(model).model
    sites = read(model)
    if isinstance(parameterization, Plan):
        _refuse_other_model(parameterization, sites)
        return parameterization
    if isinstance(parameterization, Mapping):
        _refuse_observed(parameterization, {rv.name for rv in model.observed_RVs})
        return Plan.of(sites, requested(sites, parameterization), max_shared)
    every = parameterization_of(Informed() if parameterization is None else parameterization)
    effects = [site for site in sites if site.role is Role.EFFECT]
    if isinstance(every, Informed):
        effects = [site for site in effects if is_informed_by_default(site)]
    return Plan.of(sites, {site.name: every for site in effects}, max_shared)


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
