"""Every plot on every backend that is installed."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from tests.plots.trees import tree

import unfunnel as uf

FITS = {
    "plot_funnel": lambda fit, backend: uf.plot_funnel(fit, "theta", "tau", location="mu", backend=backend),
    "plot_centering": lambda fit, backend: uf.plot_centering(fit, "theta", "tau", information="n", backend=backend),
    "plot_shrinkage": lambda fit, backend: uf.plot_shrinkage(
        fit, "theta", location="mu", unpooled="own", sizes="n", backend=backend
    ),
    "plot_scale": lambda fit, backend: uf.plot_scale(fit, "tau", exact=lambda tau: 0 * tau, backend=backend),
    "plot_effort": lambda fit, backend: uf.plot_effort({"a$b$ <i>": fit, "b": fit}, backend=backend),
}


@pytest.mark.parametrize("plot", FITS, ids=str)
@pytest.mark.parametrize("backend", ["matplotlib", "plotly", "bokeh", "none"])
def test_every_plot_on_every_backend(fit, plot, backend):
    needed = [backend, "webcolors"] if backend == "plotly" else [backend]
    if backend != "none" and any(find_spec(name) is None for name in needed):
        pytest.skip(f"{' and '.join(needed)} not installed")
    plots = FITS[plot](fit, backend)
    assert plots.backend == backend
    assert plots.viz["figure"].item() is not None or backend == "none"


def test_a_backend_that_is_not_installed_is_refused_with_the_way_to_install_it(monkeypatch):
    monkeypatch.setattr("unfunnel.plots.inputs.find_spec", lambda name: None)
    with pytest.raises(uf.MissingPackageError, match=r"pip install 'unfunnel\[bokeh\]'"):
        uf.plot_funnel(tree(3), "theta", "tau", backend="bokeh")


def test_a_collection_of_the_caller_s_is_drawn_in():
    fit = tree(3)
    first = uf.plot_centering(fit, "theta", "tau", information="n", backend="none")
    assert uf.plot_centering(fit, "theta", "tau", information="n", plot_collection=first) is first


def test_settings_of_parts_and_parts_left_out(fit):
    visuals = {"draws": {"color": "red"}, "divergences": False, "legend": False, "heading": False}
    plots = uf.plot_funnel(fit, "theta", "tau", backend="none", visuals=visuals)
    assert not {"divergences", "figure_title"} & (set(plots.viz.children) | set(plots.viz.data_vars))
    assert plots.viz["draws"]["theta"].values[0]["facecolor"] == "red"


@pytest.mark.parametrize("plot", ["plot_funnel", "plot_shrinkage"])
def test_plotly_s_legend_shows_dots_as_dots_below_the_plots(fit, plot):
    pytest.importorskip("webcolors")
    figure = FITS[plot](fit, "plotly").viz["figure"].item()
    entries = [trace for trace in figure.data if trace.showlegend and trace.name]
    line = {"posterior mean of mu"}
    assert {entry.mode for entry in entries if entry.name not in line} == {"markers"}
    assert {entry.mode for entry in entries if entry.name in line} <= {"lines"}
    assert len(entries) == 3
    assert figure.layout.legend.orientation == "h"
