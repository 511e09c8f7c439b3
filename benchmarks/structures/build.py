"""From a structure to its PyMC model, as a person would write it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.structures.structure import LINE, POSITIVE, Structure

_PARENTS, _LEVELS = 4, 5


def build(structure: Structure) -> Any:
    """The model, with data of its own."""
    import pymc as pm

    rng = np.random.default_rng(structure.seed)
    group = structure.group_of_rows(rng)
    coords = {"group": np.arange(structure.groups), "parent": np.arange(_PARENTS), "level": np.arange(_LEVELS)}
    with pm.Model(coords=coords) as model:
        if structure.family in LINE:
            _on_the_line(structure, group, rng)
        else:
            _of_rates(structure, group, rng)
    return model


def _on_the_line(structure: Structure, group: NDArray[np.intp], rng: np.random.Generator) -> None:
    import pymc as pm

    x = rng.normal(size=len(group))
    predictor: Any = _intercepts(structure, rng)[group]
    if structure.slope == "independent":
        slope = _effect(structure, "Normal", "slope", pm.Normal("mu_slope", 0, 1), pm.HalfNormal("tau_slope", 1))
        predictor = predictor + slope[group] * x
    elif structure.slope == "correlated":
        # Normal, and around zero: two more effects a group, beside whatever the intercept is.
        chol, _, _ = pm.LKJCholeskyCov("chol", n=2, eta=2, sd_dist=pm.HalfNormal.dist(1.0, shape=2))
        both = pm.MvNormal("both", np.zeros(2), chol=chol, shape=(structure.groups, 2))
        predictor = predictor + both[group, 0] + both[group, 1] * x
    if structure.crossed:
        level = rng.integers(_LEVELS, size=len(group))
        predictor = predictor + pm.Normal("crossed", 0, pm.HalfNormal("tau_crossed", 1), dims="level")[level]
    _observed(structure, predictor, structure.spread * rng.normal(size=structure.groups)[group], rng)


def _intercepts(structure: Structure, rng: np.random.Generator) -> Any:
    import pymc as pm

    location: Any = 0.0
    if structure.location == "flat" and structure.likelihood in ("normal", "student"):
        # Of counts that are all zero a flat intercept has no posterior.
        location = pm.Flat("mu")
    elif structure.location != "zero":
        location = pm.Normal("mu", 0, 2)
    if structure.location == "predictor":
        location = location + pm.Normal("gamma", 0, 1) * rng.normal(size=structure.groups)
    if structure.parents:
        parent = rng.integers(_PARENTS, size=structure.groups)
        location = location + pm.Normal("above", 0, pm.HalfNormal("tau_parent", 1), dims="parent")[parent]
    return _effect(structure, structure.family, "theta", location, _scale(structure.scale, "tau"))


def _effect(structure: Structure, family: str, name: str, location: Any, scale: Any) -> Any:
    """Group-level effects of a family, centered or by hand noncentered."""
    import pymc as pm

    more = {"StudentT": {"nu": 4}, "SkewNormal": {"alpha": 2}}.get(family, {})
    spread = {"Laplace": "b", "Logistic": "s", "Gumbel": "beta", "Cauchy": "beta"}.get(family, "sigma")
    place = "alpha" if family == "Cauchy" else "mu"
    distribution = getattr(pm, family)
    if structure.written == "centered":
        return distribution(name, **{place: location, spread: scale}, **more, dims="group")
    offset = distribution(f"{name}_offset", **{place: 0, spread: 1}, **more, dims="group")
    return pm.Deterministic(name, location + scale * offset, dims="group")


def _scale(prior: str, name: str) -> Any:
    import pymc as pm

    makers: dict[str, Any] = {
        "number": lambda: 0.7,
        "half_normal": lambda: pm.HalfNormal(name, 1),
        "half_cauchy": lambda: pm.HalfCauchy(name, 1),
        "exponential": lambda: pm.Exponential(name, 1),
        "half_student": lambda: pm.HalfStudentT(name, nu=3, sigma=1),
        "inverse_gamma": lambda: pm.InverseGamma(name, 3, 2),
        "gamma": lambda: pm.Gamma(name, 2, 2),
        "log_normal": lambda: pm.LogNormal(name, 0, 0.5),
        "uniform": lambda: pm.Uniform(name, 0, 10),
        "exponential_of_normal": lambda: pm.math.exp(pm.Normal(f"log_{name}", -0.5, 0.5)),
    }
    return makers[prior]()


def _observed(structure: Structure, predictor: Any, truth: NDArray[np.float64], rng: np.random.Generator) -> None:
    import pymc as pm

    clipped = np.clip(truth, -3.0, 3.0)
    if structure.likelihood == "poisson":
        pm.Poisson("y", pm.math.exp(predictor), observed=rng.poisson(np.exp(clipped)))
    elif structure.likelihood == "bernoulli":
        pm.Bernoulli("y", logit_p=predictor, observed=rng.binomial(1, 1 / (1 + np.exp(-clipped))))
    elif structure.likelihood == "student":
        y = truth + rng.standard_t(4, size=len(truth))
        pm.StudentT("y", nu=4, mu=predictor, sigma=_scale(structure.noise, "sigma"), observed=y)
    else:
        pm.Normal("y", predictor, _scale(structure.noise, "sigma"), observed=truth + rng.normal(size=len(truth)))


def _of_rates(structure: Structure, group: NDArray[np.intp], rng: np.random.Generator) -> None:
    """Effects that are rates or shares themselves, of a population that has to be learned."""
    import pymc as pm

    truth = (structure.spread * rng.normal(size=structure.groups))[group]
    if structure.family in POSITIVE:
        mean = pm.LogNormal("mean", 0, 1)
        shape = pm.Gamma("shape", 2, 0.5)
        if structure.family == "Gamma":
            rate = pm.Gamma("rate", alpha=shape, beta=shape / mean, dims="group")
        else:
            rate = pm.LogNormal("rate", pm.math.log(mean), _scale(structure.scale, "tau"), dims="group")
        pm.Poisson("y", rate[group], observed=rng.poisson(np.exp(np.clip(truth, -3.0, 3.0))))
        return
    phi, kappa = pm.Beta("phi", 2, 2), pm.Gamma("kappa", 2, 0.1)
    share = pm.Beta("share", phi * kappa, (1 - phi) * kappa, dims="group")
    pm.Binomial("y", 10, share[group], observed=rng.binomial(10, 1 / (1 + np.exp(-truth))))
