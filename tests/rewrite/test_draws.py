"""Prior and posterior predictive draws are those of the author's model, under one seed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from tests.models import CASES
from tests.rewrite.evidence import parameterizations

import unfunnel as uf

DRAWABLE = [name for name, case in CASES.items() if case.effects and name != "flat_mean"]
QUICK: dict[str, Any] = {"compile_kwargs": {"mode": "FAST_COMPILE"}}


def rewritten(name: str, kind: str) -> tuple[Any, Any]:
    model = CASES[name].build()
    return model, uf.reparameterize(model, parameterizations(model, kind))


def joint(model: Any, names: list[str]) -> list[Any]:
    return pm.draw([model[name] for name in names], draws=3, random_seed=1, mode="FAST_COMPILE")


@pytest.mark.parametrize("name", DRAWABLE)
@pytest.mark.parametrize("kind", ["partial", "informed"])
def test_joint_draws(name: str, kind: str) -> None:
    model, new = rewritten(name, kind)
    names = [variable.name for variable in (*model.deterministics, *model.basic_RVs)]
    for variable, ours, theirs in zip(names, joint(new, names), joint(model, names), strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=variable)


@pytest.mark.parametrize("name", ["eight_schools", "log_normal", "nested", "potential_and_deterministic"])
@pytest.mark.parametrize("kind", ["partial", "informed"])
def test_draws_of_one_variable(name: str, kind: str) -> None:
    model, new = rewritten(name, kind)
    # In an informed model the scale of its effects is a parent of a population mean. PyMC seeds generators in the order
    # in which it finds them, so that the mean drawn alone is the same law under another seed.
    means = set(CASES[name].means.values()) if kind == "informed" else set()
    for variable in [rv.name for rv in model.basic_RVs if rv.name not in means]:
        for ours, theirs in zip(joint(new, [variable]), joint(model, [variable]), strict=True):
            np.testing.assert_array_equal(ours, theirs, err_msg=variable)


@pytest.mark.parametrize("name", ["eight_schools", "unbalanced", "log_normal", "nested"])
def test_prior_predictive(name: str) -> None:
    model, new = rewritten(name, "informed")
    ours, theirs = (pm.sample_prior_predictive(4, model=m, random_seed=1, **QUICK) for m in (new, model))
    for group in ("prior", "prior_predictive", "observed_data"):
        assert set(ours[group].data_vars) == set(theirs[group].data_vars)
        for variable, values in theirs[group].data_vars.items():
            assert ours[group][variable].dims == values.dims
            np.testing.assert_array_equal(ours[group][variable], values)


def test_prior_predictive_where_something_is_derived_from_the_mean() -> None:
    with pm.Model() as model:
        mu, tau = pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5)
        pm.Normal("y", pm.Normal("theta", mu, tau, shape=2), 1.0, observed=[1.0, 2.0])
        pm.Deterministic("z_score", (mu - 1.0) / 5.0)
    new = uf.reparameterize(model, parameterizations(model, "partial"))
    ours, theirs = (pm.sample_prior_predictive(4, model=m, random_seed=1, **QUICK) for m in (new, model))
    np.testing.assert_array_equal(ours["prior"]["theta"], theirs["prior"]["theta"])
    np.testing.assert_array_equal(ours["prior"]["mu"], theirs["prior"]["mu"])


def trace_of(model: Any, *without: str) -> Any:
    """What a run would return, with the prior in the place of the posterior."""
    prior = pm.sample_prior_predictive(6, model=model, random_seed=3, **QUICK)
    groups = {"posterior": prior["prior"].to_dataset().drop_vars(without)}
    if "constant_data" in prior:
        groups["constant_data"] = prior["constant_data"].to_dataset()
    return xr.DataTree.from_dict(groups)


@pytest.mark.parametrize("name", ["eight_schools", "unbalanced", "log_normal", "nested"])
@pytest.mark.parametrize("kind", ["partial", "informed"])
def test_posterior_predictive_takes_the_parameters_from_the_trace(
    name: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    model, new = rewritten(name, kind)
    trace = trace_of(model)
    caplog.set_level("INFO", logger="pymc.sampling.forward")
    caplog.clear()
    ours, theirs = (
        pm.sample_posterior_predictive(trace, model=m, random_seed=1, progressbar=False, **QUICK) for m in (new, model)
    )
    assert [record.getMessage() for record in caplog.records] == ["Sampling: [y]", "Sampling: [y]"]
    np.testing.assert_array_equal(ours["posterior_predictive"]["y"], theirs["posterior_predictive"]["y"])


@pytest.mark.parametrize("kind", ["partial", "informed"])
def test_posterior_predictive_of_new_groups(kind: str) -> None:
    """What is predicted of new groups from mu and tau is the same too, and mu and tau are not drawn anew."""
    model, new = rewritten("eight_schools", kind)
    trace = trace_of(model, "theta")
    ours, theirs = (
        pm.sample_posterior_predictive(
            trace, model=m, var_names=["mu", "tau", "theta", "y"], random_seed=1, progressbar=False, **QUICK
        )["posterior_predictive"]
        for m in (new, model)
    )
    for variable in theirs.data_vars:
        np.testing.assert_array_equal(ours[variable], theirs[variable])
    assert set(ours.data_vars) == set(theirs.data_vars)
