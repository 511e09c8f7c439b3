"""Models of random walks and autoregressions of a few steps, some of them unobserved, written in many ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

STEPS, NOISE = 8, 0.5
SEEN = np.array([0, 1, 1, 3, 6])
Y = np.array([0.3, 0.1, 0.6, -0.4, 1.2])


def _tau() -> Any:
    return pm.HalfNormal("tau", 1.0)


def walk() -> Any:
    return pm.GaussianRandomWalk("x", sigma=_tau(), init_dist=pm.Normal.dist(0.0, 1.5), steps=STEPS - 1)


def walk_with_dims() -> Any:
    return pm.GaussianRandomWalk("x", sigma=_tau(), init_dist=pm.Normal.dist(0.0, 1.5), dims="step")


def walk_with_drift() -> Any:
    """With a mean of the first step, too; integers, where the others have floats."""
    drift, start, spread = pm.Normal("drift", 0, 1), pm.Normal("start", 1, 2), pm.HalfNormal("spread", 1)
    return pm.GaussianRandomWalk("x", drift, _tau(), init_dist=pm.Normal.dist(start, spread), shape=STEPS)


def autoregression() -> Any:
    rho, tau = pm.Uniform("rho", -1.0, 1.0), _tau()
    first = pm.Normal.dist(0.0, tau / pm.math.sqrt(1.0 - rho**2))
    return pm.AR("x", rho=rho, sigma=tau, init_dist=first, steps=STEPS - 1)


def autoregression_from_a_mean() -> Any:
    start = pm.Normal("start", 0.0, 1.0)
    return pm.AR("x", rho=[0.7], sigma=_tau(), init_dist=pm.Normal.dist(start, 0.3), dims="step")


def series() -> Any:
    """Two series with a spread each."""
    tau = pm.HalfNormal("tau", 1.0, shape=2)
    return pm.GaussianRandomWalk("x", sigma=tau, init_dist=pm.Normal.dist(0.0, 1.5), shape=(2, STEPS))[1]


def sum_of_products() -> Any:
    return pt.cumsum(_tau() * pm.Normal("z", 0.0, 1.0, shape=STEPS))


def product_of_sum() -> Any:
    z = pm.Normal("z", 0.0, 0.5, dims="step")
    return pm.Deterministic("x", pm.Normal("level", 0.0, 1.0) + _tau() * z.cumsum(), dims="step")


def sum_of_steps() -> Any:
    return pm.Normal("z", 0.0, _tau(), shape=STEPS).cumsum()


def sum_after_a_first() -> Any:
    first, z = pm.Normal("first", 0.0, 1.5), pm.Normal("z", 0.0, 1.0, shape=STEPS - 1)
    return pt.concatenate([first[None], first + pt.cumsum(z * _tau())])


OF_PYMC: tuple[Callable[[], Any], ...] = (
    walk,
    walk_with_dims,
    walk_with_drift,
    autoregression,
    autoregression_from_a_mean,
    series,
)
BY_HAND: tuple[Callable[[], Any], ...] = (sum_of_products, product_of_sum, sum_of_steps, sum_after_a_first)


def model_of(sequence: Callable[[], Any], *, free_noise: bool = False) -> Any:
    """Normal observations of some steps."""
    with pm.Model(coords={"step": np.arange(STEPS)}) as model:
        pm.Normal("y", sequence()[SEEN], pm.HalfNormal("sigma", 1.0) if free_noise else NOISE, observed=Y)
    return model
