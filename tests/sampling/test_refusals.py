"""What cannot be sampled is refused in one sentence."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import arviz as az
import numpy as np
import pymc as pm
import pytest
from pytensor import config
from scipy import stats
from tests.models import CASES, VALUES

import unfunnel as uf
from unfunnel import exact
from unfunnel.sampling.refusals import explained_failure


def discrete() -> Any:
    with pm.Model() as model:
        pm.Bernoulli("switch", 0.5)
    return model


def minibatches() -> Any:
    y, group = pm.Minibatch(np.zeros(20), np.repeat([0, 1], 10), batch_size=5)
    with pm.Model() as model:
        theta = pm.Normal("theta", 0, pm.HalfNormal("tau", 1), shape=2)
        pm.Normal("y", theta[group], 1, observed=y, total_size=20)
    return model


def simulated() -> Any:
    with pm.Model() as model:
        theta = pm.Normal("theta", 0, pm.HalfNormal("tau", 1), shape=2)
        pm.Simulator("y", lambda rng, theta, size: rng.normal(theta), theta, observed=[1.0, 2.0])
    return model


def labels_of_two_parts() -> Any:
    with pm.Model(coords={"group": [("a", 1), ("a", 2)]}) as model:
        pm.Normal("theta", 0, pm.HalfNormal("tau", 1), dims="group")
    return model


def single_precision() -> Any:
    with config.change_flags(floatX="float32"), pm.Model() as model:
        pm.Normal("theta", 0, pm.HalfNormal("tau", 1), shape=2)
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
        (minibatches, {}, "sample: 'y' takes minibatches.*pymc.fit"),
        pytest.param(
            simulated,
            {},
            "sample: 'y' is simulated.*sample_smc",
            marks=pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # PyMC uses what PyTensor gives up
        ),
        (labels_of_two_parts, {}, r"sample: the labels of dim 'group' have several parts, as in \('a', 1\)"),
        (single_precision, {}, "sample: 'tau', 'theta' has single precision.*'float64'"),
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


def outside() -> Any:
    with pm.Model(coords={"group": ["a", "b"]}) as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0, 1), pm.HalfNormal("tau", 1), dims="group")
        pm.Normal("y", theta[pm.Data("group_of", np.array([1, 2, 2]))], 1, observed=[1.0, 2.0, 3.0])
    return model


def test_an_index_of_what_is_not_there_is_refused_before_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled code would sample on with whatever lies in memory beside theta; so does PyMC now and then."""
    monkeypatch.setattr("nutpie.compile_pymc_model", None)
    for call in (uf.sample, uf.compile):
        with pytest.raises(uf.InvalidArgumentError, match=r"^sample: 'y' picks element 2 .*'theta'.*subtract 1"):
            call(outside())


def test_single_precision_is_refused_where_nothing_is_sampled_too() -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"^reparameterize: 'tau', 'theta' has single precision"):
        uf.reparameterize(single_precision(), "noncentered")


def test_a_full_disk_is_no_fault_of_the_model(tmp_path: Path) -> None:
    """As nutpie prints it, at the end of what it was about to do."""
    told = "Chunk write operation failed\n\nCaused by:\n 1: Unable to copy data to file: No space left (os error 28)"
    words = r"^sample: store=.* cannot be written any more: No space left\. unfunnel\.load"
    with pytest.raises(uf.OutputError, match=words), explained_failure(CASES["eight_schools"].build(), tmp_path):
        raise RuntimeError(told)


@pytest.mark.sampling
def test_data_that_do_not_fit_each_other_are_told() -> None:
    with pm.Model() as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0, 1), pm.HalfNormal("tau", 1), shape=2)
        group, x = pm.Data("group", np.array([0, 1, 0])), pm.Data("x", np.array([0.0, 1.0, 0.0, 1.0]))
        pm.Normal("y", theta[group] + x, 1, observed=[1.0, 2.0, 3.0, 4.0])
    with pytest.raises(uf.SamplingError, match=r"density cannot be computed: .*shape.*data and dims fit"):
        uf.sample(model, 10, chains=1, progressbar=False)


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
