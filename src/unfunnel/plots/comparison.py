"""A comparison of parameterizations: how many effective draws each gives for its gradients, and for its seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.comparison import Comparison
from unfunnel.errors import InvalidArgumentError
from unfunnel.plots.canvas import SIZE, as_text, collection, cross, dot_size, heading, legend, module_of
from unfunnel.plots.elements import short, shortened
from unfunnel.plots.ink import ink
from unfunnel.plots.inputs import Visuals, backend_of
from unfunnel.plots.palette import DRAWS, OWN_DATA
from unfunnel.plots.put import put

_CALL = "plot_comparison"
_PARTS = ("sound", "flagged", "medians", "heading", "legend")
_MEASURES = {
    "per_1000_gradients": "effective draws per 1000 gradients",
    "per_second": "effective draws per second",
}
Floats = NDArray[np.float64]


def plot_comparison(
    comparison: Comparison,
    *,
    plot_collection: Any = None,
    backend: str | None = None,
    visuals: Mapping[str, Any] | None = None,
    **pc_kwargs: Any,
) -> Any:
    """Plot how efficient the parameterizations of a comparison are, a dot for every fit, the best on top.

    Dots of one row are seeds: where rows overlap, their difference is noise.

    Parameters
    ----------
    comparison : unfunnel.Comparison
        As :func:`unfunnel.compare` returned it.
    plot_collection : arviz_plots.PlotCollection, optional
        Where to draw; one with plots for the variables `per_1000_gradients` and `per_second`.
    backend : {"matplotlib", "plotly", "bokeh", "none"}, optional
        By default ``arviz.rcParams["plot.backend"]``.
    visuals : mapping, optional
        Settings of parts, or False to leave one out: `sound` and `flagged` (scatter, fits that the diagnosis objects
        to), `medians` (lines), `heading`, `legend`.
    **pc_kwargs
        Passed to :meth:`arviz_plots.PlotCollection.wrap`.

    Returns
    -------
    arviz_plots.PlotCollection

    Raises
    ------
    InvalidArgumentError
        If it is no comparison, or one without fits.
    MissingPackageError
        If the backend is not installed.

    Examples
    --------
    >>> import unfunnel as uf
    >>> numbers = dict(divergences=0, ess=900.0, where="tau", r_hat=1.0, step_size=0.5, steps=7.0, most_steps=7)
    >>> costs = dict(gradients=28000, gradients_all=40000, seconds=2.0, sound=True, said="fine", means={}, errors={})
    >>> fit = uf.Measured(
    ...     parameterization="informed", seed=1, per_1000_gradients=32.0, per_second=450.0, **numbers, **costs
    ... )
    >>> plots = uf.plot_comparison(uf.Comparison((fit,)), backend="none")
    >>> plots.viz["sound"]["per_second"].item()["x"].tolist()
    [450.0]
    """
    import xarray as xr

    looks = Visuals(_CALL, visuals, _PARTS)
    _check(comparison)
    backend = backend_of(_CALL, backend, plot_collection)
    rows = comparison.order[::-1]
    size = (8.4, 1.5 + 0.42 * len(rows))
    dataset = xr.Dataset(dict.fromkeys(_MEASURES, 0.0))
    plots = plot_collection or collection(dataset, backend, size, pc_kwargs, ["__variable__"], sharey=True)
    entries: list[tuple[str, dict[str, Any]]] = []
    for measure, words in _MEASURES.items():
        entries = _dots(plots, comparison, rows, measure, looks)
        _axes(plots, comparison, rows, measure, words)
    if looks.wants("heading"):
        heading(plots, _heading(comparison))
    if looks.wants("legend"):
        legend(plots, entries)
    return plots


def _check(comparison: Any) -> None:
    if not isinstance(comparison, Comparison):
        raise InvalidArgumentError(
            f"{_CALL}: comparison must be what unfunnel.compare returned, got {type(comparison).__name__}."
        )
    if not comparison.fits:
        raise InvalidArgumentError(f"{_CALL}: the comparison has no fits; compare at least one parameterization.")


def _dots(
    plots: Any, comparison: Comparison, rows: tuple[str, ...], measure: str, looks: Visuals
) -> list[tuple[str, dict[str, Any]]]:
    backend, target = module_of(plots.backend), plots.get_viz("plot", measure)
    if looks.wants("medians"):
        own = looks.settings("medians", color=OWN_DATA, width=2.0, alpha=0.8)
        middle = np.array([np.median([getattr(fit, measure) for fit in comparison.of(name)]) for name in rows])
        places = np.arange(len(rows), dtype=float)
        x, y = np.repeat(middle, 3), np.stack([places - 0.28, places + 0.28, np.full(len(rows), np.nan)], 1).ravel()
        put(plots, "medians", measure, backend.line(x, y, target, **own))
    area = dot_size(plots.backend, 36.0)
    settings: dict[str, dict[str, Any]] = {
        "sound": {"color": DRAWS, "size": area, "width": 0, "alpha": 0.9},
        "flagged": {"color": ink(plots.backend), "size": area, "width": 1.3, "marker": cross(plots.backend)},
    }
    words = {"sound": "a fit", "flagged": "a fit that its diagnosis objects to"}
    entries = []
    for part, defaults in settings.items():
        fits = [fit for fit in comparison.fits if fit.sound == (part == "sound")]
        if fits and looks.wants(part):
            own = looks.settings(part, **defaults)
            x = np.array([getattr(fit, measure) for fit in fits], dtype=float)
            y = np.array([rows.index(fit.parameterization) for fit in fits], dtype=float)
            put(plots, part, measure, backend.scatter(x, y, target, **own))
            entries.append((words[part], {"color": own["color"], "marker": own.get("marker", "o")}))
    return entries


def _axes(plots: Any, comparison: Comparison, rows: tuple[str, ...], measure: str, words: str) -> None:
    backend, target = module_of(plots.backend), plots.get_viz("plot", measure)
    labels = []
    for label, name in zip(shortened(list(rows)), rows, strict=True):
        divergent = sum(fit.divergences for fit in comparison.of(name))
        labels.append(f"{label}  ({divergent} div.)" if divergent else label)
    texts = [as_text(label, plots.backend) for label in labels]
    backend.yticks(np.arange(len(rows)), texts, target, size=SIZE["ticks"])
    backend.ylim((-0.6, len(rows) - 0.4), target)
    most = max(getattr(fit, measure) for fit in comparison.fits)
    backend.xlim((0.0, 1.08 * most if np.isfinite(most) and most > 0 else 1.0), target)
    backend.xlabel(words, target, size=SIZE["label"])
    backend.ticklabel_props(target, axis="x", size=SIZE["ticks"])


def _heading(comparison: Comparison) -> str:
    winner = short(comparison.winner)
    if not comparison.sound(comparison.winner):
        return "none of the parameterizations is sound"
    if len(comparison.parameterizations) == 1:
        return winner
    ties = [short(name) for name in comparison.ties]
    return f"{winner} is ahead" + (f"; its lead on {', '.join(ties)} is noise" if ties else "")
