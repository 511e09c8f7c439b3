from __future__ import annotations

import numpy as np
import pytest
from tests.plots.trees import tree

import unfunnel as uf


def plot(dt, **given):
    return uf.plot_shrinkage(dt, "theta", backend="none", **{"unpooled": "own", **given})


def drawn(plots, name):
    return plots.viz[name]["theta"].item()


def test_groups_go_from_their_own_data_to_the_hierarchy(fit):
    plots = plot(fit, location="mu", sizes="n")
    order = np.argsort(fit["constant_data"]["own"].values)
    own = fit["constant_data"]["own"].values[order]
    pooled = fit["posterior"]["theta"].mean(("chain", "draw")).values[order]
    assert np.array_equal(drawn(plots, "unpooled")["x"], own)
    assert np.allclose(drawn(plots, "pooled")["x"], pooled)
    segments = np.asarray(drawn(plots, "segments")["x"]).reshape(-1, 3)
    assert np.allclose(segments[:, :2], np.stack([own, pooled], axis=1))
    assert np.isnan(segments[:, 2]).all()
    assert drawn(plots, "population")["x"] == pytest.approx(float(fit["posterior"]["mu"].mean()))


def test_intervals_hold_89_percent(fit):
    interval = np.asarray(drawn(plot(fit), "intervals")["x"]).reshape(-1, 3)
    order = np.argsort(fit["constant_data"]["own"].values)
    theta = fit["posterior"]["theta"].values.reshape(-1, 9)[:, order]
    inside = (theta > interval[:, 0]) & (theta < interval[:, 1])
    assert np.allclose(inside.mean(axis=0), 0.89, atol=0.001)


def test_dots_grow_with_the_group(fit):
    size = np.asarray(drawn(plot(fit, sizes="n"), "pooled")["size"])
    order = np.argsort(fit["constant_data"]["own"].values)
    counts = fit["constant_data"]["n"].values[order]
    assert np.array_equal(np.argsort(size, kind="stable"), np.argsort(counts, kind="stable"))


def test_of_many_groups_some_are_shown_from_end_to_end():
    fit = tree(2000, draws=50)
    plots = plot(fit)
    own = fit["constant_data"]["own"].values
    shown = np.asarray(drawn(plots, "unpooled")["x"])
    assert len(shown) == 40
    assert (shown[0], shown[-1]) == (own.min(), own.max())
    assert "40 of 2000 groups" in plots.viz["figure_title"].item()["string"]


def test_rows_are_labelled_by_group_and_size(fit):
    figure = uf.plot_shrinkage(fit, "theta", unpooled="own", sizes="n", backend="matplotlib").viz["figure"].item()
    figure.draw_without_rendering()
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert r"a\$b\$c_d^e  (n = 3)" in labels
    assert len(set(labels)) == 9
    assert max(map(len, labels)) < 40


def test_a_group_without_an_estimate_is_left_out(fit):
    own = fit["constant_data"]["own"].values.copy()
    own[2] = np.nan
    assert len(drawn(plot(fit, unpooled=own), "pooled")["x"]) == 8
    with pytest.raises(uf.InvalidArgumentError, match="no group has an unpooled estimate"):
        plot(fit, unpooled=np.full(9, np.nan))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"unpooled": None}, "does not tell what the data alone say"),
        ({"unpooled": "mean"}, "neither constant_data nor observed_data"),
        ({"location": "theta"}, "is not one number"),
        ({"location": "nu"}, "location is 'nu'"),
        ({"most": True}, "most must be a whole number"),
    ],
)
def test_bad_input_is_refused(given, message):
    with pytest.raises(uf.UnfunnelError, match=message):
        plot(tree(3), **given)
