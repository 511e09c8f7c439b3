"""What is read off a fit: worst ESS, and means and standard deviations with their Monte Carlo errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import arviz as az
import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

Array = NDArray[np.float64]
_LINE: dict[str, Callable[[Any], Any]] = {"identity": np.asarray, "log": np.log, "logit": logit}


@dataclass(frozen=True)
class Moments:
    """Mean and standard deviation of one variable's elements, raveled, on its line, with their errors (MCSE)."""

    mean: Array
    sd: Array
    mean_error: Array
    sd_error: Array

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            object.__setattr__(self, name, np.atleast_1d(np.asarray(getattr(self, name), dtype=float)).ravel())

    def as_json(self) -> dict[str, list[float]]:
        """Six digits are far below the errors."""
        return {name: [float(f"{x:.6g}") for x in getattr(self, name)] for name in self.__dataclass_fields__}


def on_lines(posterior: Any, lines: Mapping[str, str], aliases: Mapping[str, str]) -> Any:
    """The variables that count, by the case's names, each on its line; a dataset."""
    named = posterior.rename({old: new for old, new in aliases.items() if old in posterior})
    missing = sorted(set(lines) - set(named.data_vars))
    if missing:
        raise KeyError(f"The draws lack {', '.join(missing)}; they have {', '.join(map(str, posterior.data_vars))}.")
    return named[list(lines)].map(lambda draws: draws.copy(data=_LINE[lines[str(draws.name)]](draws.values)))


def worst_ess(draws: Any) -> tuple[float, str]:
    """Least bulk ESS over all elements, and the variable it belongs to; NaN (a variable that never moved) is least."""
    ess = az.ess(draws, method="bulk")
    least = {str(name): float(np.min(ess[name].values)) for name in ess.data_vars}
    name = min(least, key=lambda key: (not np.isnan(least[key]), least[key]))
    return least[name], name


def moments_of(draws: Any) -> dict[str, Moments]:
    """Means and standard deviations of every variable."""
    names = [str(name) for name in draws.data_vars]
    mean, sd = draws.mean(("chain", "draw")), draws.std(("chain", "draw"), ddof=1)
    mean_error, sd_error = az.mcse(draws, method="mean"), az.mcse(draws, method="sd")
    return {n: Moments(*(part[n].values for part in (mean, sd, mean_error, sd_error))) for n in names}


def pooled(fits: list[Mapping[str, Moments]]) -> dict[str, Moments]:
    """Several fits of one posterior, averaged; their errors are independent."""
    return {
        name: Moments(
            *(np.mean([getattr(fit[name], part) for fit in fits], axis=0) for part in ("mean", "sd")),
            *(_error_of_mean([getattr(fit[name], part) for fit in fits]) for part in ("mean_error", "sd_error")),
        )
        for name in fits[0]
    }


def distance(found: Mapping[str, Moments], truth: Mapping[str, Moments]) -> tuple[float, str]:
    """Largest difference of any mean or standard deviation, in combined errors, and where it is."""
    worst = (0.0, "")
    for name, one in found.items():
        other = truth[name]
        for what in ("mean", "sd"):
            error = np.hypot(getattr(one, f"{what}_error"), getattr(other, f"{what}_error"))
            score = np.abs(getattr(one, what) - getattr(other, what)) / error
            # A variable that never moved has no error: that is as far away as can be.
            score = np.where(np.isnan(score), np.inf, score)
            at = int(np.argmax(score))
            if score[at] > worst[0]:
                worst = (float(score[at]), f"{what} of {name}[{at}]")
    return worst


def _error_of_mean(errors: list[Array]) -> Array:
    error: Array = np.sqrt(np.sum(np.square(errors), axis=0)) / len(errors)
    return error
