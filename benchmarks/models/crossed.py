"""Crossed factors: persons who answer items (1PL item response), every one or only some."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.models.case import Case, Data, normal_effect


def answers(rng: np.random.Generator, person: Any, item: Any, persons: int, items: int) -> Data:
    """Right or wrong answers of persons to items."""
    eta = 0.5 + rng.normal(0.0, 1.0, persons)[person] - rng.normal(0.0, 0.8, items)[item]
    y = rng.binomial(1, 1 / (1 + np.exp(-eta)))
    return {"person": person, "item": item, "y": y, "persons": persons, "items": items}


def balanced_data(seed: int) -> Data:
    """100 persons answer all 20 items."""
    person, item = (index.ravel() for index in np.meshgrid(np.arange(100), np.arange(20), indexing="ij"))
    return answers(np.random.default_rng(seed), person, item, 100, 20)


def unbalanced_data(seed: int) -> Data:
    """300 persons answer 1 to 30 of 30 items, mostly few, and some items are asked far more often than others."""
    rng = np.random.default_rng(seed)
    counts = np.minimum(2 + rng.zipf(1.6, size=300), 30)
    weights = 1.0 / np.arange(1, 31)
    chosen = [rng.choice(30, size=count, replace=False, p=weights / weights.sum()) for count in counts]
    return answers(rng, np.repeat(np.arange(300), counts), np.concatenate(chosen), 300, 30)


def crossed_model(data: Data, way: str) -> Any:
    """Ability of persons and difficulty of items, each with its own scale."""
    import pymc as pm

    coords = {"person": np.arange(data["persons"]), "item": np.arange(data["items"])}
    with pm.Model(coords=coords) as model:
        b0 = pm.Normal("b0", 0.0, 2.0)
        tau_person, tau_item = pm.HalfNormal("tau_person", 2.0), pm.HalfNormal("tau_item", 2.0)
        ability = normal_effect(way, "ability", 0.0, tau_person, dims="person")
        difficulty = normal_effect(way, "difficulty", 0.0, tau_item, dims="item")
        eta = b0 + ability[data["person"]] - difficulty[data["item"]]
        pm.Bernoulli("y", logit_p=eta, observed=data["y"])
    return model


_LINES = {
    "b0": "identity",
    "tau_person": "log",
    "tau_item": "log",
    "ability": "identity",
    "difficulty": "identity",
}
CASES = (
    Case("crossed100x20", 160, balanced_data, crossed_model, _LINES, groups=100, data_seed=4),
    Case("crossed300x30", 100, unbalanced_data, crossed_model, _LINES, groups=300, data_seed=6),
)
