"""Effects whose prior is not normal: StudentT, LogNormal, and Beta by mean and concentration."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.models.case import CENTERED, Case, Data, group_of, zipf_groups

GROUPS = 60


def student_data(seed: int) -> Data:
    """60 groups of 1 to 100 observations; some effects lie far out."""
    rng = np.random.default_rng(seed)
    group = zipf_groups(rng, GROUPS, 1.6, 100)
    return {"group": group, "y": rng.normal(1.0 + 0.7 * rng.standard_t(4, GROUPS)[group], 1.0)}


def student_model(data: Data, way: str, nu: float | None = 4.0) -> Any:
    """Effects with heavy tails, nu fixed or free, and unknown noise."""
    import pymc as pm

    with pm.Model(coords=group_of(data["group"])) as model:
        mu, tau, sigma = pm.Normal("mu", 0.0, 5.0), pm.HalfNormal("tau", 2.0), pm.HalfNormal("sigma", 2.0)
        degrees = pm.Gamma("nu", 2.0, 0.1) if nu is None else nu
        if way == CENTERED:
            theta = pm.StudentT("theta", nu=degrees, mu=mu, sigma=tau, dims="group")
        else:
            offset = pm.StudentT("theta_offset", nu=degrees, mu=0.0, sigma=1.0, dims="group")
            theta = pm.Deterministic("theta", mu + tau * offset, dims="group")
        pm.Normal("y", theta[data["group"]], sigma, observed=data["y"])
    return model


def student_free_model(data: Data, way: str) -> Any:
    """The same with unknown degrees of freedom, under the prior of Juárez & Steel (2010)."""
    return student_model(data, way, nu=None)


def lognormal_data(seed: int) -> Data:
    """Events in 60 places, most of which were watched for a short time and saw few."""
    rng = np.random.default_rng(seed)
    exposure = np.minimum(rng.zipf(1.8, size=GROUPS), 100).astype(float)
    return {"exposure": exposure, "y": rng.poisson(exposure * rng.lognormal(0.3, 0.7, GROUPS))}


def watched_data(seed: int) -> Data:
    """The same with exposures up to 600, so that most rates are known well and the centered model mixes."""
    rng = np.random.default_rng(seed)
    exposure = rng.uniform(1.0, 600.0, GROUPS)
    return {"exposure": exposure, "y": rng.poisson(exposure * rng.lognormal(0.3, 0.7, GROUPS))}


def lognormal_model(data: Data, way: str) -> Any:
    """Rates, positive and skewed."""
    import pymc as pm

    with pm.Model(coords={"group": np.arange(GROUPS)}) as model:
        mu, tau = pm.Normal("mu", 0.0, 2.0), pm.HalfNormal("tau", 1.0)
        if way == CENTERED:
            rate = pm.LogNormal("rate", mu, tau, dims="group")
        else:
            offset = pm.Normal("rate_offset", 0.0, 1.0, dims="group")
            rate = pm.Deterministic("rate", pm.math.exp(mu + tau * offset), dims="group")
        pm.Poisson("y", data["exposure"] * rate, observed=data["y"], dims="group")
    return model


def beta_data(seed: int) -> Data:
    """Successes of 60 players, most of them with few attempts."""
    rng = np.random.default_rng(seed)
    attempts = np.minimum(2 + rng.zipf(1.5, size=GROUPS), 400)
    return {"n": attempts, "y": rng.binomial(attempts, rng.beta(0.3 * 20, 0.7 * 20, GROUPS))}


def beta_model(data: Data, way: str) -> Any:
    """Rates by their mean phi and concentration kappa, as in Stan's case study on repeated binary trials."""
    import pymc as pm

    with pm.Model(coords={"group": np.arange(GROUPS)}) as model:
        phi, kappa = pm.Beta("phi", 1.0, 1.0), pm.LogNormal("kappa", 3.0, 1.0)
        theta = pm.Beta("theta", phi * kappa, (1.0 - phi) * kappa, dims="group")
        pm.Binomial("y", n=data["n"], p=theta, observed=data["y"], dims="group")
    return model


_STUDENT = {"mu": "identity", "tau": "log", "sigma": "log", "theta": "identity"}
_LOGNORMAL = {"mu": "identity", "tau": "log", "rate": "log"}
_BETA = {"phi": "logit", "kappa": "log", "theta": "logit"}
CASES = (
    Case("student", 120, student_data, student_model, _STUDENT, groups=GROUPS, data_seed=7),
    Case("student_free", None, student_data, student_free_model, {**_STUDENT, "nu": "log"}, groups=GROUPS, data_seed=7),
    Case("lognormal", 150, lognormal_data, lognormal_model, _LOGNORMAL, groups=GROUPS, data_seed=8),
    Case("lognormal_watched", 150, watched_data, lognormal_model, _LOGNORMAL, groups=GROUPS, data_seed=8),
    # A Beta has no location and scale to take out by hand: people write it only one way.
    Case("beta", 100, beta_data, beta_model, _BETA, groups=GROUPS, ways=(CENTERED,), data_seed=9),
)
