"""What cannot be sampled is refused in one sentence."""

from __future__ import annotations

import logging
from typing import Any

import pymc as pm
import pytest
from tests.models import CASES

import unfunnel as uf


def discrete() -> Any:
    with pm.Model() as model:
        pm.Bernoulli("switch", 0.5)
    return model


def without_density() -> Any:
    with pm.Model() as model:
        theta = pm.Normal("theta", 0, pm.HalfNormal("tau", 1), shape=2)
        pm.Normal("y", pm.math.log(theta - 100), 1, observed=[1.0, 2.0])
    return model


@pytest.mark.parametrize(
    ("model", "options", "words"),
    [
        (pm.Model, {}, "sample.*no free variable.*prior predictive"),
        (discrete, {}, "sample.*'switch' is discrete.*marginalize"),
        (CASES["eight_schools"].build, {"draws": 0}, "sample: draws must be at least 1, got 0"),
        (CASES["eight_schools"].build, {"chains": 0}, "sample: chains must be at least 1, got 0"),
        (CASES["eight_schools"].build, {"var_names": ["nu"]}, "sample: var_names has 'nu'.*mu, tau, theta"),
        (CASES["eight_schools"].build, {"parameterization": "sideways"}, "'centered', 'informed'.*got 'sideways'"),
        (CASES["eight_schools"].build, {"parameterization": {"y": "centered"}}, "'y' cannot.*observed"),
        (CASES["eight_schools"].build, {"parameterization": {"tau": "centered"}}, "'tau' cannot.*scale"),
    ],
)
def test_it_is_said_what_is_wrong(model: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=words):
        uf.sample(model(), progressbar=False, **options)


def test_a_plan_and_a_parameterization_exclude_each_other() -> None:
    model = CASES["eight_schools"].build()
    with pytest.raises(uf.InvalidArgumentError, match="plan or parameterization, not both"):
        uf.sample(model, plan=uf.plan(model), parameterization="centered")


def test_a_plan_of_another_model_is_refused() -> None:
    plan = uf.plan(CASES["student_t"].build())
    with pytest.raises(uf.InvalidArgumentError, match="another model; they differ in"):
        uf.sample(CASES["eight_schools"].build(), plan=plan)


@pytest.mark.sampling
def test_a_start_without_density_names_the_term() -> None:
    with pytest.raises(uf.SamplingError, match=r"'y' \(nan\).*initval"):
        uf.sample(without_density(), 10, chains=1, progressbar=False)


@pytest.mark.sampling
def test_a_model_without_groups_is_sampled_as_written(caplog: pytest.LogCaptureFixture) -> None:
    with pm.Model() as model:
        pm.Normal("y", pm.Normal("mu", 0, 1), 1.0, observed=[1.0, 2.0])
    with caplog.at_level(logging.WARNING, logger="unfunnel"):
        tree = uf.sample(model, 50, chains=2, random_seed=1, progressbar=False)
    assert "sampled as written" in caplog.text
    assert list(tree["posterior"].data_vars) == ["mu"]
