"""Likelihoods on rows that amount to few cells, in as many ways as people write them, on one small set of parameters.

`LIKELIHOODS` has, by name, a function that adds one under a name to a model of `with_parameters`, and how many cells it
has.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

Add = Callable[[str, dict[str, Any]], Any]

RNG = np.random.default_rng(20261126)
ROWS, GROUPS, ITEMS = 120, 5, 3
GROUP = RNG.integers(0, GROUPS - 1, ROWS)  # the last group has no row
ITEM = RNG.integers(0, ITEMS, ROWS)
X = RNG.integers(0, 2, ROWS) / 2.0
KNOWN = RNG.uniform(0.5, 2.0, ROWS)
Y = RNG.normal(1.0, 2.0, ROWS)
COUNTS, SUCCESSES = RNG.poisson(2.0, ROWS), RNG.integers(0, 2, ROWS)
DESIGN = np.column_stack([np.ones(ROWS), X])
GRID = RNG.normal(size=(6, GROUPS, ITEMS))
PAIRS = len({*zip(GROUP, X, strict=True)})
TRIPLES = len({*zip(GROUP, X, ITEM, strict=True)})

LIKELIHOODS: dict[str, tuple[Add, int]] = {}


def likelihood(cells: int) -> Any:
    def register(add: Add) -> Any:
        LIKELIHOODS[add.__name__] = (add, cells)
        return add

    return register


def with_parameters(**likelihoods: Add) -> Any:
    """A model of the parameters, and of likelihoods by their names."""
    coords = {"group": list("abcde"), "row": np.arange(ROWS)}
    with pm.Model(coords=coords) as model:
        mu, tau = pm.Normal("mu"), pm.HalfNormal("tau", initval=0.7)
        z = pm.Normal("z", dims="group")
        parameters = {
            "theta": pm.Deterministic("theta", mu + tau * z, dims="group"),
            "slope": pm.Normal("slope", mu, tau, dims="group"),
            "item": pm.Normal("item", shape=ITEMS),
            "columns": pm.Normal("columns", shape=(GROUPS, 2)),
            "beta": pm.Normal("beta", shape=2),
            "sigma": pm.HalfNormal("sigma", 2.0),
            "sigmas": pm.HalfNormal("sigmas", dims="group"),
            "cross": pm.Normal("cross", shape=(GROUPS, ITEMS)),
        }
        for name, add in likelihoods.items():
            add(name, parameters)
    return model


@likelihood(4)
def normal(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, p["theta"][GROUP], p["sigma"], observed=Y, dims="row")


@likelihood(4)
def negated(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, -p["theta"][GROUP], p["sigma"], observed=Y)


@likelihood(4)
def number_less_an_effect(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, KNOWN - (p["theta"][GROUP] - 2.0), p["sigma"], observed=Y)


@likelihood(4)
def normal_with_known_noise(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, p["slope"][GROUP], KNOWN, observed=Y)


@likelihood(4)
def normal_with_weights(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, p["slope"][GROUP], p["sigma"] / np.sqrt(KNOWN), observed=Y)


@likelihood(4)
def normal_with_precisions(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, p["slope"][GROUP], tau=p["sigmas"][GROUP] * KNOWN, observed=Y)


@likelihood(4)
def noise_by_group(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, p["theta"][GROUP], p["sigmas"][GROUP], observed=Y)


@likelihood(4)
def noise_by_group_on_the_log_scale(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, p["theta"][GROUP], pt.exp(p["slope"][GROUP] + np.log(KNOWN)), observed=Y)


@likelihood(4)
def group_in_data(name: str, p: dict[str, Any]) -> Any:
    group, values = pm.Data("group_of", GROUP, dims="row"), pm.Data("values", Y, dims="row")
    pm.Normal(name, p["theta"][group], p["sigma"], observed=values, dims="row")


@likelihood(4)
def mean_of_every_row_named(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, pm.Deterministic("row_mean", p["theta"][GROUP], dims="row"), p["sigma"], observed=Y)


@likelihood(PAIRS)
def intercepts_and_slopes(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, p["theta"][GROUP] + p["slope"][GROUP] * X + KNOWN, p["sigma"], observed=Y)


@likelihood(TRIPLES)
def crossed(name: str, p: dict[str, Any]) -> Any:
    mean = p["theta"][GROUP] + p["item"][ITEM] + p["cross"][GROUP, ITEM] + p["beta"][0] * X
    pm.Normal(name, mean, p["sigma"], observed=Y)


@likelihood(PAIRS)
def columns_summed(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, (p["columns"][GROUP] * DESIGN).sum(axis=-1), p["sigma"], observed=Y)


@likelihood(PAIRS)
def columns_by_number(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, p["columns"][GROUP, 0] + p["columns"][GROUP, 1] * X, p["sigma"], observed=Y)


@likelihood(PAIRS)
def design_matrix(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, DESIGN @ p["beta"] + pt.dot(DESIGN, p["beta"]) + p["theta"][GROUP], p["sigma"], observed=Y)


@likelihood(GROUPS * ITEMS)
def grid(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, p["theta"][:, None] + p["item"][None, :], p["sigma"], observed=GRID)


@likelihood(GROUPS * ITEMS)
def grid_of_pairs(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, p["cross"], p["sigma"], observed=GRID)


@likelihood(GROUPS)
def grid_of_groups(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, p["theta"][None, :, None], p["sigma"], observed=GRID)


@likelihood(1)
def one_mean(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, p["beta"][0], p["sigma"], observed=Y)


@likelihood(4)
def pick_of_a_pick(name: str, p: dict[str, Any]) -> Any:
    pm.Normal(name, p["item"][np.array([0, 0, 1, 2, 2])][GROUP] + p["theta"][GROUP], p["sigma"], observed=Y)


@likelihood(PAIRS)
def bernoulli_on_logits(name: str, p: dict[str, Any]) -> Any:
    pm.Bernoulli(name, logit_p=p["theta"][GROUP] + 0.3 * X, observed=SUCCESSES)


@likelihood(4)
def bernoulli(name: str, p: dict[str, Any]) -> Any:
    pm.Bernoulli(name, p=pm.math.invlogit(p["theta"])[GROUP], observed=SUCCESSES)


@likelihood(4)
def binomial(name: str, p: dict[str, Any]) -> Any:
    pm.Binomial(name, n=SUCCESSES + ITEM, logit_p=p["theta"][GROUP], observed=SUCCESSES)


@likelihood(4)
def poisson(name: str, p: dict[str, Any]) -> Any:
    pm.Poisson(name, pt.exp(p["theta"][GROUP]), observed=COUNTS)


@likelihood(4)
def poisson_with_exposure(name: str, p: dict[str, Any]) -> Any:
    pm.Poisson(name, KNOWN * pt.exp(p["theta"][GROUP]), observed=COUNTS)


@likelihood(4)
def poisson_with_offset(name: str, p: dict[str, Any]) -> Any:
    pm.Poisson(name, pt.exp(0.1 + p["theta"][GROUP] + np.log(KNOWN)), observed=COUNTS)


@likelihood(4)
def poisson_of_rates(name: str, p: dict[str, Any]) -> Any:
    exposure = np.where(COUNTS == 0, 0.0, KNOWN)
    pm.Poisson(name, exposure * p["sigmas"][GROUP], observed=COUNTS)


@likelihood(4)
def poisson_of_squares(name: str, p: dict[str, Any]) -> Any:
    pm.Poisson(name, pt.sqr(p["theta"][GROUP] * KNOWN) / 3.0, observed=COUNTS)
