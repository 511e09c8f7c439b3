from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from unfunnel.plots.canvas import as_text
from unfunnel.plots.elements import LONGEST, evenly, flat_draws, labels_of, short, shortened


def test_labels_are_unique_even_where_the_user_s_are_not():
    array = xr.DataArray(np.zeros((1, 2, 3)), dims=("chain", "draw", "g"), coords={"g": ["a", "b", "a"]})
    assert labels_of(array) == ["a #1", "b", "a #3"]


def test_short_labels_keep_both_ends_and_stay_different():
    assert short(" a\n b ") == "a b"
    long = [f"County number {k} of the very long list" for k in range(300)]
    cut = shortened(long)
    assert len(set(cut)) == 300
    assert max(map(len, cut)) <= LONGEST


def test_short_labels_show_in_what_they_differ():
    long = [f"St. Mary's school for the very gifted of district {k}, south wing" for k in (7, 71)]
    assert shortened([*long, "other"]) == ["…7, south wing", "…71, south wing", "other"]
    assert shortened(["a" * 40, "a" * 40]) == [f"{'a' * 13}…{'a' * 7} #1", f"{'a' * 13}…{'a' * 7} #2"]


def test_draws_are_flattened_in_the_order_of_chains():
    values = np.arange(24.0).reshape(2, 3, 2, 2)
    array = xr.DataArray(values, dims=("chain", "draw", "a", "b"), name="x").transpose("a", "draw", "b", "chain")
    flat = flat_draws(array)
    assert flat.dims == ("sample", "element")
    assert np.array_equal(flat.values, values.reshape(6, 4))
    assert flat_draws(array, 3).sizes["sample"] == 3


def test_evenly():
    assert evenly(5, 9).tolist() == [0, 1, 2, 3, 4]
    assert evenly(100, 3)[[0, -1]].tolist() == [0, 99]


@pytest.mark.parametrize("backend", ["matplotlib", "plotly", "bokeh", "none"])
def test_a_plain_label_is_itself(backend):
    assert as_text("group 1|g_a", backend) == "group 1|g_a"


def test_markup_and_mathematics_are_disarmed():
    assert as_text("$x$", "matplotlib") == r"\$x\$"
    assert as_text("<b>$x$", "plotly") == "&lt;b&gt;&#36;x&#36;"
    assert "$$" not in as_text("$$x$$", "bokeh")
