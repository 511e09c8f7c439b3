"""Posteriors of Bambi models, held against Bambi's own fit, and given back to Bambi."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import arviz as az
import bambi as bmb
import numpy as np
import pymc as pm
import pytest
import xarray as xr
from tests.formula.cases import model, table, with_mean

import unfunnel as uf

pytestmark = pytest.mark.sampling

FAR = 4.5
"""Largest of some 40 distances in standard errors: a right posterior is further off once in 4000 cases."""

CASES: dict[str, dict[str, Any]] = {
    "slopes": {"formula": "y ~ x + (x|group)"},
    "bernoulli": {"formula": "passed ~ x + (1|group)", "family": "bernoulli"},
    "crossed": {"formula": "y ~ x + (1|group) + (1|other)"},
    "nested": {"formula": "y ~ x + (1|group/lesson)"},
}


def distances(ours: Any, theirs: Any) -> dict[str, float]:
    """Of the means of every variable and of its square, in standard errors of both."""
    found, names = {}, list(theirs["posterior"].data_vars)
    for power in (1, 2):
        sides = [tree["posterior"].to_dataset()[names] ** power for tree in (ours, theirs)]
        means, errors = [side.mean(("chain", "draw")) for side in sides], [az.mcse(side) for side in sides]
        for name in names:
            apart = np.abs(means[0][name] - means[1][name]) / np.hypot(errors[0][name], errors[1][name])
            found[f"{name}^{power}"] = float(np.max(apart))
    return found


def their_fit(given: Any, **options: Any) -> Any:
    settings = {"draws": 2000, "chains": 4, "random_seed": 11, "progressbar": False, "inference_method": "nutpie"}
    return given.fit(**settings, tune=1000, nuts={"target_accept": 0.95}, **options)


@pytest.fixture(scope="module")
def compiled() -> tuple[Any, Any]:
    given = model(**CASES["slopes"])
    return given, uf.compile(given)


@pytest.fixture(scope="module")
def slopes(compiled: tuple[Any, Any]) -> tuple[Any, Any]:
    given, of_given = compiled
    return given, of_given.sample(random_seed=12)


@pytest.mark.parametrize("name", CASES)
def test_the_posterior_is_bambis(name: str, slopes: tuple[Any, Any]) -> None:
    given = model(**CASES[name])
    ours = slopes[1] if name == "slopes" else uf.sample(given, random_seed=12, progressbar=False)
    theirs = their_fit(given)
    assert set(ours["posterior"].data_vars) == set(theirs["posterior"].data_vars)
    for variable in theirs["posterior"].data_vars:
        assert ours["posterior"][variable].dims == theirs["posterior"][variable].dims
    found = distances(ours, theirs)
    assert max(found.values()) < FAR, found
    assert int(ours["sample_stats"]["diverging"].sum()) == 0


def test_a_hyper_mean_is_sampled_however_bambi_would_write_it(caplog: pytest.LogCaptureFixture) -> None:
    priors = {"1|group": with_mean()}
    given = model("y ~ 0 + x + (1|group)", priors=priors)
    with caplog.at_level(logging.WARNING, "unfunnel"):
        ours = uf.sample(given, random_seed=13, progressbar=False)
    assert [record.message[:54] for record in caplog.records] == [
        "Bambi's own fit leaves out the prior mean of '1|group'"
    ]
    right = their_fit(model("y ~ 0 + x + (1|group)", priors=priors, noncentered=False))
    found = distances(ours, right)
    assert max(found.values()) < FAR, found
    # And the test can tell: in Bambi's non-centered form the hyper-mean keeps its prior.
    wrong = distances(ours, their_fit(given))
    assert wrong["1|group_mu^1"] > 3 * FAR


# Bambi computes the log likelihood with the draws as constants, which are too large for numba's cache.
# Whether one of 150 observations weighs much is a matter of the draws, and of a threshold that it lies beside.
@pytest.mark.filterwarnings("ignore:Estimated shape parameter of Pareto distribution")
@pytest.mark.filterwarnings("ignore:Cannot cache compiled function")
def test_it_goes_back_into_bambi(slopes: tuple[Any, Any]) -> None:
    given, sampled = slopes
    tree = sampled.copy(deep=True)
    given.predict(tree)
    posterior, frame = tree["posterior"].to_dataset(), table()
    at = xr.DataArray(frame["group"].to_numpy(), dims="row")
    x = xr.DataArray(frame["x"].to_numpy(), dims="row")
    effects = posterior["1|group"].sel(group__factor_dim=at) + posterior["x|group"].sel(group__factor_dim=at) * x
    expected = posterior["Intercept"] + posterior["x"] * x + effects
    np.testing.assert_allclose(posterior["mu"], expected.transpose("chain", "draw", "row"), rtol=1e-9)
    # A wrong intercept would miss the data by the mean of x times its slope.
    assert abs(float(posterior["mu"].mean()) - frame["y"].mean()) < 0.1
    new = given.predict(tree, data=frame.head(3), kind="response", inplace=False, random_seed=1)
    assert new["posterior_predictive"]["y"].shape == (4, 1000, 3)
    given.compute_log_likelihood(tree)
    given.compute_log_prior(tree)
    assert np.isfinite(az.loo(tree).elpd)
    summary = bmb.interpret.comparisons(given, sampled.copy(deep=True), "x").summary
    slope = posterior["x"].mean()
    assert np.all(np.abs(summary["estimate"] - float(slope)) < 2.5)


def test_fetched_again_with_a_plan_from_a_store(
    compiled: tuple[Any, Any], slopes: tuple[Any, Any], tmp_path: Path
) -> None:
    sampled = slopes[1]
    plan = uf.Plan.from_datatree(sampled)
    folder = tmp_path / "draws.zarr"
    again = compiled[1].sample(300, parameterization=plan, random_seed=14, store=folder)
    assert again["parameterization"].attrs["gradients_pilot"] == 0
    loaded = uf.load(folder)
    for name in loaded.children:
        xr.testing.assert_identical(loaded[name].to_dataset(), again[name].to_dataset())
    assert uf.Plan.from_datatree(loaded) == plan
    assert list(loaded["posterior"].data_vars) == list(sampled["posterior"].data_vars)
    # The stored intercept is that of the predictors as they came.
    both = [tree["posterior"]["Intercept"] for tree in (loaded, sampled)]
    error = float(az.mcse(both[0].to_dataset(name="a"))["a"])
    assert abs(float(both[0].mean() - both[1].mean())) < 5 * error


def test_only_some_variables(compiled: tuple[Any, Any], slopes: tuple[Any, Any]) -> None:
    of_given, plan = compiled[1], uf.Plan.from_datatree(slopes[1])
    options = {"random_seed": 3, "parameterization": plan}
    trees = [of_given.sample(50, var_names=names, **options) for names in (None, ["Intercept"])]
    assert list(trees[1]["posterior"].data_vars) == ["Intercept"]
    xr.testing.assert_equal(trees[0]["posterior"]["Intercept"], trees[1]["posterior"]["Intercept"])
    with pytest.raises(
        uf.UnknownVariableError, match=r"var_names has 'mu'; the model's variables are sigma, Intercept"
    ):
        of_given.sample(50, var_names=["mu"])


def test_a_name_with_a_slash_is_refused_before_sampling_and_an_alias_mends_it() -> None:
    given = model("y ~ I(x/2) + (1|group)")
    with pytest.raises(uf.InvalidArgumentError, match=r"term 'I\(x / 2\)' has a slash in its name.*set_alias"):
        uf.compile(given)
    given.set_alias({"I(x / 2)": "half"})
    tree = uf.sample(given, 20, tune=20, random_seed=1, progressbar=False, parameterization="centered")
    given.predict(tree)
    assert {"half", "mu"} <= set(tree["posterior"].data_vars)


def test_data_with_such_names_are_set() -> None:
    with pm.Model() as plain:
        theta = pm.Normal("1|g:h", pm.Normal("Intercept", 0, 5), pm.HalfNormal("1|g:h_sigma", 5), shape=3)
        pm.Normal("y|z", theta, 1.0, observed=pm.Data("x:1|g", [1.0, 2.0, 4.0]))
    compiled = uf.compile(plain, "noncentered").with_data(**{"x:1|g": [31.0, 32.0, 34.0]})
    tree = compiled.sample(50, tune=200, random_seed=1)
    assert tree["observed_data"]["y|z"].values.tolist() == [31.0, 32.0, 34.0]
    assert float(tree["posterior"]["1|g:h"].mean()) > 20
