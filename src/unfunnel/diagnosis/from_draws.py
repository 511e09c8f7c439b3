"""Pairs found from names and draws, where nothing else is known; what cannot be told is refused.

A variable of several elements is taken for an effect if exactly one positive number has the name of its scale, or is
the only one that there is, and the effect spreads about its location as wide as that scale says.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from unfunnel.diagnosis.coordinates import Asked
from unfunnel.diagnosis.from_plan import plausible
from unfunnel.diagnosis.from_request import Names, pair_named
from unfunnel.diagnosis.pair import Pair
from unfunnel.errors import InvalidArgumentError

_SCALES = ("tau", "sigma", "sd", "scale", "std", "sigma_group", "tau_group")
_LOCATIONS = ("mu", "mean", "loc", "location", "center", "average")

_STANDARDISED = ("_raw", "_offset", "_tilde", "_z", "_std", "_eta", "_noncentered", "_decentered", "_t", "_nc")
"""What ends the name of a standardised effect beside the effect itself."""


def pairs_of_draws(posterior: Any, asked: Asked) -> tuple[Pair, ...]:
    """The pairs that names and draws show.

    Raises
    ------
    InvalidArgumentError
        If they show none.
    """
    names = found_names(posterior)
    if not names:
        raise InvalidArgumentError(_refusal(posterior))
    return tuple(pair_named(posterior, effect, value, asked) for effect, value in names.items())


def found_names(posterior: Any) -> Names:
    """Names of location and scale by effect; those of which there is no doubt."""
    found = {effect: _of_effect(posterior, effect) for effect in _candidates(posterior)}
    return {effect: value for effect, value in found.items() if value is not None}


def _candidates(posterior: Any) -> list[str]:
    """Variables with several elements that are not the standardised value of another."""
    several = [str(n) for n, array in posterior.data_vars.items() if array.ndim > 2 and array[0, 0].size > 1]
    return [name for name in several if not any(name == other + end for other in several for end in _STANDARDISED)]


def _of_effect(posterior: Any, effect: str) -> tuple[str | None, str] | None:
    scale = _named(posterior, effect, _SCALES, _positive(posterior))
    if scale is None:
        return None
    if f"{effect}_sigma" == scale and "|" in effect:
        return None, scale  # Bambi's group-specific effects have no location of their own
    location = _named(posterior, effect, _LOCATIONS, _real(posterior))
    if location is None and _real(posterior):
        return None
    pair = pair_named(posterior, effect, (location, scale), {})
    return (location, scale) if plausible(pair.eta, pair.location, pair.scale) else None


def _named(posterior: Any, effect: str, words: Iterable[str], candidates: list[str]) -> str | None:
    """The one that is called after the effect, or else by the plain word, or else the only one."""
    after = [f"{word}_{effect}" for word in words] + [f"{effect}_{word}" for word in words]
    for names in (after, list(words)):
        fitting = [name for name in names if name in candidates]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            return "tau" if "tau" in fitting else None
    return candidates[0] if len(candidates) == 1 else None


def _numbers(posterior: Any) -> dict[str, Any]:
    return {str(name): array.values for name, array in posterior.data_vars.items() if array.ndim == 2}


def _positive(posterior: Any) -> list[str]:
    return [name for name, values in _numbers(posterior).items() if (values > 0).all() and name not in _LOCATIONS]


def _real(posterior: Any) -> list[str]:
    numbers = _numbers(posterior)
    called = [name for name in numbers if name.split("_")[0] in _LOCATIONS or name.split("_")[-1] in _LOCATIONS]
    return [n for n in numbers if n in called or (np.asarray(numbers[n]) <= 0).any()]


def _refusal(posterior: Any) -> str:
    variables = ", ".join(f"{name!r} {tuple(array.dims[2:])}" for name, array in posterior.data_vars.items())
    return (
        "diagnose: names and draws do not tell which variable is an effect, and which its location and scale. Give the"
        ' model, diagnose(dt, model), or say it: diagnose(dt, pairs={"theta": ("mu", "tau")}), with None in place of a'
        f" location that is zero. The posterior has {variables or 'no variable'}."
    )
