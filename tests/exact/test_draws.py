"""Draws against moments and ranks, and how they are laid out."""

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from unfunnel import exact


@pytest.fixture(params=["eight_schools", "unbalanced"])
def posterior(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def draws(posterior):
    return posterior.sample(draws=10_000, chains=4, random_seed=11)["posterior"]


def test_means_lie_within_five_standard_errors(posterior, draws):
    moments = posterior.moments()
    for name in draws.data_vars:
        error = np.ravel(draws[name].mean(("chain", "draw")).values - moments[name].mean)
        assert np.all(np.abs(error) < 5 * np.ravel(moments[name].sd) / 200)


def test_standard_deviations_lie_within_five_standard_errors(posterior, draws):
    moments = posterior.moments()
    for name in draws.data_vars:
        square = (draws[name] - moments[name].mean) ** 2
        error = np.ravel(square.mean(("chain", "draw")).values - np.square(moments[name].sd))
        assert np.all(np.abs(error) < 5 * np.ravel(square.std(("chain", "draw")).values) / 200)


def test_log_tau_within_five_standard_errors(posterior, draws):
    mean, sd = posterior.moments()["log_tau"]
    assert abs(float(np.log(draws["tau"]).mean()) - mean) < 5 * sd / 200


def test_ranks_of_tau_are_uniform(posterior, draws):
    tau = np.sort(draws["tau"].values.ravel())
    rank = np.linspace(0.001, 0.999, 500)
    expected = posterior.tau_quantile(rank)
    found = np.searchsorted(tau, expected) / tau.size
    # Kolmogorov's bound at a chance of 1e-6.
    assert np.max(np.abs(found - rank)) < np.sqrt(0.5 * np.log(2e6) / tau.size)


def test_draws_are_distinct_and_independent_within_and_between_chains(draws):
    tau = np.log(draws["tau"].values)
    assert np.unique(tau).size == tau.size
    chains = tau - tau.mean()
    lagged = (chains[:, 1:] * chains[:, :-1]).mean() / chains.var()
    assert abs(lagged) < 5 / np.sqrt(tau.size)
    assert abs(np.corrcoef(chains)[0, 1]) < 5 / np.sqrt(tau.shape[1])


def test_effects_depend_on_tau_and_mu_as_the_model_says(eight_schools, draws):
    """Given the scales and mu, effects are conditionally normal with known mean: standardized they are white."""
    draws = eight_schools.sample(draws=10_000, chains=4, random_seed=12)["posterior"]
    variance = xr.DataArray(np.square(eight_schools.statistics.sigma), dims="school")
    y = xr.DataArray(eight_schools.statistics.mean, dims="school")
    weight = draws["tau"] ** 2 / (draws["tau"] ** 2 + variance)
    z = (draws["theta"] - draws["mu"] - weight * (y - draws["mu"])) / np.sqrt(variance * weight)
    z = z.values.reshape(-1, 8)
    for column in z.T:
        assert stats.kstest(column, "norm").pvalue > 1e-4
    correlation = np.corrcoef(z.T, [draws["mu"].values.ravel(), np.log(draws["tau"].values.ravel())])
    assert np.max(np.abs(correlation - np.eye(10))[:8]) < 5 / np.sqrt(len(z))


def test_layout(unbalanced, eight_schools):
    tree = eight_schools.sample(draws=7, chains=2, random_seed=1)
    assert isinstance(tree, xr.DataTree)
    posterior = tree["posterior"]
    assert dict(posterior.sizes) == {"chain": 2, "draw": 7, "school": 8}
    assert posterior["theta"].dims == ("chain", "draw", "school")
    assert posterior["mu"].dims == posterior["tau"].dims == ("chain", "draw")
    assert posterior["school"].values.tolist() == list("ABCDEFGH")
    assert posterior["chain"].values.tolist() == [0, 1]
    assert list(tree["observed_data"].data_vars) == ["count", "mean", "sum_of_squares"]
    assert "sigma" in unbalanced.sample(draws=2, chains=1, random_seed=1)["posterior"]
    assert "sigma" not in posterior


def test_names_and_dimension_are_the_callers():
    names = {"mu": "m", "tau": "t", "theta": "effect", "sigma": "s"}
    statistics = exact.GroupStatistics([2, 3], [1.0, 2.0], [1.0, 1.0])
    priors = {"mu": (0, 5), "tau": stats.halfnorm(), "sigma_prior": stats.halfnorm()}
    posterior = exact.fit(statistics, names=names, group_dim="lab", **priors)
    assert list(posterior.moments()) == ["m", "t", "log_t", "effect", "s", "log_s"]
    tree = posterior.sample(draws=2, chains=1, random_seed=1)
    assert set(tree["posterior"].data_vars) == {"m", "t", "effect", "s"}
    assert tree["posterior"]["effect"].dims == ("chain", "draw", "lab")


def test_same_seed_same_draws(posterior):
    first, second = (posterior.sample(draws=5, chains=2, random_seed=3) for _ in range(2))
    assert first["posterior"].identical(second["posterior"])
    other = posterior.sample(draws=5, chains=2, random_seed=4)
    assert not first["posterior"].equals(other["posterior"])
    generator = posterior.sample(draws=5, chains=2, random_seed=np.random.default_rng(3))
    assert first["posterior"].identical(generator["posterior"])


def test_leaving_the_effects_out_changes_nothing_else(posterior):
    whole = posterior.sample(draws=5, chains=2, random_seed=3)["posterior"]
    part = posterior.sample(draws=5, chains=2, random_seed=3, var_names=["tau", "mu"])["posterior"]
    assert list(part.data_vars) == ["tau", "mu"]
    np.testing.assert_array_equal(part["tau"], whole["tau"])
    np.testing.assert_array_equal(part["mu"], whole["mu"])
    assert "school" not in part.dims


def test_blocks_do_not_show(eight_schools, monkeypatch):
    from unfunnel.exact import effects, quadrature

    whole = eight_schools.sample(draws=50, chains=2, random_seed=3)["posterior"]
    monkeypatch.setattr(effects, "_BLOCK", 24)
    monkeypatch.setattr(quadrature, "_BLOCK", 7)
    np.testing.assert_allclose(
        eight_schools.sample(draws=50, chains=2, random_seed=3)["posterior"]["theta"], whole["theta"], rtol=1e-12
    )


def test_arviz_works_on_the_draws(unbalanced):
    import arviz as az

    tree = unbalanced.sample(draws=500, chains=4, random_seed=5)
    summary = az.summary(tree)
    assert {"mu", "tau", "sigma", "theta[0]"} <= set(summary.index)
    assert float(az.rhat(tree)["tau"]) < 1.02
    assert float(az.ess(tree)["tau"]) > 1500


def test_import_is_light():
    import subprocess
    import sys

    heavy = "{'pymc', 'arviz', 'matplotlib', 'pandas', 'xarray', 'scipy.stats', 'numba', 'nutpie'}"
    code = f"import sys, unfunnel.exact; print({heavy} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
