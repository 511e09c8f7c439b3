"""What is done with each free variable, and how that follows from what a person asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from unfunnel.errors import InvalidArgumentError, Reason, UnknownVariableError
from unfunnel.parameterization import Centered, Informed, NonCentered, Parameterization
from unfunnel.structure import Role, Site

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
        For a scale, whether it can be charted by its prior.
    logarithmic
        For such a scale, whether its logarithm is the better chart after all.
    """

    site: Site
    parameterization: Parameterization | None = None
    effect: str | None = None
    whitened: bool = False
    logarithmic: bool = False

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
        if self.whitened:
            return "logarithmic" if self.logarithmic else "whitened by its prior"
        return "as written"


def choices_of(sites: tuple[Site, ...], request: Mapping[str, Parameterization | str]) -> tuple[Choice, ...]:
    """The choices by which the named effects have these parameterizations, and the others stay as written."""
    by_name = {site.name: site for site in sites}
    effects: dict[str, Parameterization] = {}
    for name, value in request.items():
        if name not in by_name:
            raise UnknownVariableError(unknown("plan", name, list(by_name)))
        if not by_name[name].chartable:
            scale = by_name[name].role is Role.SCALE
            reason = Reason.SCALE if scale else by_name[name].reason or Reason.NO_REFERENCE
            raise InvalidArgumentError(f"plan: {name!r} cannot be reparameterized. {reason.advice}")
        effects[name] = parameterization_of(value)
    informed = [by_name[name] for name, value in effects.items() if isinstance(value, Informed)]
    means = {site.mean: site.name for site in informed if site.mean is not None}
    scales = {name for site in informed for name in site.scales}
    return tuple(
        Choice(
            site,
            effects.get(site.name),
            means.get(site.name),
            whitened=site.name in scales and site.role is Role.SCALE and site.reason is None,
        )
        for site in sites
    )


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
