from __future__ import annotations

import numpy as np
import pytest
from tests.plots.trees import tree

import unfunnel as uf


def plot(dt, **given):
    return uf.plot_centering(dt, "theta", "tau", backend="none", **{"information": "n", **given})


def lines(plots, name):
    drawn = plots.viz[name]["theta"].item()
    return np.asarray(drawn["x"]), np.asarray(drawn["y"])


def test_a_dot_is_a_group_s_weight_against_its_information(fit):
    plots = plot(fit)
    x, y = lines(plots, "weights")
    assert np.array_equal(x, fit["constant_data"]["n"])
    assert np.array_equal(y, fit["parameterization"]["theta_weight"])


def test_the_rules_are_marked(fit):
    plots = plot(fit)
    assert set(lines(plots, "centered")[1]) == {1.0}
    assert set(lines(plots, "noncentered")[1]) == {0.0}
    x, y = lines(plots, "mixed")
    assert y.tolist() == [0, 0, 1, 1]
    assert x[1] == x[2] == 25
    assert lines(plot(fit, threshold=100), "mixed")[0][1] == 100
    assert set(lines(plot(fit, threshold=1e9), "mixed")[1]) == {0.0}
    assert set(lines(plot(fit, threshold=0), "mixed")[1]) == {1.0}


def test_zero_information_has_a_place_on_a_logarithmic_axis(fit):
    counts = fit["constant_data"]["n"].values.astype(float)
    counts[0] = 0
    x, _ = lines(plot(fit, information=counts), "weights")
    assert x[0] == counts[counts > 0].min() / 2
    assert np.array_equal(x[1:], counts[1:])


def test_the_ends_are_named(fit):
    plots = plot(fit)
    weight = fit["parameterization"]["theta_weight"]
    for name, label in (("label_least", weight.idxmin()), ("label_most", weight.idxmax())):
        assert plots.viz[name]["theta"].item()["string"].strip()[:8] == str(label.item())[:8]


def test_numbers_by_label_by_array_and_by_name_are_the_same(fit):
    counts = fit["constant_data"]["n"]
    by_label = dict(zip(counts["school"].values, counts.values, strict=True))
    first = lines(plot(fit), "weights")[0]
    for given in (counts, counts.values, by_label):
        assert np.array_equal(lines(plot(fit, information=given), "weights")[0], first)


def test_a_selection(fit):
    label = fit["posterior"]["school"].values[3]
    x, y = lines(plot(fit, coords={"school": [label]}), "weights")
    assert x.tolist() == [fit["constant_data"]["n"].values[3]]
    assert y.tolist() == [fit["parameterization"]["theta_weight"].values[3]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"weight": [2.0, 0, 0]}, "between 0 and 1"),
        ({"weight": [0.5, 0.5]}, r"weight has the shape \(2,\), and the effect \(3,\)"),
        ({"information": [1, 2, np.nan]}, "finite and not negative"),
        ({"information": {"group 0": 1}}, "no value for 'group 1'"),
        ({"information": "counts"}, "constant_data nor observed_data has; they have n, own, error"),
        ({"information": None}, "no evidence on each element"),
        ({"information": ["a", "b", "c"]}, "must hold numbers"),
    ],
)
def test_bad_input_is_refused(given, message):
    with pytest.raises(uf.UnfunnelError, match=message):
        plot(tree(3), **given)


def test_a_fit_without_weights_says_what_to_give():
    with pytest.raises(uf.InvalidArgumentError, match="give weight="):
        plot(tree(3, weights=False))
