"""Scales of many shapes: one for each coefficient, one for each type of group, one made by a covariance function."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.models.case import NONCENTERED, Case, Data, group_of, normal_effect, zipf_groups

PREDICTORS, SIGNALS = 30, (2.0, -1.5, 1.0, 0.7)
PERSONS, ITEMS = 100, 20
BASIS = 20


def horseshoe_data(seed: int) -> Data:
    """100 observations of 30 predictors, of which four matter."""
    rng = np.random.default_rng(seed)
    x, slopes = rng.normal(size=(100, PREDICTORS)), np.zeros(PREDICTORS)
    slopes[: len(SIGNALS)] = SIGNALS
    return {"x": x, "y": x @ slopes + rng.normal(size=100)}


def horseshoe_model(data: Data, way: str) -> Any:
    """A global scale times a local one for each slope."""
    import pymc as pm

    with pm.Model(coords={"predictor": np.arange(PREDICTORS)}) as model:
        sigma, tau = pm.HalfNormal("sigma", 2.0), pm.HalfCauchy("tau", 0.1)
        local = pm.HalfCauchy("local", 1.0, dims="predictor")
        slopes = normal_effect(way, "slopes", 0.0, tau * local, dims="predictor")
        pm.Normal("y", pm.math.dot(data["x"], slopes), sigma, observed=data["y"])
    return model


def types_data(seed: int) -> Data:
    """60 unbalanced groups of three types that vary by 0.1, 0.6 and 2."""
    rng = np.random.default_rng(seed)
    of_type = rng.integers(0, 3, 60)
    group = zipf_groups(rng, 60, 1.5, 100)
    theta = rng.normal(1.0, np.array([0.1, 0.6, 2.0])[of_type])
    return {"type": of_type, "group": group, "y": rng.normal(theta[group], 1.0)}


def types_model(data: Data, way: str) -> Any:
    """A scale for each type of group."""
    import pymc as pm

    with pm.Model(coords={**group_of(data["group"]), "type": np.arange(3)}) as model:
        mu, tau = pm.Normal("mu", 0.0, 2.0), pm.HalfNormal("tau", 2.0, dims="type")
        theta = normal_effect(way, "theta", mu, tau[data["type"]])
        pm.Normal("y", theta[data["group"]], pm.HalfNormal("sigma", 2.0), observed=data["y"])
    return model


def items_data(seed: int) -> Data:
    """100 persons answer 20 items that discriminate differently."""
    rng = np.random.default_rng(seed)
    ability, discrimination = rng.normal(size=PERSONS), np.exp(rng.normal(0.0, 0.4, ITEMS))
    difficulty = rng.normal(size=ITEMS)
    person, item = np.divmod(np.arange(PERSONS * ITEMS), ITEMS)
    eta = discrimination[item] * (ability[person] - difficulty[item])
    return {"person": person, "item": item, "y": rng.binomial(1, 1 / (1 + np.exp(-eta)))}


def items_model(data: Data, way: str) -> Any:
    """An effect times a difference of effects (2PL)."""
    import pymc as pm

    with pm.Model(coords={"person": np.arange(PERSONS), "item": np.arange(ITEMS)}) as model:
        spread, of_discrimination = pm.HalfNormal("spread", 1.0), pm.HalfNormal("of_discrimination", 1.0)
        ability = pm.Normal("ability", 0.0, 1.0, dims="person")
        log_discrimination = normal_effect(way, "log_discrimination", 0.0, of_discrimination, dims="item")
        difficulty = normal_effect(way, "difficulty", pm.Normal("mu", 0.0, 1.0), spread, dims="item")
        distance = ability[data["person"]] - difficulty[data["item"]]
        eta = pm.math.exp(log_discrimination)[data["item"]] * distance
        pm.Bernoulli("y", logit_p=eta, observed=data["y"])
    return model


def process_data(seed: int) -> Data:
    """120 counts along a line."""
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-2.0, 2.0, 120))
    return {"x": x, "y": rng.poisson(np.exp(1.0 + np.sin(2.0 * x) + 0.5 * x))}


def process_model(data: Data, way: str) -> Any:
    """A Gaussian process by 20 basis functions, whose spreads its length scale and amplitude make."""
    import pymc as pm

    with pm.Model() as model:
        length, amplitude = pm.InverseGamma("length", 5.0, 5.0), pm.HalfNormal("amplitude", 1.0)
        mu = pm.Normal("mu", 0.0, 2.0)
        covariance = amplitude**2 * pm.gp.cov.Matern52(1, ls=length)
        process = pm.gp.HSGP(m=[BASIS], c=1.5, cov_func=covariance, parametrization=way)
        pm.Poisson("y", pm.math.exp(mu + process.prior("f", X=data["x"][:, None])), observed=data["y"])
    return model


CASES = (
    Case(
        "horseshoe",
        None,
        horseshoe_data,
        horseshoe_model,
        {"sigma": "log", "tau": "log", "local": "log", "slopes": "identity"},
        groups=PREDICTORS,
        data_seed=1,
    ),
    Case(
        "scales_by_type",
        None,
        types_data,
        types_model,
        {"mu": "identity", "tau": "log", "sigma": "log", "theta": "identity"},
        groups=60,
        data_seed=3,
    ),
    Case(
        "item_response",
        None,
        items_data,
        items_model,
        {
            "mu": "identity",
            "spread": "log",
            "of_discrimination": "log",
            "ability": "identity",
            "log_discrimination": "identity",
            "difficulty": "identity",
        },
        groups=ITEMS,
        data_seed=6,
    ),
    Case(
        "gaussian_process",
        None,
        process_data,
        process_model,
        {"mu": "identity", "length": "log", "amplitude": "log", "f": "identity"},
        groups=BASIS,
        ours=(NONCENTERED,),
        data_seed=4,
    ),
)
