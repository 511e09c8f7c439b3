"""Reading the arguments of `fit`: the prior of mu, where sigma comes from, names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from unfunnel.errors import InvalidArgumentError
from unfunnel.exact.arrays import FloatArray, number, numbers, same_length
from unfunnel.exact.statistics import GroupStatistics

_CALL = "exact.fit"
_NAMES = {"mu": "mu", "tau": "tau", "theta": "theta", "sigma": "sigma"}
_RESERVED = ("chain", "draw")


def location_scale(mu: Any) -> tuple[float, float]:
    """Return location and scale of the normal prior of mu."""
    try:
        location, scale = mu
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(
            f"{_CALL}: mu must be the pair (location, scale) of its normal prior, but {mu!r} came."
        ) from error
    return number(_CALL, "the location of mu", location), number(_CALL, "the scale of mu", scale, positive=True)


def known_sigma(statistics: GroupStatistics, sigma: Any, sigma_prior: Any) -> FloatArray | None:
    """Return the known standard deviation of each group, or None where sigma has a prior."""
    given = {
        "sigma": sigma is not None,
        "sigma_prior": sigma_prior is not None,
        "the statistics' own sigma": statistics.sigma is not None,
    }
    sources = [name for name, there in given.items() if there]
    if len(sources) != 1:
        came = " and ".join(sources) if sources else "nothing"
        raise InvalidArgumentError(
            f"{_CALL}: sigma must come from exactly one of sigma=, sigma_prior= and the statistics, but {came} came."
        )
    if sigma is None:
        return statistics.sigma
    size = statistics.count.size
    if np.ndim(sigma) == 0:
        return np.full(
            size, number(_CALL, "sigma", sigma[()] if isinstance(sigma, np.ndarray) else sigma, positive=True)
        )
    array = numbers(_CALL, "sigma", sigma, positive=True)
    same_length(_CALL, "sigma", array.size, "statistics", size)
    return array


def variable_names(names: Mapping[str, str] | None, group_dim: str) -> dict[str, str]:
    """Return the names to use, checked for clashes with each other and with the dimensions."""
    unknown = set(names or {}) - set(_NAMES)
    if unknown:
        raise InvalidArgumentError(
            f"{_CALL}: names may rename {', '.join(_NAMES)}, but {min(unknown, key=str)!r} came."
        )
    chosen = {**_NAMES, **(names or {})}
    taken: list[Any] = [*chosen.values(), *(f"log_{chosen[key]}" for key in ("tau", "sigma")), group_dim, *_RESERVED]
    for name in taken:
        if not isinstance(name, str) or not name:
            raise InvalidArgumentError(f"{_CALL}: names and group_dim must be non-empty strings, but {name!r} came.")
        if taken.count(name) > 1:
            raise InvalidArgumentError(
                f"{_CALL}: names and group_dim must differ from each other and from chain and draw (log_tau and "
                f"log_sigma are taken as well), but {name!r} is used twice."
            )
    return chosen
