"""Prior and posterior predictive draws are those of the author's model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from pytensor import function
from pytensor.tensor.random.type import RandomGeneratorType
from tests.graphs import EPS
from tests.models import CASES
from tests.rewrite.evidence import parameterizations

import unfunnel as uf

DRAWABLE = [name for name, case in CASES.items() if case.effects and name != "flat_mean"]
QUICK: dict[str, Any] = {"compile_kwargs": {"mode": "FAST_COMPILE"}}


def rewritten(name: str, kind: str) -> tuple[Any, Any]:
    model = CASES[name].build()
    return model, uf.reparameterize(model, parameterizations(model, kind))


def joint(model: Any, names: list[str]) -> list[Any]:
    """Draws of variables where every random variable has a generator of its own.

    PyMC seeds generators in the order in which it finds them in the graph. A chart's context is part of the graph, so
    that in an informed model one seed may give the same law in other numbers; seeded by name the numbers are the same.
    """
    draw = function([], [model[name] for name in names], mode="FAST_COMPILE")
    for rv in model.basic_RVs:
        seed = int.from_bytes(rv.name.encode()) % 2**32
        for generator in (v for v in rv.owner.inputs if isinstance(v.type, RandomGeneratorType)):
            generator.set_value(np.random.default_rng(seed))
    return [draw() for _ in range(3)]


@pytest.mark.parametrize("name", DRAWABLE)
@pytest.mark.parametrize("kind", ["partial", "informed"])
def test_joint_draws(name: str, kind: str) -> None:
    model, new = rewritten(name, kind)
    names = [variable.name for variable in (*model.deterministics, *model.basic_RVs)]
    for ours, theirs in zip(joint(new, names), joint(model, names), strict=True):
        for variable, one, other in zip(names, ours, theirs, strict=True):
            # PyTensor may work out a parameter in another order where a context rides on it.
            np.testing.assert_allclose(one, other, rtol=8 * EPS, err_msg=variable)


@pytest.mark.parametrize("name", ["eight_schools", "log_normal", "nested", "siblings", "fixed_by_hand", "crossed"])
@pytest.mark.parametrize("kind", ["partial", "informed"])
def test_draws_of_one_variable(name: str, kind: str) -> None:
    model, new = rewritten(name, kind)
    for variable in [rv.name for rv in model.basic_RVs]:
        for (ours,), (theirs,) in zip(joint(new, [variable]), joint(model, [variable]), strict=True):
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


@pytest.mark.parametrize(
    "name", ["eight_schools", "unbalanced", "log_normal", "nested", "siblings", "bambi", "mutable_data", "crossed"]
)
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
