"""Which effect a plot shows, with its location and its scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from unfunnel.errors import InvalidArgumentError
from unfunnel.planning import Plan
from unfunnel.plots.inputs import group_of, variable_of


@dataclass(frozen=True)
class Pair:
    """Names of an effect, of its scale, and of its location where that is one variable; by what it was sampled in."""

    effect: str
    scale: str
    location: str | None = None
    by_hand: bool = False


def plan_of(dt: Any) -> Plan | None:
    """The plan that is stored with a fit; None with a fit that is not of unfunnel."""
    stored = "parameterization" in dt.children and "plan" in dt["parameterization"].attrs
    return Plan.from_datatree(dt) if stored else None


def pair_of(call: str, dt: Any, effect: str | None, scale: str | None, location: str | None = None) -> Pair:
    """The effect and scale that are named, or that the plan of the fit leaves no doubt about.

    Raises
    ------
    InvalidArgumentError
        If there is no plan, or several effects or scales that could be meant; it says how to name them.
    UnknownVariableError
        If a name is not in the posterior.
    """
    posterior = group_of(call, dt, "posterior")
    known = _pairs(plan_of(dt), posterior)
    if effect is None:
        named = list(dict.fromkeys(pair.effect for pair in known))
        if len(named) != 1:
            raise InvalidArgumentError(_unclear(call, "effect", named, f'{call}(dt, "theta", "tau")'))
        effect = named[0]
    variable_of(call, posterior, effect, "effect")
    if scale is None:
        named = list(dict.fromkeys(pair.scale for pair in known if pair.effect == effect))
        if len(named) != 1:
            raise InvalidArgumentError(_unclear(call, f"scale of {effect!r}", named, f'{call}(dt, "{effect}", "tau")'))
        scale = named[0]
    _check_scale(call, posterior, effect, scale)
    if location is not None:
        variable_of(call, posterior, location, "location")
    found = next((pair for pair in known if (pair.effect, pair.scale) == (effect, scale)), Pair(effect, scale))
    return found if location is None else Pair(effect, scale, location, found.by_hand)


def _pairs(plan: Plan | None, posterior: Any) -> list[Pair]:
    """Every effect of a plan with each of its scales, as far as the posterior has them."""
    sites = [] if plan is None else [choice.site for choice in plan.choices]
    return [
        Pair(site.name, scale, _location(site, posterior), site.by_hand)
        for site in sites
        if site.name in posterior and str(site.role) == "effect"
        for scale in site.scales
        if scale in posterior and set(posterior[scale].dims) <= set(posterior[site.name].dims)
    ]


def _location(site: Any, posterior: Any) -> str | None:
    return site.locations[0] if len(site.locations) == 1 and site.locations[0] in posterior else None


def _check_scale(call: str, posterior: Any, effect: str, scale: str) -> None:
    array = variable_of(call, posterior, scale, "scale")
    if beyond := [str(dim) for dim in array.dims if dim not in posterior[effect].dims]:
        raise InvalidArgumentError(
            f"{call}: scale {scale!r} has the dims {', '.join(beyond)}, which {effect!r} has not; take one element of"
            f" it with coords={{{beyond[0]!r}: ...}}, or name another scale."
        )
    if not bool((array > 0).all()):
        raise InvalidArgumentError(f"{call}: scale {scale!r} has values that are not positive, so that it is no scale.")


def _unclear(call: str, what: str, named: list[str], example: str) -> str:
    if not named:
        return f"{call}: the fit has no plan that tells the {what}; name it, as in {example}."
    return f"{call}: the {what} may be {' or '.join(map(repr, named))}; say which, as in {example}."
