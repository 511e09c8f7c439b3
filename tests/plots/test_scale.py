from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from tests.plots.trees import tree

import unfunnel as uf


def exact(tau):
    """Of the trees' scale: log tau is normal(0.5, 0.9)."""
    return np.exp(-0.5 * ((np.log(tau) - 0.5) / 0.9) ** 2) / (tau * 0.9 * np.sqrt(2 * np.pi))


def normal(x, mean, sd):
    return np.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * np.sqrt(2 * np.pi))


def with_prior(dt):
    prior = np.exp(np.random.default_rng(3).normal(1, 2, (1, 4000)))
    return xr.DataTree.from_dict(
        {"posterior": dt["posterior"].to_dataset(), "prior": xr.Dataset({"tau": (("chain", "draw"), prior)})}
    )


def curve(plots, name):
    drawn = plots.viz[name]["tau"].item()
    return np.asarray(drawn["x"]), np.asarray(drawn["y"])


def test_posterior_prior_and_exact_density_on_the_log_scale():
    plots = uf.plot_scale(with_prior(tree(3, draws=2000)), "tau", exact=exact, backend="none")
    x, y = curve(plots, "posterior")
    # 8000 draws: the standard error of a density by this kernel is below 0.01 everywhere.
    assert np.abs(y - normal(x, 0.5, 0.9)).max() < 0.04
    x, y = curve(plots, "exact")
    assert np.allclose(y, normal(x, 0.5, 0.9))
    x, y = curve(plots, "prior")
    assert np.abs(y - normal(x, 1, 2)).max() < 0.04


def test_what_there_is_not_is_not_drawn():
    plots = uf.plot_scale(tree(3), "tau", backend="none")
    assert not {"prior", "exact"} & set(plots.viz.children)
    assert "no prior draws" in plots.viz["figure_title"].item()["string"]


def test_several_fits_have_a_line_each_over_all_of_their_reach():
    fits = {"centered": tree(3, draws=1000), "informed": tree(3, draws=2000, seed=2)}
    plots = uf.plot_scale(fits, "tau", exact=exact, backend="none")
    (x, first), (same, second) = (curve(plots, f"posterior_{name}") for name in fits)
    assert np.array_equal(x, same)
    # 4000 and 8000 draws, as above.
    assert np.abs(first - normal(x, 0.5, 0.9)).max() < 0.05
    assert np.abs(second - normal(x, 0.5, 0.9)).max() < 0.04
    assert "centered, informed and exact posterior" in plots.viz["figure_title"].item()["string"]
    assert "posterior" not in plots.viz.children


def test_fits_of_different_models_are_refused():
    other = tree(3)
    posterior = other["posterior"].to_dataset()
    other["posterior"] = posterior.assign(tau=np.abs(posterior["theta"]) + 1)
    with pytest.raises(uf.InvalidArgumentError, match="must be of one model"):
        uf.plot_scale({"a": tree(3), "b": other}, "tau", backend="none")


def test_the_oracle_s_posterior_is_an_exact_density():
    from scipy.stats import halfnorm

    statistics = uf.exact.GroupStatistics.from_estimates(
        [28.0, 8, -3, 7, -1, 1, 18, 12], [15.0, 10, 16, 11, 9, 11, 10, 18]
    )
    posterior = uf.exact.fit(statistics, mu=(0, 5), tau=halfnorm(scale=5))
    plots = uf.plot_scale(posterior.sample(1000, 4, random_seed=1), "tau", exact=posterior, backend="none")
    x, y = curve(plots, "posterior")
    # The kernel rounds the peak off; 4000 independent draws leave an error of 0.01.
    assert np.abs(y - curve(plots, "exact")[1]).max() < 0.05
    assert np.trapezoid(curve(plots, "exact")[1], x) == pytest.approx(1, abs=0.01)


def test_a_plot_for_every_scale():
    fit = tree(3)
    posterior = fit["posterior"].to_dataset()
    fit["posterior"] = posterior.assign(taus=np.exp(posterior["theta"] / 10))
    plots = uf.plot_scale(fit, "taus", backend="none")
    assert plots.viz["plot"].sizes == {"school": 3}
    assert plots.viz["posterior"]["taus"].sizes == {"school": 3}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"scale": "tua"}, "did you mean 'tau'"),
        ({"scale": "theta"}, "not positive"),
        ({"scale": "tau", "exact": 3}, "must be a function"),
        ({"scale": "tau", "exact": lambda tau: -tau}, "must give a density"),
        ({}, "no plan that tells the effect"),
    ],
)
def test_bad_input_is_refused(given, message):
    with pytest.raises(uf.UnfunnelError, match=message):
        uf.plot_scale(tree(3), backend="none", **given)
