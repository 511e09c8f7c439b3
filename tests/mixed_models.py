"""Small models in which effects share their data with other parameters: slopes, fixed effects, crossed factors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
from tests.model_table import CASES, EFFECT, NOISE, SCALE, SHARED, Case, case

from unfunnel.errors import Reason
from unfunnel.planning import Block

GROUP = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2])
ITEM = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])
X = np.random.default_rng(2).normal(size=12)
PREDICTORS = np.random.default_rng(3).normal(size=(12, 4))
Y = np.random.default_rng(4).normal(size=12)
WINS = np.array([0, 1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1])
WIDE = np.random.default_rng(5).normal(size=(12, 65))
KIND = np.array([0, 1] * 6)

FIXED_ROLES = {"b0": SHARED, "b1": SHARED, "tau": SCALE, "sigma": NOISE, "u": EFFECT}
BY_HAND_ROLES = {"b0": SHARED, "b1": SHARED, "tau": SCALE, "sigma": NOISE, "z": EFFECT}
FIXED = Block(("u",), ("b0", "b1"), direct=("b0", "b1"), noise="y")
BY_HAND = Block(("z",), ("b0", "b1"), direct=("b0", "b1"), noise="y")


def _fixed() -> tuple[Any, Any, Any, Any]:
    return pm.Normal("b0", 1, 5), pm.Normal("b1", 0, 2), pm.HalfNormal("tau", 5), pm.HalfNormal("sigma", 3)


@case(
    {
        "mu_a": SHARED,
        "mu_b": SHARED,
        "tau_a": SCALE,
        "tau_b": SCALE,
        "sigma": NOISE,
        "a": EFFECT,
        "b": EFFECT,
    },
    scales={"a": ("tau_a",), "b": ("tau_b",)},
    blocks=[Block(("a", "b"), ("mu_a", "mu_b"), noise="y")],
)
def siblings() -> None:
    mu_a, mu_b = pm.Normal("mu_a", 1, 5), pm.Normal("mu_b", 0, 2)
    tau_a, tau_b, sigma = pm.HalfNormal("tau_a", 5), pm.HalfNormal("tau_b", 5), pm.HalfNormal("sigma", 3)
    a, b = pm.Normal("a", mu_a, tau_a, shape=3), pm.Normal("b", mu_b, tau_b, shape=3)
    pm.Normal("y", a[GROUP] + b[GROUP] * X, sigma, observed=Y)


@case(FIXED_ROLES, scales={"u": ("tau",)}, blocks=[FIXED])
def fixed_effects() -> None:
    b0, b1, tau, sigma = _fixed()
    u = pm.Normal("u", 0, tau, shape=3)
    pm.Normal("y", b0 + b1 * X + u[GROUP], sigma, observed=Y)


@case(BY_HAND_ROLES, scales={"z": ("tau",)}, blocks=[BY_HAND], by_hand=["z"])
def fixed_by_hand() -> None:
    b0, b1, tau, sigma = _fixed()
    u = pm.Deterministic("u", tau * pm.Normal("z", 0, 1, shape=3))
    pm.Normal("y", b0 + b1 * X + u[GROUP], sigma, observed=Y)


@case(
    {"mu": SHARED, "b1": SHARED, "tau": SCALE, "sigma": NOISE, "z": EFFECT},
    scales={"z": ("tau",)},
    blocks=[Block(("z",), ("mu", "b1"), direct=("b1",), noise="y")],
    by_hand=["z"],
)
def location_by_hand() -> None:
    mu, b1 = pm.Normal("mu", 1, 5), pm.Normal("b1", 0, 2)
    tau, sigma = pm.HalfNormal("tau", 5), pm.HalfNormal("sigma", 3)
    theta = pm.Deterministic("theta", mu + tau * pm.Normal("z", 0, 1, shape=3))
    pm.Normal("y", b1 * X + theta[GROUP], sigma, observed=Y)


@case(BY_HAND_ROLES, scales={"z": ("tau",)}, blocks=[BY_HAND], by_hand=["z"])
def index_first() -> None:
    b0, b1, tau, sigma = _fixed()
    z = pm.Normal("z", 0, 1, shape=3)
    pm.Normal("y", b0 + b1 * X + z[GROUP] * tau, sigma, observed=Y)


@case(
    {"Intercept": SHARED, "x": SHARED, "1|g_sigma": SCALE, "1|g_offset": EFFECT, "sigma": NOISE},
    scales={"1|g_offset": ("1|g_sigma",)},
    blocks=[Block(("1|g_offset",), ("Intercept", "x"), direct=("Intercept", "x"), noise="y")],
    by_hand=["1|g_offset"],
)
def bambi() -> None:
    """As Bambi writes `y ~ x + (1|g)`."""
    pm.modelcontext(None).add_coords({"g__factor_dim": ["a", "b", "c"], "__obs__": np.arange(12)})
    intercept, x = pm.Normal("Intercept", 0.5, 2.5), pm.Normal("x", 0, 2.5)
    scale = pm.HalfNormal("1|g_sigma", 5)
    offset = pm.Normal("1|g_offset", 0, 1, dims="g__factor_dim")
    group = pm.Deterministic("1|g", offset * scale, dims="g__factor_dim")
    centred = (X - X.mean())[:, None]
    common = intercept + pm.math.dot(centred, pm.math.stack([x]))
    mu = pm.Deterministic("mu", common + group[GROUP], dims="__obs__")
    pm.Normal("y", mu, pm.HalfNormal("sigma", 3), observed=Y, dims="__obs__")


@case(
    {"tau_person": SCALE, "tau_item": SCALE, "person": EFFECT, "item": EFFECT},
    scales={"person": ("tau_person",), "item": ("tau_item",)},
    blocks=[Block(("person",), ("item",), direct=("item",))],
)
def crossed() -> None:
    tau_person, tau_item = pm.HalfNormal("tau_person", 5), pm.HalfNormal("tau_item", 5)
    person, item = pm.Normal("person", 0, tau_person, shape=4), pm.Normal("item", 0, tau_item, shape=3)
    pm.Bernoulli("y", logit_p=person[np.repeat(np.arange(4), 3)] - item[ITEM], observed=WINS)


@case(
    {"ease": SHARED, "tau_person": SCALE, "tau_item": SCALE, "person": EFFECT, "item": EFFECT},
    scales={"person": ("tau_person",), "item": ("tau_item",)},
    blocks=[Block(("person",), ("item", "ease"), direct=("item",))],
)
def crossed_with_a_mean() -> None:
    ease = pm.Normal("ease", 1, 2)
    tau_person, tau_item = pm.HalfNormal("tau_person", 5), pm.HalfNormal("tau_item", 5)
    person, item = pm.Normal("person", 0, tau_person, shape=4), pm.Normal("item", ease, tau_item, shape=3)
    pm.Bernoulli("y", logit_p=person[np.repeat(np.arange(4), 3)] + item[ITEM], observed=WINS)


@case(
    {"tau_row": SCALE, "tau_column": SCALE, "row": EFFECT, "column": EFFECT},
    scales={"row": ("tau_row",), "column": ("tau_column",)},
    blocks=[Block(("row",), ("column",), direct=("column",))],
)
def crossed_of_equal_length() -> None:
    """One shape, other indices: not an intercept and its slope."""
    tau_row, tau_column = pm.HalfNormal("tau_row", 5), pm.HalfNormal("tau_column", 5)
    row, column = pm.Normal("row", 0, tau_row, shape=3), pm.Normal("column", 0, tau_column, shape=3)
    pm.Normal("y", row[GROUP] + column[ITEM], 1.0, observed=Y)


@case(
    {"beta": SHARED, "tau": SCALE, "u": EFFECT},
    scales={"u": ("tau",)},
    blocks=[Block(("u",), ("beta",), direct=("beta",))],
)
def coefficients() -> None:
    beta, tau = pm.Normal("beta", [0.0, 1.0, 2.0, -1.0], 2.0, shape=4), pm.HalfNormal("tau", 5)
    pm.Normal("y", PREDICTORS @ beta + pm.Normal("u", 0, tau, shape=3)[GROUP], 1.0, observed=Y)


@case(
    {"beta": SHARED, "tau": SCALE, "u": EFFECT},
    scales={"u": ("tau",)},
    blocks=[Block(("u",))],
    left_out=["beta"],
)
def too_many_coefficients() -> None:
    beta, tau = pm.Normal("beta", 0.0, 0.2, shape=65), pm.HalfNormal("tau", 5)
    pm.Normal("y", WIDE @ beta + pm.Normal("u", 0, tau, shape=3)[GROUP], 1.0, observed=Y)


@case(
    {
        "mu": SHARED,
        "tau_region": SCALE,
        "tau_district": SCALE,
        "tau_school": SCALE,
        "region": EFFECT,
        "district": EFFECT,
        "school": EFFECT,
    },
    scales={"region": ("tau_region",), "district": ("tau_district",), "school": ("tau_school",)},
    blocks=[Block(("school",), ("district", "region", "mu"))],
)
def three_levels() -> None:
    mu = pm.Normal("mu", 1, 5)
    scales = [pm.HalfNormal(f"tau_{level}", 5) for level in ("region", "district", "school")]
    region = pm.Normal("region", mu, scales[0], shape=2)
    district = pm.Normal("district", region[np.array([0, 1, 1])], scales[1], shape=3)
    school = pm.Normal("school", district[np.array([0, 0, 1, 2])], scales[2], shape=4)
    pm.Normal("y", school, 1.0, observed=np.arange(4.0))


@case(
    {"b0": SHARED, "b1": SHARED, "tau": SCALE, "sigma": NOISE, "gamma": SHARED, "u": EFFECT},
    scales={"u": ("tau",)},
    blocks=[Block(("u",), ("b0", "b1", "gamma"), direct=("b0", "b1"), noise="y")],
)
def mutable_data() -> None:
    """Index, predictors of observations and of groups as data that may change."""
    pm.modelcontext(None).add_coords({"group": ["a", "b", "c"], "observation": np.arange(12)})
    index = pm.Data("index", GROUP, dims="observation")
    x, size = pm.Data("x", X, dims="observation"), pm.Data("size", [-1.0, 0.5, 2.0], dims="group")
    b0, b1, tau, sigma = _fixed()
    u = pm.Normal("u", pm.Normal("gamma", 0, 1) * size, tau, dims="group")
    pm.Normal("y", b0 + b1 * x + u[index], sigma, observed=pm.Data("values", Y, dims="observation"), dims="observation")


@case(
    {"b0": SCALE, "b1": SHARED, "u": EFFECT},
    scales={"u": ("b0",)},
    reasons={"b0": Reason.NO_SCALE_CHART},
    blocks=[Block(("u",), ("b1",), direct=("b1",))],
)
def feeds_a_scale() -> None:
    """What a scale depends on cannot be charted by what that scale says."""
    b0, b1 = pm.Normal("b0", 0, 1), pm.Normal("b1", 0, 2)
    u = pm.Normal("u", 0, pm.math.exp(b0), shape=3)
    pm.Normal("y", b0 + b1 * X + u[GROUP], 1.0, observed=Y)


@case(
    {"mu": SHARED, "tau": SCALE, "sigma": NOISE, "theta": EFFECT},
    scales={"theta": ("tau",)},
    blocks=[Block(("theta",), ("mu",))],
)
def noise_by_kind() -> None:
    mu, tau, sigma = pm.Normal("mu", 1, 5), pm.HalfNormal("tau", 5), pm.HalfNormal("sigma", 3, shape=2)
    theta = pm.Normal("theta", mu, tau, shape=3)
    pm.Normal("y", theta[GROUP], sigma[KIND], observed=Y)


@case(
    {"mu": SHARED, "b1": SHARED, "tau": SCALE, "theta": EFFECT},
    scales={"theta": ("tau",)},
    blocks=[Block(("theta",), ("mu", "b1"), direct=("b1",))],
)
def potential_as_likelihood() -> None:
    mu, b1, tau = pm.Normal("mu", 1, 5), pm.Normal("b1", 0, 2), pm.HalfNormal("tau", 5)
    theta = pm.Normal("theta", mu, tau, shape=3)
    pm.Potential("likelihood", -0.5 * ((Y - theta[GROUP] - b1 * X) ** 2).sum())


@case(
    {"mean": SCALE, "spread": SCALE, "rate": EFFECT},
    scales={"rate": ("mean", "spread")},
    blocks=[Block(("rate",))],
)
def gamma_effects() -> None:
    mean, spread = pm.LogNormal("mean", 0, 1), pm.HalfNormal("spread", 2)
    rate = pm.Gamma("rate", mu=mean, sigma=spread, shape=4)
    pm.Poisson("y", rate, observed=[0, 1, 5, 20])


@case(
    {"mean": SCALE, "size": SCALE, "share": EFFECT},
    scales={"share": ("mean", "size")},
    blocks=[Block(("share",))],
)
def beta_effects() -> None:
    """Of baseball, with a prior on the mean and on the size of the prior's own sample."""
    mean, size = pm.Uniform("mean", 0, 1), pm.Exponential("size", 0.1)
    share = pm.Beta("share", mean * size, (1.0 - mean) * size, shape=4)
    pm.Binomial("y", 10, share, observed=[0, 1, 5, 10])


@case(
    {"b0": SHARED, "tau": SCALE, "u": EFFECT},
    scales={"u": ("tau",)},
    blocks=[Block(("u",), ("b0",), direct=("b0",))],
)
def zero_sum() -> None:
    """On the line such effects have one element less."""
    b0, tau = pm.Normal("b0", 1, 5), pm.HalfNormal("tau", 5)
    u = pm.ZeroSumNormal("u", tau, shape=3)
    pm.Normal("y", b0 + u[GROUP], 1.0, observed=Y)


# PyMC's own conditioning puts the free variables in the order of the graph.
CASES["data_after_do"] = Case(
    lambda: pm.do(CASES["mutable_data"].build(), {"b0": 0.5, "sigma": 1.5}),
    {"tau": SCALE, "gamma": SHARED, "u": EFFECT, "b1": SHARED},
    scales={"u": ("tau",)},
    blocks=[Block(("u",), ("gamma", "b1"), direct=("b1",))],
)
CASES["data_after_observe"] = Case(
    lambda: pm.observe(CASES["mutable_data"].build(), {"b1": 0.5}),
    {"sigma": NOISE, "tau": SCALE, "gamma": SHARED, "u": EFFECT, "b0": SHARED},
    scales={"u": ("tau",)},
    blocks=[Block(("u",), ("gamma", "b0"), direct=("b0",), noise="y")],
)
