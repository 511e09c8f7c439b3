"""Reference models, written by hand: log densities of the models of the table, from SciPy and not from PyMC.

Each is a function from the values of the free variables, by name and as the model has them, to all terms of the log
density, constants included, in one array.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import stats
from tests.models import ERRORS, ESTIMATES, GROUP, VALUES

Values = Mapping[str, Any]
DENSITIES: dict[str, Callable[[Values], Any]] = {}


def density_of(*names: str) -> Callable[[Callable[[Values], list[Any]]], Callable[[Values], list[Any]]]:
    def enter(terms: Callable[[Values], list[Any]]) -> Callable[[Values], list[Any]]:
        for name in names:
            DENSITIES[name] = lambda v: np.concatenate([np.ravel(term) for term in terms(v)])
        return terms

    return enter


def normal(value: Any, location: Any, scale: Any) -> Any:
    return stats.norm.logpdf(value, location, scale)


def _y(theta: Any, scale: float = 1.0) -> Any:
    return normal(np.array([1.0, 2.0, 4.0]), theta, scale)


@density_of("eight_schools")
def _(v: Values) -> list[Any]:
    population = [normal(v["mu"], 0, 5), stats.halfcauchy.logpdf(v["tau"], scale=5)]
    return [*population, normal(v["theta"], v["mu"], v["tau"]), normal(ESTIMATES, v["theta"], ERRORS)]


@density_of("unbalanced")
def _(v: Values) -> list[Any]:
    population = [normal(v["mu"], 0, 5), stats.halfnorm.logpdf(v["tau"], scale=5)]
    return [*population, normal(v["theta"], v["mu"], v["tau"]), normal(VALUES, v["theta"][GROUP], 2.0)]


def _usual(v: Values) -> list[Any]:
    return [normal(v["mu"], 1, 5), stats.halfnorm.logpdf(v["tau"], scale=5)]


@density_of("initial_values", "initial_arrays")
def _(v: Values) -> list[Any]:
    return [*_usual(v), normal(v["theta"], v["mu"], v["tau"]), _y(v["theta"])]


@density_of("student_t")
def _(v: Values) -> list[Any]:
    return [*_usual(v), stats.t.logpdf(v["theta"], 4, v["mu"], v["tau"]), _y(v["theta"])]


@density_of("log_normal")
def _(v: Values) -> list[Any]:
    population = [normal(v["mu"], 0, 1), stats.expon.logpdf(v["tau"], scale=0.5)]
    log_rate = np.log(v["rate"])
    counts = stats.poisson.logpmf([0, 1, 5, 20], v["rate"])
    return [*population, normal(log_rate, v["mu"], v["tau"]) - log_rate, counts]


@density_of("int_scale")
def _(v: Values) -> list[Any]:
    return [normal(v["mu"], 1, 5), normal(v["theta"], v["mu"], 2.0), _y(v["theta"])]


@density_of("float64_scale")
def _(v: Values) -> list[Any]:
    return [normal(v["mu"], 1, 5), normal(v["theta"], v["mu"], 2.5), _y(v["theta"])]


@density_of("int_location")
def _(v: Values) -> list[Any]:
    return [stats.halfnorm.logpdf(v["tau"], scale=5), normal(v["theta"], 2.0, v["tau"]), _y(v["theta"])]


@density_of("exponential_prior")
def _(v: Values) -> list[Any]:
    population = [normal(v["mu"], 1, 5), stats.expon.logpdf(v["tau"], scale=2)]
    return [*population, normal(v["theta"], v["mu"], v["tau"]), _y(v["theta"])]


@density_of("two_dims")
def _(v: Values) -> list[Any]:
    y = np.arange(6.0).reshape(2, 3)
    return [*_usual(v), normal(v["theta"], v["mu"], v["tau"]), normal(y, v["theta"], 1.0)]


@density_of("scales_by_type")
def _(v: Values) -> list[Any]:
    scale = v["tau"][[0, 0, 1, 1]]
    return [*_usual(v), normal(v["theta"], v["mu"], scale), normal(np.arange(4.0), v["theta"], 1.0)]


@density_of("nested")
def _(v: Values) -> list[Any]:
    scales = [stats.halfnorm.logpdf(v[name], scale=5) for name in ("tau_district", "tau_school")]
    district, school = v["district"], v["school"]
    effects = [normal(district, v["mu"], v["tau_district"]), normal(school, district[[0, 0, 1, 1]], v["tau_school"])]
    return [normal(v["mu"], 1, 5), *scales, *effects, normal(np.arange(4.0), school, 1.0)]


@density_of("shared_mean")
def _(v: Values) -> list[Any]:
    scales = [stats.halfnorm.logpdf(v[name], scale=5) for name in ("tau_a", "tau_b")]
    effects = [normal(v["a"], v["mu"], v["tau_a"]), normal(v["b"], v["mu"], v["tau_b"])]
    return [normal(v["mu"], 1, 5), *scales, *effects, _y(v["a"]), normal([1.0, 2.0], v["b"], 1.0)]


@density_of("potential_and_deterministic")
def _(v: Values) -> list[Any]:
    population = [normal(v["mu"], 1, 5), normal(v["log_tau"], 0, 1)]
    effects = normal(v["theta"], v["mu"], np.exp(v["log_tau"]))
    return [*population, effects, -0.5 * (v["theta"] - 3.0) ** 2, _y(v["theta"])]


@density_of("scalar_effect")
def _(v: Values) -> list[Any]:
    return [*_usual(v), normal(v["theta"], v["mu"], v["tau"]), normal(2.0, v["theta"], 1.0)]


@density_of("prior_of_a_prior")
def _(v: Values) -> list[Any]:
    scales = [stats.halfnorm.logpdf(v["width"], scale=2), stats.halfnorm.logpdf(v["tau"], scale=v["width"])]
    return [normal(v["mu"], 1, 5), *scales, normal(v["theta"], v["mu"], v["tau"]), _y(v["theta"])]
