"""Simulated meta-analyses: a grid of what is hard, and draws from the prior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.stress.model import GROUPS, MU_LOCATION, MU_SCALE, Array, build, columns_of

MULTIPLES = (0.0, *np.geomspace(0.01, 100.0, 9).tolist())
"""True tau in mean standard errors of the meta-analysis: from nothing to huge."""
LEAST_ERROR, LARGEST_ERROR = 0.5, 5.0
OUTLIER_EVERY, OUTLIER_DISTANCE = 4, 10.0
"""One group of every fourth meta-analysis lies so many standard deviations of its estimate from where it should."""


@dataclass(frozen=True)
class MetaAnalysis:
    """Estimates and their standard errors, dims (group,); the true parameters where these come from the prior."""

    name: str
    y: Array
    se: Array
    truth: Array | None = None


def grid(count: int, seed: int) -> list[MetaAnalysis]:
    """Every true tau as often as every other, and an outlier in a quarter of the meta-analyses of each."""
    return [_of_grid(index, np.random.default_rng([seed, index])) for index in range(count)]


def _of_grid(index: int, rng: np.random.Generator) -> MetaAnalysis:
    se = np.exp(rng.uniform(np.log(LEAST_ERROR), np.log(LARGEST_ERROR), GROUPS))
    tau = MULTIPLES[index % len(MULTIPLES)] * se.mean()
    theta = rng.normal(MU_LOCATION, MU_SCALE) + tau * rng.normal(size=GROUPS)
    group, side = rng.integers(GROUPS), rng.choice([-1.0, 1.0])
    if index // len(MULTIPLES) % OUTLIER_EVERY == OUTLIER_EVERY - 1:
        theta[group] += side * OUTLIER_DISTANCE * np.hypot(tau, se[group])
    return MetaAnalysis(f"grid {index:04d}", rng.normal(theta, se), se)


def from_prior(count: int, seed: int) -> list[MetaAnalysis]:
    """Parameters and data as the fitted model itself draws them; standard errors are the same in all."""
    import pymc as pm

    se = np.geomspace(LEAST_ERROR, LARGEST_ERROR, GROUPS)
    with build(np.zeros(GROUPS), se):
        tree = pm.sample_prior_predictive(count, random_seed=seed)
    truth = columns_of(tree["prior"].to_dataset())
    y = tree["prior_predictive"]["y"].transpose("chain", "draw", "group").values.reshape(count, GROUPS)
    return [MetaAnalysis(f"prior {i:04d}", y[i], se, truth[i]) for i in range(count)]
