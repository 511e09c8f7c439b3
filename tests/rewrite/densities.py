"""Reference models, written by hand: log densities of the models of the table, without PyMC.

Each is a function from the values of the free variables, by name and as the model has them, to all terms of the log
density, constants included, in one array.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.special import erfcinv, erfinv, gammaln, xlogy
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
    return -0.5 * ((value - location) / scale) ** 2 - np.log(scale) - 0.5 * np.log(2.0 * np.pi)


def student_t(value: Any, degrees: float, location: Any, scale: Any) -> Any:
    constant = gammaln((degrees + 1) / 2) - gammaln(degrees / 2) - 0.5 * np.log(degrees * np.pi)
    kernel = -0.5 * (degrees + 1) * np.log1p(((value - location) / scale) ** 2 / degrees)
    return constant - np.log(scale) + kernel


class HalfNormal:
    """A prior of scales: log density, and quantiles from the lower and from the upper tail."""

    @staticmethod
    def log_density(value: Any, width: Any) -> Any:
        return np.log(2.0) + normal(value, 0.0, width)

    @staticmethod
    def quantiles(tail: Any, width: Any) -> tuple[Any, Any]:
        return np.sqrt(2.0) * width * erfinv(tail), np.sqrt(2.0) * width * erfcinv(tail)


class HalfCauchy:
    @staticmethod
    def log_density(value: Any, width: Any) -> Any:
        return np.log(2.0 / np.pi) - np.log(width) - np.log1p((value / width) ** 2)

    @staticmethod
    def quantiles(tail: Any, width: Any) -> tuple[Any, Any]:
        return width * np.tan(0.5 * np.pi * tail), width / np.tan(0.5 * np.pi * tail)


class Exponential:
    @staticmethod
    def log_density(value: Any, width: Any) -> Any:
        return -np.log(width) - value / width

    @staticmethod
    def quantiles(tail: Any, width: Any) -> tuple[Any, Any]:
        return -width * np.log1p(-tail), -width * np.log(tail)


def _y(theta: Any, scale: float = 1.0) -> Any:
    return normal(np.array([1.0, 2.0, 4.0]), theta, scale)


@density_of("eight_schools")
def _(v: Values) -> list[Any]:
    population = [normal(v["mu"], 0, 5), HalfCauchy.log_density(v["tau"], 5)]
    return [*population, normal(v["theta"], v["mu"], v["tau"]), normal(ESTIMATES, v["theta"], ERRORS)]


@density_of("unbalanced")
def _(v: Values) -> list[Any]:
    population = [normal(v["mu"], 0, 5), HalfNormal.log_density(v["tau"], 5)]
    return [*population, normal(v["theta"], v["mu"], v["tau"]), normal(VALUES, v["theta"][GROUP], 2.0)]


def _usual(v: Values) -> list[Any]:
    return [normal(v["mu"], 1, 5), HalfNormal.log_density(v["tau"], 5)]


@density_of("initial_values", "initial_arrays")
def _(v: Values) -> list[Any]:
    return [*_usual(v), normal(v["theta"], v["mu"], v["tau"]), _y(v["theta"])]


@density_of("student_t")
def _(v: Values) -> list[Any]:
    return [*_usual(v), student_t(v["theta"], 4, v["mu"], v["tau"]), _y(v["theta"])]


@density_of("log_normal")
def _(v: Values) -> list[Any]:
    population = [normal(v["mu"], 0, 1), Exponential.log_density(v["tau"], 0.5)]
    log_rate = np.log(v["rate"])
    counts = np.array([0.0, 1.0, 5.0, 20.0])
    counts = xlogy(counts, v["rate"]) - v["rate"] - gammaln(counts + 1.0)
    return [*population, normal(log_rate, v["mu"], v["tau"]) - log_rate, counts]


@density_of("int_scale")
def _(v: Values) -> list[Any]:
    return [normal(v["mu"], 1, 5), normal(v["theta"], v["mu"], 1000.0), _y(v["theta"])]


@density_of("float64_scale")
def _(v: Values) -> list[Any]:
    return [normal(v["mu"], 1, 5), normal(v["theta"], v["mu"], 2.5), _y(v["theta"])]


@density_of("int_location")
def _(v: Values) -> list[Any]:
    return [HalfNormal.log_density(v["tau"], 5), normal(v["theta"], 2.0, v["tau"]), _y(v["theta"])]


@density_of("exponential_prior")
def _(v: Values) -> list[Any]:
    population = [normal(v["mu"], 1, 5), Exponential.log_density(v["tau"], 2)]
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
    scales = [HalfNormal.log_density(v[name], 5) for name in ("tau_district", "tau_school")]
    district, school = v["district"], v["school"]
    effects = [normal(district, v["mu"], v["tau_district"]), normal(school, district[[0, 0, 1, 1]], v["tau_school"])]
    return [normal(v["mu"], 1, 5), *scales, *effects, normal(np.arange(4.0), school, 1.0)]


@density_of("shared_mean")
def _(v: Values) -> list[Any]:
    scales = [HalfNormal.log_density(v[name], 5) for name in ("tau_a", "tau_b")]
    effects = [normal(v["a"], v["mu"], v["tau_a"]), normal(v["b"], v["mu"], v["tau_b"])]
    return [normal(v["mu"], 1, 5), *scales, *effects, _y(v["a"]), normal(np.array([1.0, 2.0]), v["b"], 1.0)]


@density_of("potential_and_deterministic")
def _(v: Values) -> list[Any]:
    population = [normal(v["mu"], 1, 5), normal(v["log_tau"], 0, 1)]
    effects = normal(v["theta"], v["mu"], np.exp(v["log_tau"]))
    return [*population, effects, -0.5 * (v["theta"] - 3.0) ** 2, _y(v["theta"])]


@density_of("mean_in_a_potential")
def _(v: Values) -> list[Any]:
    on_mu = -0.5 * (v["mu"] - 2.0) ** 2
    return [*_usual(v), on_mu, normal(v["theta"], v["mu"], v["tau"]), _y(v["theta"])]


@density_of("scalar_effect")
def _(v: Values) -> list[Any]:
    return [*_usual(v), normal(v["theta"], v["mu"], v["tau"]), normal(2.0, v["theta"], 1.0)]


@density_of("prior_of_a_prior")
def _(v: Values) -> list[Any]:
    scales = [HalfNormal.log_density(v["width"], 2), HalfNormal.log_density(v["tau"], v["width"])]
    return [normal(v["mu"], 1, 5), *scales, normal(v["theta"], v["mu"], v["tau"]), _y(v["theta"])]


@density_of("scales_of_their_own")
def _(v: Values) -> list[Any]:
    population = [normal(v["level"], 0, 1), HalfNormal.log_density(v["spread"], 5), normal(v["mu"], 1, 5)]
    effects = [normal(v["log_tau"], v["level"], v["spread"]), normal(v["theta"], v["mu"], np.exp(v["log_tau"]))]
    return [*population, *effects, _y(v["theta"])]


@density_of("flat_mean")
def _(v: Values) -> list[Any]:
    return [HalfNormal.log_density(v["tau"], 5), normal(v["theta"], v["mu"], v["tau"]), _y(v["theta"])]


@density_of("regression_on_groups")
def _(v: Values) -> list[Any]:
    location = v["mu"] + v["slope"] * np.array([-1.0, 0.0, 1.0])
    return [*_usual(v), normal(v["slope"], 0, 1), normal(v["theta"], location, v["tau"]), _y(v["theta"])]


@density_of("unknown_scale_prior")
def _(v: Values) -> list[Any]:
    """tau ~ Wald(3, 5)."""
    tau = v["tau"]
    prior = 0.5 * np.log(5.0 / (2.0 * np.pi)) - 1.5 * np.log(tau) - 5.0 * (tau - 3.0) ** 2 / (2.0 * 9.0 * tau)
    return [normal(v["mu"], 1, 5), prior, normal(v["theta"], v["mu"], v["tau"]), _y(v["theta"])]


@density_of("noncentered_by_hand")
def _(v: Values) -> list[Any]:
    return [*_usual(v), normal(v["z"], 0, 1), _y(v["mu"] + v["tau"] * v["z"])]


@density_of("free_noise")
def _(v: Values) -> list[Any]:
    y = normal(np.array([1.0, 2.0, 3.0, 3.0, 4.0, 5.0]), v["theta"][[0, 0, 1, 1, 2, 2]], v["sigma"])
    return [*_usual(v), HalfNormal.log_density(v["sigma"], 3), normal(v["theta"], v["mu"], v["tau"]), y]
