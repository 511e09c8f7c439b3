from __future__ import annotations

import numpy as np
import pytest
from tests.plots.trees import AWKWARD, tree

import unfunnel as uf


def plot(dt, **given):
    return uf.plot_funnel(dt, "theta", "tau", location="mu", backend="none", **given)


def drawn(plots, part):
    return {
        str(label): plots.viz[part]["theta"].sel(school=label).item() for label in plots.viz["plot"]["school"].values
    }


def test_every_draw_of_every_group_is_there(fit):
    plots = plot(fit)
    theta = fit["posterior"]["theta"]
    for label, points in drawn(plots, "draws").items():
        assert np.array_equal(points["x"], theta.sel(school=label).values.ravel())
        assert np.array_equal(points["y"], np.log(fit["posterior"]["tau"].values.ravel()))


def test_divergences_and_their_starts_are_on_top(fit):
    plots = plot(fit)
    bad = fit["sample_stats"]["diverging"].values
    start = fit["sample_stats"]["divergence_start"].values[bad]
    names = list(fit["posterior"]["school"].values)
    for label, points in drawn(plots, "divergences").items():
        assert np.array_equal(points["x"], fit["posterior"]["theta"].sel(school=label).values[bad])
        first = drawn(plots, "starts")[label]
        assert np.array_equal(first["x"], start[:, 2 + names.index(label)])
        assert np.array_equal(first["y"], start[:, 1])
    assert list(plots.viz.children).index("divergences") > list(plots.viz.children).index("draws")


def test_without_divergences_none_are_drawn():
    plots = plot(tree(3, divergent=0))
    assert not {"divergences", "starts"} & set(plots.viz.children)
    assert "diverged" not in plots.viz["figure_title"].item()["string"]


def test_starts_in_other_coordinates_are_not_drawn():
    fit = tree(3, starts=True)
    stats = fit["sample_stats"].to_dataset()
    fit["sample_stats"] = stats.assign_coords(unconstrained_parameter=["mu", "tau_log__", "z_0", "z_1", "z_2"])
    assert "starts" not in plot(fit).viz.children


def test_the_worst_groups_come_first():
    fit = tree(85)
    plots = plot(fit, most=4)
    titles = [
        plots.viz["titles"]["theta"].sel(school=label).item()["string"] for label in plots.viz["plot"]["school"].values
    ]
    rho = [float(title.split("ρ = ")[1].rstrip(")")) for title in titles]
    assert len(rho) == 4
    assert rho == sorted(rho, reverse=True)
    assert "the worst 4 of 85 groups" in plots.viz["figure_title"].item()["string"]


def test_the_model_s_own_order_where_it_is_asked_for():
    fit = tree(85)
    plots = plot(fit, most=4, sort=False)
    shown = list(plots.viz["plot"]["school"].values)
    assert shown == sorted(shown, key=list(fit["posterior"]["school"].values).index)
    assert set(shown) == set(plot(fit, most=4).viz["plot"]["school"].values)


def test_the_number_is_spearman_s(fit):
    from scipy.stats import spearmanr

    plots = plot(fit)
    posterior = fit["posterior"]
    for label in plots.viz["plot"]["school"].values:
        distance = np.abs(posterior["theta"].sel(school=label) - posterior["mu"]).values.ravel()
        expected = spearmanr(distance[::2], np.log(posterior["tau"].values.ravel())[::2]).statistic
        assert f"ρ = {expected:.2f}" in plots.viz["titles"]["theta"].sel(school=label).item()["string"]


def test_a_scalar_effect_and_one_of_two_dims():
    fit = tree(6)
    posterior = fit["posterior"].to_dataset()
    grid = posterior["theta"].values.reshape(4, 500, 2, 3)
    fit["posterior"] = posterior.assign(
        one=posterior["theta"][..., 0].drop_vars("school"),
        grid=(("chain", "draw", "row", "column"), grid),
        taus=(("chain", "draw", "column"), np.exp(grid[:, :, 0])),
    )
    assert uf.plot_funnel(fit, "one", "tau", backend="none").viz["plot"].ndim == 0
    plots = uf.plot_funnel(fit, "grid", "tau", backend="none", most=6)
    assert set(plots.viz["plot"]["element"].values) == {f"{r}, {c}" for r in range(2) for c in range(3)}
    plots = uf.plot_funnel(fit, "grid", "taus", coords={"row": [1]}, backend="none")
    for label in plots.viz["plot"]["element"].values:
        column = int(label.split(", ")[1])
        points = plots.viz["draws"]["grid"].sel(element=label).item()
        assert np.allclose(points["y"], grid[:, :, 0, column].ravel())
        assert np.array_equal(points["x"], grid[:, :, 1, column].ravel())


def test_the_axes_are_named_once_a_row_and_column(fit):
    figure = uf.plot_funnel(fit, "theta", "tau", backend="matplotlib").viz["figure"].item()
    shown = [ax for ax in figure.axes if ax.axison]
    assert [ax.get_ylabel() for ax in shown] == ["log tau", "", ""] * 3
    assert [ax.get_xlabel() for ax in shown] == [""] * 6 + ["theta"] * 3


def test_users_labels_are_text_and_no_mathematics(fit):
    figure = uf.plot_funnel(fit, "theta", "tau", backend="matplotlib").viz["figure"].item()
    titles = " ".join(ax.get_title() for ax in figure.axes)
    assert r"a\$b\$c_d^e" in titles
    assert AWKWARD[0][:12] in titles
    figure.draw_without_rendering()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"effect": "thetta", "scale": "tau"}, r"plot_funnel: effect is 'thetta'.*did you mean 'theta'"),
        ({"effect": "theta", "scale": "sigma"}, r"plot_funnel: scale is 'sigma'.*the posterior has mu, tau, theta"),
        ({"effect": "theta", "scale": "theta"}, "not positive"),
        ({"effect": "mu", "scale": "theta"}, "has the dims school, which 'mu' has not"),
        ({}, r"no plan that tells the effect; name it, as in plot_funnel\(dt"),
        ({"effect": "theta"}, "no plan that tells the scale of 'theta'"),
        ({"effect": "theta", "scale": "tau", "most": 0}, "most must be a whole number"),
        ({"effect": "theta", "scale": "tau", "coords": {"scool": "a"}}, "did you mean 'school'"),
        ({"effect": "theta", "scale": "tau", "coords": {"school": "nowhere"}}, "no label of school"),
        ({"effect": "theta", "scale": "tau", "visuals": {"draw": False}}, "did you mean 'draws'"),
        ({"effect": "theta", "scale": "tau", "visuals": {"draws": 3}}, "must be a mapping"),
        ({"effect": "theta", "scale": "tau", "backend": "matplot"}, "did you mean 'matplotlib'"),
    ],
)
def test_bad_input_is_refused(given, message):
    with pytest.raises(uf.UnfunnelError, match=message):
        uf.plot_funnel(tree(3), **{"backend": "none", **given})


def test_what_is_no_fit_is_refused():
    with pytest.raises(uf.InvalidArgumentError, match=r"must be an xarray.DataTree.*got dict"):
        uf.plot_funnel({}, "theta", "tau")
    fit = tree(3)
    with pytest.raises(uf.InvalidArgumentError, match="no group 'posterior'"):
        uf.plot_funnel(fit.drop_nodes("posterior"), "theta", "tau")
