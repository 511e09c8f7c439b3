"""Pairs that a person names: ``pairs={"theta": ("mu", "tau")}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from unfunnel.diagnosis.coordinates import Asked, asked_coordinates
from unfunnel.diagnosis.from_model import labels_of
from unfunnel.diagnosis.from_plan import aligned, part_of
from unfunnel.diagnosis.pair import CENTERED, NONCENTERED, Coordinates, Floats, Pair
from unfunnel.errors import InvalidArgumentError, UnknownVariableError

Names = Mapping[str, tuple[str | None, str]]
"""Location (None for zero) and scale by the name of the effect."""

_EXAMPLE = 'pairs={"theta": ("mu", "tau")}, with None in place of a location that is zero'


def pairs_asked(posterior: Any, pairs: Any, asked: Asked) -> tuple[Pair, ...]:
    """The pairs of these names.

    Raises
    ------
    UnknownVariableError
        If the posterior has no such variable.
    InvalidArgumentError
        If it is no mapping of names to two names, a scale is not positive, or the dims do not fit.
    """
    if not isinstance(pairs, Mapping) or not pairs:
        raise InvalidArgumentError(f"diagnose: pairs must be a mapping such as {_EXAMPLE}; got {pairs!r}.")
    return tuple(pair_named(posterior, name, value, asked) for name, value in pairs.items())


def pair_named(posterior: Any, effect: str, value: Any, asked: Asked) -> Pair:
    """The pair of an effect with its location and scale."""
    location_name, scale_name = _checked(posterior, effect, value)
    eta = posterior[effect]
    scale = _aligned(posterior, scale_name, eta)
    if not (scale > 0).all():
        raise InvalidArgumentError(
            f"diagnose: pairs[{effect!r}] has {scale_name!r} as its scale, which must be positive, and is"
            f" {scale.min():g} in some draw; name the location first, then the scale."
        )
    zero = np.zeros((*eta.shape[:2], 1))
    location = zero if location_name is None else _aligned(posterior, location_name, eta)
    values = np.asarray(eta.values, dtype=np.float64).reshape(*eta.shape[:2], -1)
    return Pair(
        effect=effect,
        labels=labels_of(eta, eta.dims[2:]),
        eta=values,
        location=location,
        scale=scale,
        coordinates=_coordinates(posterior, effect, (values, location, scale), asked),
        locations=() if location_name is None else (part_of(posterior, location_name),),
        scales=(part_of(posterior, scale_name),),
    )


def standardised_in(posterior: Any, effect: str, eta: Floats, location: Floats, scale: Floats) -> str | None:
    """The variable that is the standardised effect itself, which says that it was written non-centered; or None."""
    with np.errstate(divide="ignore", invalid="ignore"):
        wanted = (eta - location) / scale
    few = (slice(None), slice(None, None, max(1, eta.shape[1] // 20)))
    for name, array in posterior.data_vars.items():
        if name == effect or array.shape != posterior[effect].shape:
            continue
        values = np.asarray(array.values[few], dtype=np.float64).reshape(wanted[few].shape)
        if np.allclose(values, wanted[few], rtol=1e-4, atol=1e-6):
            return str(name)
    return None


def _coordinates(posterior: Any, effect: str, draws: tuple[Floats, Floats, Floats], asked: Asked) -> Coordinates:
    if effect in asked:
        return asked_coordinates(asked[effect], effect, posterior[effect].shape[2:])
    noncentered = standardised_in(posterior, effect, *draws) is not None
    return Coordinates.all(NONCENTERED if noncentered else CENTERED, draws[0].shape[-1])


def _checked(posterior: Any, effect: str, value: Any) -> tuple[str | None, str]:
    if not (isinstance(value, tuple | list) and len(value) == 2):
        raise InvalidArgumentError(
            f"diagnose: pairs[{effect!r}] must be the names of its location and its scale, as in {_EXAMPLE}; got"
            f" {value!r}."
        )
    location, scale = value
    for name in (effect, *(() if location is None else (location,)), scale):
        if name not in posterior:
            raise UnknownVariableError(
                f"diagnose: pairs names {name!r}, which the posterior does not have; it has"
                f" {', '.join(map(repr, map(str, posterior.data_vars)))}."
            )
    return location, scale


def _aligned(posterior: Any, name: str, eta: Any) -> Floats:
    found = aligned(posterior[name], eta)
    if found is None:
        raise InvalidArgumentError(
            f"diagnose: {name!r} has dims {posterior[name].dims[2:]}, which do not fit those of {str(eta.name)!r},"
            f" {eta.dims[2:]}; it must be a single number, or have one for each of them along the same dim. With the"
            " model (diagnose(dt, model)) locations and scales may be any expression."
        )
    return found
