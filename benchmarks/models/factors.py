"""More crossed factors: an election poll, and three factors too large to be shared."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.models.case import Case, Data, normal_effect

POLL = {"age": 4, "education": 5, "ethnicity": 4}
STATES, REGIONS = 51, 5
SIZES = {"person": 200, "item": 120, "rater": 80}


def poll_data(seed: int) -> Data:
    """8000 answers, few in small states, counted in cells; of every state its region and how it voted before."""
    rng = np.random.default_rng(seed)
    population = rng.lognormal(0.0, 1.0, STATES)
    who = {"state": rng.choice(STATES, size=8000, p=population / population.sum())}
    who |= {name: rng.choice(size, size=8000, p=rng.dirichlet(np.full(size, 4.0))) for name, size in POLL.items()}
    cells, cell = np.unique(np.stack(list(who.values())), axis=1, return_inverse=True)
    factors = dict(zip(who, cells, strict=True))
    region, before = rng.integers(REGIONS, size=STATES), rng.normal(0.0, 0.3, STATES)
    state = rng.normal(0.0, 0.15, REGIONS)[region] + before + rng.normal(0.0, 0.15, STATES)
    eta = -0.1 + state[factors["state"]]
    for name, spread in zip(POLL, (0.2, 0.15, 0.8), strict=True):
        eta = eta + rng.normal(0.0, spread, POLL[name])[factors[name]]
    asked = np.bincount(cell.ravel(), minlength=cells.shape[1])
    yes = rng.binomial(asked, 1.0 / (1.0 + np.exp(-eta)))
    return {**factors, "region": region, "before": (before - before.mean()) / before.std(), "asked": asked, "yes": yes}


def poll_model(data: Data, way: str) -> Any:
    """States around their region and how they voted before, beside three factors; scales that may be anything."""
    import pymc as pm

    sizes = {"state": STATES, "region": REGIONS, **POLL}
    with pm.Model(coords={name: np.arange(size) for name, size in sizes.items()}) as model:
        b0, gamma = pm.Normal("b0", 0.0, 2.0), pm.Normal("gamma", 0.0, 1.0)
        tau = {name: pm.HalfNormal(f"tau_{name}", 2.0) for name in sizes}
        region = normal_effect(way, "u_region", 0.0, tau["region"], dims="region")
        location = region[data["region"]] + gamma * data["before"]
        eta = b0 + normal_effect(way, "u_state", location, tau["state"], dims="state")[data["state"]]
        for name in POLL:
            eta = eta + normal_effect(way, f"u_{name}", 0.0, tau[name], dims=name)[data[name]]
        pm.Binomial("y", data["asked"], logit_p=eta, observed=data["yes"])
    return model


def three_data(seed: int) -> Data:
    """6000 ratings, more of some persons, items and raters than of others."""
    rng = np.random.default_rng(seed)
    weights = {name: rng.dirichlet(np.full(size, 2.0)) for name, size in SIZES.items()}
    index = {name: rng.choice(size, size=6000, p=weights[name]) for name, size in SIZES.items()}
    mean = 1.0 + sum(
        rng.normal(0.0, spread, SIZES[name])[index[name]] for name, spread in zip(SIZES, (1.0, 0.7, 0.3), strict=True)
    )
    return {**index, "y": rng.normal(mean, 1.5)}


def three_model(data: Data, way: str) -> Any:
    """Three crossed factors and unknown noise."""
    import pymc as pm

    with pm.Model(coords={name: np.arange(size) for name, size in SIZES.items()}) as model:
        eta = pm.Normal("b0", 0.0, 5.0)
        for name in SIZES:
            spread = pm.HalfNormal(f"tau_{name}", 2.0)
            eta = eta + normal_effect(way, f"u_{name}", 0.0, spread, dims=name)[data[name]]
        pm.Normal("y", eta, pm.HalfNormal("sigma", 5.0), observed=data["y"])
    return model


def _lines(*names: str) -> dict[str, str]:
    return {f"tau_{name}": "log" for name in names} | {f"u_{name}": "identity" for name in names}


CASES = (
    Case(
        "poll",
        None,
        poll_data,
        poll_model,
        {"b0": "identity", "gamma": "identity", **_lines("state", "region", *POLL)},
        groups=STATES,
    ),
    Case(
        "three_factors",
        None,
        three_data,
        three_model,
        {"b0": "identity", "sigma": "log", **_lines(*SIZES)},
        groups=SIZES["person"],
    ),
)
