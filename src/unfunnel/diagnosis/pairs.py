"""Where the pairs of a fit come from: what a person says, the model, the fit's own plan, or names and draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from unfunnel.diagnosis.coordinates import Asked, Sampled
from unfunnel.diagnosis.from_draws import pairs_of_draws
from unfunnel.diagnosis.from_model import pairs_of_model
from unfunnel.diagnosis.from_plan import pairs_of_plan
from unfunnel.diagnosis.from_request import pairs_asked
from unfunnel.diagnosis.pair import Pair
from unfunnel.diagnosis.scores import weighted_by_scores
from unfunnel.errors import InvalidArgumentError, Reason, UnknownVariableError
from unfunnel.formula import read_model
from unfunnel.formula.read import is_bambi
from unfunnel.planning import Plan
from unfunnel.planning.decide import plan as planned
from unfunnel.structure import Site, read


@dataclass(frozen=True)
class Found:
    """The pairs of a fit.

    Parameters
    ----------
    pairs
        One for each effect.
    notes
        What a reader should know of how they were found.
    sampled
        Names of the free variables, where the model or the plan tells them.
    library
        "stan" or "numpyro", where the fit says that it comes from there; else "pymc".
    """

    pairs: tuple[Pair, ...]
    notes: tuple[str, ...] = ()
    sampled: tuple[str, ...] | None = None
    library: str = "pymc"


def pairs_of(dt: Any, posterior: Any, model: Any, asked: Any, coordinates: Asked, *, scores: bool = False) -> Found:
    """The pairs of a fit, by the best of what is known about them."""
    if scores and (model is None or asked is not None):
        raise InvalidArgumentError(
            "diagnose: scores=True takes gradients of the model's likelihood, so that it needs the model, as in"
            " diagnose(dt, model, scores=True), and goes without pairs."
        )
    if asked is not None:
        found = Found(pairs_asked(posterior, asked, coordinates), library=_library(posterior))
        _refuse_unknown(coordinates, [pair.effect for pair in found.pairs])
        return found
    group = dt["parameterization"].to_dataset() if "parameterization" in dt.children else None
    plan = Plan.from_datatree(dt) if group is not None and "plan" in group.attrs else None
    if model is not None:
        return _of_model(model, posterior, plan, group, coordinates, scores=scores)
    if plan is not None:
        return _of_plan(plan, posterior, group, coordinates)
    pairs = pairs_of_draws(posterior, coordinates)
    _refuse_unknown(coordinates, [pair.effect for pair in pairs])
    named = "; ".join(
        f"{pair.effect} with {pair.location_name or 'location 0'} and {pair.scale_name}" for pair in pairs
    )
    note = f"Found by name: {named}. Effects count as sampled centered unless their standardised value is there too."
    return Found(pairs, (note,), library=_library(posterior))


def _of_model(model: Any, posterior: Any, plan: Plan | None, group: Any, coordinates: Asked, *, scores: bool) -> Found:
    written = read_model(model).model
    sites = read(written)
    if plan is not None:
        planned(written, plan)  # refuses a plan that was made for another model
    _refuse_charted(written, sites)
    _refuse_unknown(coordinates, [site.name for site in sites if site.chartable])
    noncentered = frozenset[str]()
    if plan is None and is_bambi(model) and model.noncentered is not False:
        noncentered = frozenset(site.name for site in sites if "|" in site.name)
    sampled = Sampled(sites, plan, group, coordinates, noncentered)
    pairs = pairs_of_model(written, posterior, sampled)
    if scores:
        pairs = weighted_by_scores(written, posterior, sites, pairs)
    return Found(pairs, (*_of_sequences(sampled), *_of_none(pairs)), tuple(site.name for site in sites))


def _of_plan(plan: Plan, posterior: Any, group: Any, coordinates: Asked) -> Found:
    sites = tuple(choice.site for choice in plan.choices)
    _refuse_unknown(coordinates, [site.name for site in sites if site.chartable])
    sampled = Sampled(sites, plan, group, coordinates)
    pairs, others = pairs_of_plan(posterior, sampled)
    if others and not pairs:
        raise InvalidArgumentError(
            f"diagnose: the location or the scale of {', '.join(map(repr, others))} is more than one variable, or was"
            " not kept; give the model: diagnose(dt, model)."
        )
    left = f"Left out, because it takes the model to know their location and scale: {', '.join(others)}."
    notes = (*([left] if others else []), *_of_sequences(sampled), *_of_none(pairs))
    return Found(pairs, notes, tuple(site.name for site in sites))


def _of_sequences(sampled: Sampled) -> list[str]:
    """What is said of effects that no diagnostic looks at."""
    names = ", ".join(sampled.sequences)
    return [f"Left out, because a sequence has no location and scale for its steps: {names}."] if names else []


def _of_none(pairs: tuple[Pair, ...]) -> list[str]:
    return [] if pairs else ["The model has no group-level variable with a location and a scale to look at."]


def _refuse_charted(model: Any, sites: tuple[Site, ...]) -> None:
    for site in sites:
        transform = model.rvs_to_transforms.get(model[site.name])
        if site.reason is Reason.USER_TRANSFORM and type(transform).__module__.startswith("unfunnel."):
            raise InvalidArgumentError(
                f"diagnose: {site.name!r} is charted in this model, as unfunnel.reparameterize returned it; give the"
                f" model that it was made of, and what was asked for: diagnose(dt, model, coordinates={{{site.name!r}:"
                " unfunnel.NonCentered()})."
            )


def _refuse_unknown(coordinates: Asked, known: list[str]) -> None:
    for name in coordinates:
        if name not in known:
            raise UnknownVariableError(
                f"diagnose: coordinates names {name!r}, which is not an effect; effects are"
                f" {', '.join(map(repr, known)) or 'none'}."
            )


def _library(posterior: Any) -> str:
    """Whose language the cure has to be written in."""
    made = str(posterior.attrs.get("inference_library", "")).lower()
    return "stan" if "stan" in made else "numpyro" if "numpyro" in made else "pymc"
