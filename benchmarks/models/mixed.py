"""The commonest mixed model, `b0 + b1 x + u[g]`, with three likelihoods and written in three ways."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.models.case import BAMBI, CENTERED, NONCENTERED, Case, Data, group_of, normal_effect, zipf_groups

GROUPS = 50
NOISE = 1.5


def mixed_data(seed: int, likelihood: str) -> Data:
    """Zipf group sizes, 1 to 600; x has mean zero, so that Bambi's centering changes nothing."""
    rng = np.random.default_rng(seed)
    group = zipf_groups(rng, GROUPS, 1.4, 600)
    x = rng.normal(size=len(group))
    x = x - x.mean()
    eta = 0.5 + 0.4 * x + rng.normal(0.0, 0.6, GROUPS)[group]
    draw: dict[str, Callable[[], Any]] = {
        "normal": lambda: rng.normal(eta, NOISE),
        "poisson": lambda: rng.poisson(np.exp(eta)),
        "bernoulli": lambda: rng.binomial(1, 1 / (1 + np.exp(-eta))),
    }
    return {"group": group, "x": x, "y": draw[likelihood]()}


def mixed_model(data: Data, way: str, likelihood: str) -> Any:
    """The model in one of three ways of writing."""
    import pymc as pm

    if way == BAMBI:
        return _as_bambi(data, likelihood)
    with pm.Model(coords=group_of(data["group"])) as model:
        b0, b1 = pm.Normal("b0", 0.0, 2.0), pm.Normal("b1", 0.0, 2.0)
        tau = pm.HalfNormal("tau", 1.0)
        u = normal_effect(way, "u", 0.0, tau)
        _observe(likelihood, b0 + b1 * data["x"] + u[data["group"]], data["y"])
    return model


def _as_bambi(data: Data, likelihood: str) -> Any:
    """Variables, data and order as Bambi builds `y ~ x + (1|g)` with the same priors."""
    import pymc as pm

    coords = {"__obs__": np.arange(len(data["y"])), "g__factor_dim": np.arange(GROUPS)}
    with pm.Model(coords=coords) as model:
        eta = pm.Normal("Intercept", 0.0, 2.0)
        x = pm.Data("x_data", data["x"], dims="__obs__")
        slope = pm.Normal("x", 0.0, 2.0)
        design = pm.math.stack([x], axis=1)
        eta = eta + pm.math.dot(design - design.mean(axis=0), pm.math.stack([slope]))
        index = pm.Data("g__idx", data["group"], dims="__obs__")
        scale = pm.HalfNormal("1|g_sigma", 1.0)
        offset = pm.Normal("1|g_offset", mu=0, sigma=1, dims="g__factor_dim")
        u = pm.Deterministic("1|g", offset * scale, dims="g__factor_dim")
        if likelihood == "bernoulli":
            # Bambi hands over the probability, not its logit.
            pm.Bernoulli("y", p=pm.math.sigmoid(eta + u[index]), observed=data["y"], dims="__obs__")
        else:
            _observe(likelihood, eta + u[index], data["y"], dims="__obs__")
    return model


def _observe(likelihood: str, eta: Any, y: Any, dims: str | None = None) -> None:
    import pymc as pm

    if likelihood == "normal":
        pm.Normal("y", eta, pm.HalfNormal("sigma", 2.0), observed=y, dims=dims)
    elif likelihood == "poisson":
        pm.Poisson("y", pm.math.exp(eta), observed=y, dims=dims)
    else:
        pm.Bernoulli("y", logit_p=eta, observed=y, dims=dims)


def _case(likelihood: str) -> Case:
    lines = {"b0": "identity", "b1": "identity", "tau": "log", "u": "identity"}
    ways = (CENTERED, NONCENTERED, BAMBI)
    return Case(
        f"mixed_{likelihood}",
        230,
        partial(mixed_data, likelihood=likelihood),
        partial(mixed_model, likelihood=likelihood),
        {**lines, "sigma": "log"} if likelihood == "normal" else lines,
        groups=GROUPS,
        ways=ways,
        ours=ways,
        aliases={"Intercept": "b0", "x": "b1", "1|g_sigma": "tau", "1|g": "u"},
    )


CASES = tuple(_case(likelihood) for likelihood in ("normal", "poisson", "bernoulli"))
