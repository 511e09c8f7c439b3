"""Nested levels sampled: a posterior that is known exactly, new data, and what a result says of them."""

from __future__ import annotations

from typing import Any

import arviz as az
import numpy as np
import pymc as pm
import pytest

import unfunnel as uf

DISTRICT_OF = np.repeat(np.arange(4), 2)
SCHOOL_OF = np.random.default_rng(1).integers(8, size=20)
OTHER = np.random.default_rng(2).integers(8, size=20)
Y = np.random.default_rng(3).normal(1.0, 1.5, size=20)


@pytest.fixture(scope="module")
def compiled() -> Any:
    with pm.Model() as model:
        school_of = pm.Data("school_of", SCHOOL_OF)
        district = pm.Normal("district", pm.Normal("mu", 0.0, 2.0), 1.0, shape=4)
        school = pm.Normal("school", district[DISTRICT_OF], 0.7, shape=8)
        pm.Normal("y", pm.Normal("room", school[school_of], 0.5, shape=20), 0.8, observed=Y)
    return uf.compile(model)


def exact(school_of: Any) -> tuple[Any, Any]:
    """Mean and standard deviation of (mu, district, school, room): a linear model with normal terms."""
    rows = []

    def term(weights: dict[int, float], sd: float, value: float = 0.0) -> None:
        row = np.zeros(33)
        row[list(weights)] = list(weights.values())
        rows.append((row / sd, value / sd))

    term({0: 1.0}, 2.0)
    for i in range(4):
        term({1 + i: 1.0, 0: -1.0}, 1.0)
    for i, parent in enumerate(DISTRICT_OF):
        term({5 + i: 1.0, 1 + parent: -1.0}, 0.7)
    for i, parent in enumerate(school_of):
        term({13 + i: 1.0, 5 + parent: -1.0}, 0.5)
        term({13 + i: 1.0}, 0.8, Y[i])
    design, target = (np.array(part) for part in zip(*rows, strict=True))
    covariance = np.linalg.inv(design.T @ design)
    return covariance @ design.T @ target, np.sqrt(np.diag(covariance))


@pytest.mark.parametrize("school_of", [SCHOOL_OF, OTHER], ids=["own", "other"])
def test_the_posterior_is_the_exact_one(compiled: Any, school_of: Any) -> None:
    """With other data the levels hang together otherwise, without another compilation."""
    tree = compiled.with_data(school_of=school_of).sample(1000, random_seed=1)
    draws = tree["posterior"].to_dataset()
    names = ("mu", "district", "school", "room")
    mean, sd = exact(school_of)
    for what, expected in (("mean", mean), ("sd", sd)):
        error = az.mcse(draws, method=what)
        found = draws.mean(("chain", "draw")) if what == "mean" else draws.std(("chain", "draw"))
        values, errors = (np.concatenate([np.ravel(part[name].values) for name in names]) for part in (found, error))
        assert np.abs((values - expected) / errors).max() < 4.5
    # Whitened exactly, the draws are at least as good as independent ones.
    assert float(az.ess(draws)["mu"]) > 3000
    assert not tree["sample_stats"]["diverging"].any()


def test_a_result_tells_the_weight_of_every_level(compiled: Any) -> None:
    """The share of an element's precision, given its parent, that is the data's."""
    group = compiled.sample(20, random_seed=1)["parameterization"]
    H = 1.0 / 0.8**2
    room = 0.25 * H / (1.0 + 0.25 * H)
    np.testing.assert_allclose(group["room_weight"], room, rtol=1e-6)
    of_school = np.bincount(SCHOOL_OF, minlength=8) * H / (1.0 + 0.25 * H)
    school = 0.49 * of_school / (1.0 + 0.49 * of_school)
    np.testing.assert_allclose(group["school_weight"], school, rtol=1e-6)
    of_district = np.bincount(DISTRICT_OF, of_school / (1.0 + 0.49 * of_school))
    np.testing.assert_allclose(group["district_weight"], of_district / (1.0 + of_district), rtol=1e-6)


def test_a_plan_says_what_is_nested(compiled: Any) -> None:
    said = "level by level with what it is nested in, school (8 elements) and district (4 elements)"
    assert said in " ".join(str(compiled.plan).split())
    again = uf.Plan.from_json(compiled.plan.to_json())
    assert again == compiled.plan
