from __future__ import annotations

import numpy as np
import pytest
from tests.plots.trees import tree

import unfunnel as uf


def test_shares_of_draws_by_steps_and_step_sizes_of_chains(fit):
    plots = uf.plot_effort(fit, backend="none")
    steps = fit["sample_stats"]["n_steps"].values
    line = plots.viz["steps"]["fit"].item()
    heights = np.asarray(line["y"])[::2]
    expected = [np.mean((steps >= 2**k) & (steps < 2 ** (k + 1))) for k in range(5)]
    assert np.allclose(heights, expected)
    assert np.allclose(plots.viz["step_size"]["fit"].item()["y"], [0.31, 0.35, 0.28, 0.4])
    assert f"{steps.sum()} gradients for 2000 draws" in plots.viz["figure_title"].item()["string"]


def test_several_fits_beside_each_other(fit):
    plots = uf.plot_effort({"centered": fit, "a$b$": tree(3, seed=2)}, backend="matplotlib")
    figure = plots.viz["figure"].item()
    figure.draw_without_rendering()
    assert [label.get_text() for label in figure.axes[1].get_xticklabels()] == ["centered", r"a\$b\$"]
    assert set(plots.viz["steps"].data_vars) == {"centered", "a$b$"}


def test_statistics_under_stan_s_names(fit):
    stats = fit["sample_stats"].to_dataset().rename(n_steps="n_leapfrog__", step_size="stepsize__")
    renamed = fit.copy()
    renamed["sample_stats"] = stats
    first, second = (uf.plot_effort(dt, backend="none").viz["steps"]["fit"].item() for dt in (fit, renamed))
    assert np.array_equal(first["y"], second["y"])


def test_bad_input_is_refused(fit):
    bare = fit.copy()
    bare["sample_stats"] = fit["sample_stats"].to_dataset().drop_vars("n_steps")
    with pytest.raises(uf.InvalidArgumentError, match="'sample_stats' of 'fit' has no leapfrog steps"):
        uf.plot_effort(bare, backend="none")
    with pytest.raises(uf.InvalidArgumentError, match="empty mapping"):
        uf.plot_effort({}, backend="none")
    with pytest.raises(uf.InvalidArgumentError, match="no group 'sample_stats'"):
        uf.plot_effort(fit.drop_nodes("sample_stats"), backend="none")
