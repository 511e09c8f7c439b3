"""Log densities of the models in which effects share their data with other parameters, written by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.mixed_models import GROUP, ITEM, KIND, PREDICTORS, WIDE, WINS, X, Y
from tests.rewrite.densities import HalfNormal, Values, density_of, normal

PERSON = np.repeat(np.arange(4), 3)
SIZE = np.array([-1.0, 0.5, 2.0])


def bernoulli(wins: Any, log_odds: Any) -> Any:
    return wins * log_odds - np.logaddexp(0.0, log_odds)


def _scales(v: Values, *names: str) -> list[Any]:
    return [HalfNormal.log_density(v[name], 5) for name in names]


def _fixed(v: Values) -> list[Any]:
    widths = [normal(v["b0"], 1, 5), normal(v["b1"], 0, 2), HalfNormal.log_density(v["sigma"], 3)]
    return [*widths, *_scales(v, "tau")]


@density_of("siblings")
def _(v: Values) -> list[Any]:
    population = [normal(v["mu_a"], 1, 5), normal(v["mu_b"], 0, 2), HalfNormal.log_density(v["sigma"], 3)]
    effects = [normal(v["a"], v["mu_a"], v["tau_a"]), normal(v["b"], v["mu_b"], v["tau_b"])]
    y = normal(Y, v["a"][GROUP] + v["b"][GROUP] * X, v["sigma"])
    return [*population, *_scales(v, "tau_a", "tau_b"), *effects, y]


@density_of("fixed_effects")
def _(v: Values) -> list[Any]:
    y = normal(Y, v["b0"] + v["b1"] * X + v["u"][GROUP], v["sigma"])
    return [*_fixed(v), normal(v["u"], 0, v["tau"]), y]


@density_of("fixed_by_hand", "index_first")
def _(v: Values) -> list[Any]:
    y = normal(Y, v["b0"] + v["b1"] * X + v["tau"] * v["z"][GROUP], v["sigma"])
    return [*_fixed(v), normal(v["z"], 0, 1), y]


@density_of("location_by_hand")
def _(v: Values) -> list[Any]:
    population = [normal(v["mu"], 1, 5), normal(v["b1"], 0, 2), HalfNormal.log_density(v["sigma"], 3)]
    theta = v["mu"] + v["tau"] * v["z"]
    return [*population, *_scales(v, "tau"), normal(v["z"], 0, 1), normal(Y, theta[GROUP] + v["b1"] * X, v["sigma"])]


@density_of("bambi")
def _(v: Values) -> list[Any]:
    population = [normal(v["Intercept"], 0.5, 2.5), normal(v["x"], 0, 2.5), HalfNormal.log_density(v["sigma"], 3)]
    group = (v["1|g_sigma"] * v["1|g_offset"])[GROUP]
    y = normal(Y, v["Intercept"] + v["x"] * (X - X.mean()) + group, v["sigma"])
    return [*population, *_scales(v, "1|g_sigma"), normal(v["1|g_offset"], 0, 1), y]


@density_of("crossed")
def _(v: Values) -> list[Any]:
    effects = [normal(v["person"], 0, v["tau_person"]), normal(v["item"], 0, v["tau_item"])]
    return [*_scales(v, "tau_person", "tau_item"), *effects, bernoulli(WINS, v["person"][PERSON] - v["item"][ITEM])]


@density_of("crossed_with_a_mean")
def _(v: Values) -> list[Any]:
    effects = [normal(v["person"], 0, v["tau_person"]), normal(v["item"], v["ease"], v["tau_item"])]
    scales = [normal(v["ease"], 1, 2), *_scales(v, "tau_person", "tau_item")]
    return [*scales, *effects, bernoulli(WINS, v["person"][PERSON] + v["item"][ITEM])]


@density_of("crossed_of_equal_length")
def _(v: Values) -> list[Any]:
    effects = [normal(v["row"], 0, v["tau_row"]), normal(v["column"], 0, v["tau_column"])]
    return [*_scales(v, "tau_row", "tau_column"), *effects, normal(Y, v["row"][GROUP] + v["column"][ITEM], 1.0)]


@density_of("coefficients")
def _(v: Values) -> list[Any]:
    beta = normal(v["beta"], np.array([0.0, 1.0, 2.0, -1.0]), 2.0)
    return [
        *_scales(v, "tau"),
        beta,
        normal(v["u"], 0, v["tau"]),
        normal(Y, PREDICTORS @ v["beta"] + v["u"][GROUP], 1.0),
    ]


@density_of("too_many_coefficients")
def _(v: Values) -> list[Any]:
    y = normal(Y, WIDE @ v["beta"] + v["u"][GROUP], 1.0)
    return [*_scales(v, "tau"), normal(v["beta"], 0, 0.2), normal(v["u"], 0, v["tau"]), y]


@density_of("three_levels")
def _(v: Values) -> list[Any]:
    scales = _scales(v, "tau_region", "tau_district", "tau_school")
    region = normal(v["region"], v["mu"], v["tau_region"])
    district = normal(v["district"], v["region"][[0, 1, 1]], v["tau_district"])
    school = normal(v["school"], v["district"][[0, 0, 1, 2]], v["tau_school"])
    return [normal(v["mu"], 1, 5), *scales, region, district, school, normal(np.arange(4.0), v["school"], 1.0)]


@density_of("mutable_data")
def _(v: Values) -> list[Any]:
    y = normal(Y, v["b0"] + v["b1"] * X + v["u"][GROUP], v["sigma"])
    return [*_fixed(v), normal(v["gamma"], 0, 1), normal(v["u"], v["gamma"] * SIZE, v["tau"]), y]


@density_of("feeds_a_scale")
def _(v: Values) -> list[Any]:
    population = [normal(v["b0"], 0, 1), normal(v["b1"], 0, 2)]
    y = normal(Y, v["b0"] + v["b1"] * X + v["u"][GROUP], 1.0)
    return [*population, normal(v["u"], 0, np.exp(v["b0"])), y]


@density_of("noise_by_kind")
def _(v: Values) -> list[Any]:
    population = [normal(v["mu"], 1, 5), HalfNormal.log_density(v["sigma"], 3), *_scales(v, "tau")]
    return [*population, normal(v["theta"], v["mu"], v["tau"]), normal(Y, v["theta"][GROUP], v["sigma"][KIND])]


@density_of("potential_as_likelihood")
def _(v: Values) -> list[Any]:
    population = [normal(v["mu"], 1, 5), normal(v["b1"], 0, 2), *_scales(v, "tau")]
    effects = normal(v["theta"], v["mu"], v["tau"])
    return [*population, effects, -0.5 * (Y - v["theta"][GROUP] - v["b1"] * X) ** 2]
