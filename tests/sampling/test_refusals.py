"""What cannot be sampled is refused in one sentence."""

from __future__ import annotations

import logging
from typing import Any

import arviz as az
import numpy as np
import pymc as pm
import pytest
from scipy import stats
from tests.models import CASES, VALUES

import unfunnel as uf
from unfunnel import exact


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
        (CASES["eight_schools"].build, {"draws": 0}, "sample: draws must be a whole number, 1 or more, got 0"),
        (CASES["eight_schools"].build, {"chains": 0}, "sample: chains must be a whole number, 1 or more, got 0"),
        (CASES["eight_schools"].build, {"var_names": []}, "sample: var_names must be a list.*mu, tau, theta"),
        (CASES["eight_schools"].build, {"var_names": "mu"}, "sample: var_names must be a list.*got 'mu'"),
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


def test_data_changed_after_compilation_are_refused() -> None:
    model = CASES["unbalanced"].build()
    compiled = uf.compile(model, "centered")
    pm.set_data({"values": VALUES + 100}, model=model)
    with pytest.raises(uf.InvalidArgumentError, match=r"'values' were changed.*compile it again"):
        compiled.sample(10)


@pytest.mark.sampling
def test_a_scale_beyond_its_whitened_chart_is_sampled_all_the_same() -> None:
    """A scale 47 prior standard deviations out, where the whitened coordinate is beyond what a double can hold."""
    effects = 300 * np.random.default_rng(3).normal(size=40)
    with pm.Model() as model:
        mu, tau = pm.Normal("mu", 0, 3000), pm.HalfNormal("tau", 1)
        pm.Normal("y", pm.Normal("theta", mu, tau, shape=40), 1.0, observed=effects)
    tree = uf.sample(model, random_seed=1, progressbar=False)
    assert uf.Plan.from_datatree(tree)["tau"].coordinates == "logarithmic"
    truth = exact.fit(
        exact.GroupStatistics.from_observations(effects, np.arange(40)),
        sigma=1.0,
        mu=(0, 3000),
        tau=stats.halfnorm(scale=1),
    ).moments()
    draws = np.log(tree["posterior"]["tau"])
    error = float(az.mcse(draws.to_dataset(name="x"))["x"])
    assert abs(float(draws.mean()) - truth["log_tau"].mean) < 5 * error


@pytest.mark.sampling
def test_evidence_that_was_given_is_kept() -> None:
    with pm.Model() as model:
        tau = pm.HalfNormal("tau", 1, shape=2)
        for k, name in enumerate("ab"):
            pm.Normal(f"y_{name}", pm.Normal(name, 0, tau[k], shape=3), 1.0, observed=[1.0, 2.0, 4.0])
    given = uf.Informed(uf.Evidence.of_information([7.0] * 3, [0.0] * 3))
    tree = uf.sample(model, 50, random_seed=1, progressbar=False, parameterization={"a": given, "b": "informed"})
    np.testing.assert_array_equal(tree["parameterization"]["a_H"], 7)
    np.testing.assert_allclose(tree["parameterization"]["b_H"], 1, rtol=1e-6)
