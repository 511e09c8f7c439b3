"""What is written stands out from the paper in dark themes of every backend."""

from __future__ import annotations

import pytest

import unfunnel as uf
from unfunnel.plots.ink import ink


@pytest.fixture
def themes():
    """Plotly's and bokeh's defaults, which are put back."""
    import plotly.io as pio
    from bokeh.io import curdoc

    template, theme = pio.templates.default, curdoc().theme
    yield
    pio.templates.default, curdoc().theme = template, theme


@pytest.mark.parametrize(
    ("template", "expected"),
    [("plotly_dark", "#FFFFFF"), ("plotly_dark+presentation", "#FFFFFF"), ("plotly_white", "#000000")],
)
def test_plotly(template, expected, themes):
    import plotly.io as pio

    pio.templates.default = template
    assert ink("plotly") == expected


def test_plotly_without_a_template(themes):
    import plotly.io as pio

    pio.templates.default = None
    assert ink("plotly") == "#000000"


def test_bokeh(themes):
    from bokeh.io import curdoc

    assert ink("bokeh") == "#000000"
    curdoc().theme = "dark_minimal"
    assert ink("bokeh") == "#FFFFFF"


def test_matplotlib():
    import matplotlib.pyplot as plt

    assert ink("matplotlib") == "#000000"
    with plt.style.context("dark_background"):
        assert ink("matplotlib") == "#FFFFFF"


def test_titles_of_a_dark_plotly_funnel(fit, themes):
    import plotly.io as pio

    pio.templates.default = "plotly_dark"
    figure = uf.plot_funnel(fit, "theta", "tau", backend="plotly").viz["figure"].item()
    assert figure.layout.title.font.color == "#FFFFFF"
    titles = [note for note in figure.layout.annotations if "ρ" in note.text]
    assert titles
    assert {note.font.color for note in titles} == {"#FFFFFF"}


@pytest.mark.parametrize("backend", ["matplotlib", "plotly"])
def test_arvizs_own_name_is_a_colour_in_legends_too(fit, backend):
    looks = {"divergences": {"edgecolor": "B1"}}
    figure = uf.plot_funnel(fit, "theta", "tau", backend=backend, visuals=looks).viz["figure"].item()
    if backend == "matplotlib":
        edges = [handle.get_markeredgecolor() for handle in figure.legends[0].legend_handles]
    else:
        edges = [entry.marker.line.color for entry in figure.data if entry.showlegend]
    assert "#000000" in edges
    assert "B1" not in edges
