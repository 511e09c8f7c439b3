"""Text, size, axes and legends of a picture, whichever backend draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from importlib import import_module
from typing import Any

import numpy as np

from unfunnel.plots.ink import ON_ANY_PAPER, ink

SIZE = {"title": 9, "label": 9, "ticks": 8, "legend": 8.5}
"""Font sizes in points."""


def module_of(backend: str) -> Any:
    """ArviZ's functions of a backend."""
    return import_module(f"arviz_plots.backend.{backend}")


def backend_of_target(target: Any) -> Any:
    """ArviZ's functions of the backend that a plot is of."""
    find: Any = import_module("arviz_plots.plot_collection").backend_from_object
    return find(target)


def as_text(text: str, backend: str) -> str:
    """A user's text, so that a backend shows it as it is: no mathematics, and no markup."""
    if backend == "matplotlib":
        from matplotlib import rcParams

        # Two dollars would make what is between them mathematics.
        return text.replace("$", r"\$") if rcParams["text.parse_math"] else text
    if backend == "plotly":
        return escape(text, quote=False).replace("$", "&#36;")
    # A pair of dollars is mathematics to bokeh: a space of no width parts them.
    return text.replace("$$", "$\u200b$") if backend == "bokeh" else text


def figure_kwargs(backend: str, width: float, height: float, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Size in inches, and a layout that leaves room for labels, unless the caller has other wishes."""
    layout = {"layout": "constrained"} if backend == "matplotlib" else {}
    if backend not in ("matplotlib", "none"):
        width, height = 96 * width, 96 * height
    units = "inches" if backend in ("matplotlib", "none") else "dots"
    return {"figsize": (width, height), "figsize_units": units, **layout, **(given or {})}


def collection(
    dataset: Any,
    backend: str,
    size: tuple[float, float],
    given: Mapping[str, Any],
    cols: Sequence[Any] = (),
    **more: Any,
) -> Any:
    """A PlotCollection with a plot for every label of `cols`, of a size in inches.

    Parameters
    ----------
    given
        What the caller of a plot passed on for `PlotCollection.wrap`.
    **more
        Defaults of the same, and of `figure_kwargs` those that begin with ``share``.
    """
    made: Any = import_module("arviz_plots").PlotCollection

    shared = {name: more.pop(name) for name in list(more) if name.startswith("share")}
    settings = {**more, **given}
    wanted = {**shared, **(settings.pop("figure_kwargs", None) or {})}
    settings["figure_kwargs"] = figure_kwargs(backend, *size, wanted)
    settings.setdefault("cols", list(cols))
    return made.wrap(dataset, backend=backend, **settings)


def targets(plots: Any) -> list[tuple[int, int, Any]]:
    """Row, column and plot of a collection without `__variable__` among its facets, in order."""
    viz = plots.viz
    rows, columns, found = (np.ravel(viz[name].values) for name in ("row_index", "col_index", "plot"))
    return [(int(row), int(column), plot) for row, column, plot in zip(rows, columns, found, strict=True)]


def name_axes(plots: Any, x: str, y: str) -> None:
    """Name the axes: y of the leftmost plots, x of those that have none below them."""
    backend = module_of(plots.backend)
    every = targets(plots)
    last = {column: max(row for row, other, _ in every if other == column) for _, column, _ in every}
    for row, column, target in every:
        if row == last[column]:
            backend.xlabel(as_text(x, plots.backend), target, size=SIZE["label"])
            if plots.backend == "matplotlib":
                # Hidden where axes are shared and the grid has room for a plot below.
                target.tick_params(labelbottom=True)
        if plots.backend == "matplotlib" and len(last) > 2 and target.get_xscale() == "linear":
            # In three narrow plots beside each other more labels would run into one another.
            target.locator_params(axis="x", nbins=5)
        if column == 0:
            backend.ylabel(as_text(y, plots.backend), target, size=SIZE["label"])
        backend.ticklabel_props(target, axis="both", size=SIZE["ticks"])


def heading(plots: Any, text: str) -> None:
    """A line above the whole picture."""
    # The title of a figure is a piece of a page in bokeh, unlike those of its plots, and pages have any paper.
    colour = ON_ANY_PAPER if plots.backend == "bokeh" else ink(plots.backend)
    words = escape(text, quote=False) if plots.backend == "bokeh" else as_text(text, plots.backend)
    # Plotly has its buttons on the right, over a title in the middle.
    place = {"x": 0.01, "xanchor": "left"} if plots.backend == "plotly" else {}
    plots.add_title(words, size=SIZE["title"], color=colour, **place)


def legend(plots: Any, entries: Sequence[tuple[str, Mapping[str, Any]]], **settings: Any) -> None:
    """A legend of the whole picture.

    Parameters
    ----------
    entries
        Label and looks: `color`, and `marker` or `linestyle`.
    """
    labels = [as_text(label, plots.backend) for label, _ in entries]
    looks = [dict(look) for _, look in entries]
    if plots.backend == "matplotlib":
        _in_matplotlib(plots, labels, looks, settings)
        return
    # ArviZ's legends of the other backends have lines only.
    lines = [
        {"color": look["color"], "linestyle": linestyle(plots.backend, look.get("linestyle", "-"))} for look in looks
    ]
    defaults = {"update_visuals": False, **_LEGENDS.get(plots.backend, {})}
    import_module(f"arviz_plots.backend.{plots.backend}.legend").legend(plots, lines, labels, **(defaults | settings))
    if plots.backend == "plotly":
        _dots_in_plotly(plots, looks)


_LEGENDS: dict[str, dict[str, Any]] = {
    "plotly": {
        # Below the plots, as in matplotlib: beside them it takes half of the width.
        "legend_orientation": "h",
        "legend_yref": "container",
        "legend_y": 0.01,
        "legend_yanchor": "bottom",
        "legend_x": 0.5,
        "legend_xanchor": "center",
        "legend_font_size": 1.3 * SIZE["legend"],
        "margin": {"t": 48, "b": 84, "l": 60, "r": 16},
    },
    "bokeh": {"label_text_font_size": f"{SIZE['legend']}pt", "padding": 4, "spacing": 1},
}
"""How other backends than matplotlib show a legend; plotly's sizes are in pixels."""


def linestyle(backend: str, style: str) -> Any:
    """A backend's own word for a style of lines, from matplotlib's."""
    if backend == "none":
        return style
    own = module_of(backend).get_default_aes("linestyle", 4, {})
    return style if backend == "matplotlib" else dict(zip(("-", "--", ":", "-."), own, strict=True))[style]


def dot_size(backend: str, area: Any) -> Any:
    """The size of dots, from their areas in square points; bokeh takes one diameter for all of them."""
    return float(np.sqrt(np.mean(area))) if backend == "bokeh" else area


def cross(backend: str) -> str:
    """A backend's own word for a thin cross as a marker."""
    return "x-thin-open" if backend == "plotly" else "x"


def across(backend: str, values: Any, logarithmic: bool) -> Any:
    """Values as they are drawn along an axis: ArviZ makes no logarithmic one with plotly or bokeh."""
    return np.log10(values) if logarithmic and backend in ("plotly", "bokeh") else np.asarray(values)


def horizontal_axis(plots: Any, target: Any, ends: tuple[float, float], logarithmic: bool) -> None:
    """How far an axis reaches, and its ticks where it is logarithmic."""
    backend = module_of(plots.backend)
    if logarithmic and plots.backend in ("plotly", "bokeh"):
        decades = np.arange(np.ceil(np.log10(ends[0])), np.log10(ends[1]))
        backend.xticks(decades, [f"{10.0**decade:g}" for decade in decades], target)
    elif logarithmic:
        backend.xscale(target, "log")
        if plots.backend == "matplotlib":
            _plain_decades(target)
    low, high = across(plots.backend, ends, logarithmic)
    backend.xlim((float(low), float(high)), target)


def _plain_decades(axes: Any) -> None:
    """Decades as numbers: their own labels are mathematics, which a style may have switched off."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _in_matplotlib(plots: Any, labels: list[str], looks: list[dict[str, Any]], settings: dict[str, Any]) -> None:
    from matplotlib.lines import Line2D

    handles: list[Any] = []
    for look in looks:
        plain = _plain(look, "matplotlib")
        marker = plain.pop("marker", None)
        edge = plain.pop("edgecolor", plain["color"])
        face = plain.pop("facecolor", plain["color"])
        style: dict[str, Any] = {"linestyle": plain.pop("linestyle", "none" if marker else "-"), **plain}
        if marker:
            style |= {"marker": marker, "markeredgecolor": edge, "markerfacecolor": face, "markersize": 5}
        handles.append(Line2D([], [], **style))
    # As many columns as fit, so that no label is cut off at the edge of the figure.
    room = 13 * plots.get_viz("figure").get_figwidth()
    columns = max(1, min(len(labels), int(room // (max(map(len, labels)) + 6))))
    where = {"loc": "outside lower center", "ncols": columns, "frameon": False, "fontsize": SIZE["legend"]}
    plots.get_viz("figure").legend(handles, labels, **{**where, **settings})


def _dots_in_plotly(plots: Any, looks: list[dict[str, Any]]) -> None:
    """Show what is drawn as dots as a dot."""
    entries = plots.get_viz("figure").data[-len(looks) :]
    for entry, look in zip(entries, looks, strict=True):
        if "marker" not in look:
            continue
        symbol = "circle" if look["marker"] == "o" else look["marker"]
        colour = entry.line.color
        rim = {
            "color": _plain(look, "plotly").get("edgecolor", ink("plotly")),
            "width": 1.0 if "facecolor" in look else 0.0,
        }
        marker = {"symbol": symbol, "size": 7, "color": look.get("facecolor", colour)}
        entry.update(mode="markers", marker=marker | ({} if symbol.startswith("x") else {"line": rim}))


def _plain(look: Mapping[str, Any], backend: str) -> dict[str, Any]:
    """With a colour in the place of ArviZ's name for ink, which a backend's own legend does not know."""
    return {name: ink(backend) if value == "B1" else value for name, value in look.items()}
