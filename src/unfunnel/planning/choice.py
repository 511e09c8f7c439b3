"""What is done with each free variable, and how that follows from what a person asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from unfunnel.errors import InvalidArgumentError, Reason, UnknownVariableError
from unfunnel.parameterization import Centered, Informed, NonCentered, Parameterization
from unfunnel.planning.blocks import Block
from unfunnel.structure import MOST_COMPONENTS, Role, Site

_BY_NAME: dict[str, type[Parameterization]] = {kind.name: kind for kind in (Centered, NonCentered, Informed)}

COVARIANCE = "LKJCholeskyCov"
"""The family of a covariance's factor."""


@dataclass(frozen=True)
class Choice:
    """What is done with one free variable.

    Parameters
    ----------
    site
        The variable.
    parameterization
        Of an effect; None for other variables and for effects that stay as their author wrote them.
    lead
        The effect that it is eliminated with, if there is one: of a shared parameter, a crossed factor or a sibling.
    whitened
        For a scale, whether it can be charted by its prior.
    logarithmic
        For such a scale, whether its logarithm is the better chart after all.
    reason
        Why the variable stays as its author wrote it, where it could not be otherwise.
    """

    site: Site
    parameterization: Parameterization | None = None
    lead: str | None = None
    whitened: bool = False
    logarithmic: bool = False
    reason: Reason | None = None

    @property
    def coordinates(self) -> str:
        """The coordinates in words."""
        if self.lead is not None:
            return f"eliminated with {self.lead}"
        if self.parameterization is not None:
            return self.parameterization.name
        if self.whitened:
            return "logarithmic" if self.logarithmic else "whitened by its prior"
        return "as written"


def requested(sites: tuple[Site, ...], request: Mapping[str, Parameterization | str]) -> dict[str, Parameterization]:
    """The parameterizations asked for, by effect; refuses what cannot be."""
    by_name = {site.name: site for site in sites}
    effects: dict[str, Parameterization] = {}
    for name, value in request.items():
        if name not in by_name:
            raise UnknownVariableError(unknown("plan", name, list(by_name)))
        scale = by_name[name].role in (Role.SCALE, Role.NOISE)
        if scale or not by_name[name].chartable:
            reason = Reason.SCALE if scale else by_name[name].reason or Reason.NO_REFERENCE
            raise InvalidArgumentError(f"plan: {name!r} cannot be reparameterized. {reason.advice}")
        effects[name] = parameterization_of(value)
    return effects


def choices_of(
    sites: tuple[Site, ...], effects: Mapping[str, Parameterization], blocks: tuple[Block, ...]
) -> tuple[Choice, ...]:
    """The choices by which these effects have these parameterizations, in these blocks."""
    leads = {name: block.lead for block in blocks for name in block.members[1:]}
    known = {site.name: site for site in sites}
    in_blocks = [known[name] for block in blocks for name in block.members]
    scales = {name for site in in_blocks for name in site.scales}
    # Correlated effects that have to stay as written gain from the chart of their covariance all the same.
    left = [site for site in sites if site.name not in effects and not is_informed_by_default(site)]
    scales |= {name for site in left for name in site.scales if known[name].family == COVARIANCE}
    noises = {block.noise for block in blocks if block.noise is not None}
    return tuple(_choice(site, effects.get(site.name), leads.get(site.name), scales, noises) for site in sites)


def _choice(
    site: Site, parameterization: Parameterization | None, lead: str | None, scales: set[str], noises: set[str]
) -> Choice:
    charted = site.name in scales or (site.role is Role.NOISE and bool(noises & set(site.terms)))
    whitened = charted and site.role in (Role.SCALE, Role.NOISE) and site.reason is None
    reason = site.reason
    if reason is None and parameterization is None and not is_informed_by_default(site):
        reason = Reason.MANY_COMPONENTS
    if site.role is Role.SHARED and lead is None and parameterization is None:
        reason = Reason.NOT_SHARED
    return Choice(site, parameterization, lead, whitened=whitened, reason=reason)


def is_informed_by_default(site: Site) -> bool:
    """Whether an effect is eliminated unasked: correlated ones of a group are if they are few."""
    return site.components <= MOST_COMPONENTS


def parameterization_of(value: object) -> Parameterization:
    """A parameterization, from itself or from the name of one that needs no arrays."""
    if isinstance(value, Parameterization):
        return value
    if isinstance(value, str) and value in _BY_NAME:
        return _BY_NAME[value]()
    raise InvalidArgumentError(
        f"plan: a parameterization is one of {', '.join(map(repr, sorted(_BY_NAME)))}, or a value such as"
        f" unfunnel.Mixed(centered=mask) or unfunnel.Partial(0.5); got {value!r}."
    )


def unknown(call: str, name: str, names: list[str]) -> str:
    """The sentence for a name that the model does not have."""
    return f"{call}: {name!r} is not a free variable of the model; it has {', '.join(map(repr, names))}."
