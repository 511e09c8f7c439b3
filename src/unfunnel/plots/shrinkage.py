"""Partial pooling: where each group's own data put it, and where the hierarchy does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError
from unfunnel.plots.beside import beside_of
from unfunnel.plots.canvas import (
    SIZE,
    as_text,
    collection,
    dot_size,
    heading,
    legend,
    linestyle,
    module_of,
    name_axes,
    targets,
)
from unfunnel.plots.elements import evenly, flat_draws, labels_of, short, shortened
from unfunnel.plots.inputs import Visuals, backend_of, count_of, group_of, selected, variable_of
from unfunnel.plots.learned import information_of
from unfunnel.plots.pair import pair_of
from unfunnel.plots.palette import DRAWS, OWN_DATA, POPULATION
from unfunnel.plots.put import put

_CALL = "plot_shrinkage"
_PARTS = ("unpooled", "segments", "intervals", "pooled", "population", "heading", "legend")
Floats = NDArray[np.float64]


def plot_shrinkage(
    dt: Any,
    effect: str | None = None,
    *,
    location: str | None = None,
    unpooled: Any = None,
    sizes: Any = None,
    coords: Mapping[str, Any] | None = None,
    most: int = 40,
    plot_collection: Any = None,
    backend: str | None = None,
    visuals: Mapping[str, Any] | None = None,
    **pc_kwargs: Any,
) -> Any:
    """Plot each group's estimate from its own data alone, and from there to its estimate in the hierarchy.

    Parameters
    ----------
    dt : xarray.DataTree
        A fit, with a group `posterior`.
    effect : str, optional
        Name in the posterior. By default that of the plan, where there is one.
    location : str, optional
        Name of the population mean, which is drawn as a line. By default the plan's; none where there is none.
    unpooled : array_like, xarray.DataArray, mapping or str, optional
        The estimate of every group from its own data (no pooling): an array of the effect's shape, numbers by label,
        or the name of a variable in `constant_data` or `observed_data`. By default what the pilot of
        :func:`unfunnel.sample` learned, ``h / H``.
    sizes : array_like, xarray.DataArray, mapping or str, optional
        Observations of every group, likewise; they are written beside the labels, and dots grow with them.
    coords : mapping, optional
        Which labels of which dims to show.
    most : int, default 40
        The most groups to show: evenly spaced from the lowest unpooled estimate to the highest.
    plot_collection : arviz_plots.PlotCollection, optional
        Where to draw.
    backend : {"matplotlib", "plotly", "bokeh", "none"}, optional
        By default ``arviz.rcParams["plot.backend"]``.
    visuals : mapping, optional
        Settings of parts, or False to leave one out: `unpooled` and `pooled` (scatter), `segments`, `intervals` (89 %
        of the posterior, equal tails) and `population` (lines), `heading`, `legend`.
    **pc_kwargs
        Passed to :meth:`arviz_plots.PlotCollection.wrap`.

    Returns
    -------
    arviz_plots.PlotCollection

    Raises
    ------
    InvalidArgumentError
        If the fit does not tell the unpooled estimates and none are given, or they do not fit the effect.
    UnknownVariableError
        If a name is not in the posterior.
    MissingPackageError
        If the backend is not installed.

    References
    ----------
    Efron and Morris, Stein's paradox in statistics, *Scientific American* 236 (1977).

    Examples
    --------
    >>> import arviz as az
    >>> import numpy as np
    >>> import unfunnel as uf
    >>> theta = np.random.default_rng(1).normal([1, 2, 3], 0.1, size=(4, 500, 3))
    >>> dt = az.from_dict({"posterior": {"theta": theta}}, dims={"theta": ["school"]})
    >>> plots = uf.plot_shrinkage(dt, "theta", unpooled=[4, 2, 0], sizes=[2, 9, 3], backend="none")
    >>> plots.viz["unpooled"]["theta"].item()["x"].tolist()
    [0.0, 2.0, 4.0]
    """
    looks = Visuals(_CALL, visuals, _PARTS)
    backend = backend_of(_CALL, backend, plot_collection)
    effect, location = _names(dt, effect, location)
    array = group_of(_CALL, dt, "posterior")[effect]
    shown = selected(_CALL, array, coords)
    own = _unpooled(dt, array, unpooled, coords)
    counts = None if sizes is None else beside_of(_CALL, "sizes", sizes, array, dt, coords)
    order = np.argsort(own, kind="stable")
    order = order[np.isfinite(own[order])]
    chosen = order[evenly(len(order), count_of(_CALL, "most", most))]
    if not len(chosen):
        raise InvalidArgumentError(f"{_CALL}: no group has an unpooled estimate; give unpooled=....")
    draws = flat_draws(shown).values.reshape(-1, own.size)[:, chosen]
    height = max(2.2, 0.21 * len(chosen) + 1.3)
    dataset = flat_draws(shown, 1).isel(sample=0)
    plots = plot_collection or collection(dataset.to_dataset(name=effect), backend, (6.8, height), pc_kwargs)
    size = None if counts is None else counts[chosen]
    entries = _draw(plots, effect, own[chosen], draws, size, looks)
    if location is not None and looks.wants("population"):
        entries.append(_population(plots, effect, location, dt, looks))
    _rows(plots, [labels_of(shown)[k] for k in chosen], size)
    name_axes(plots, short(effect, 40), "")
    if looks.wants("heading"):
        some = f"{len(chosen)} of {own.size} groups" if len(chosen) < own.size else f"{own.size} groups"
        heading(plots, f"{effect}: {some}, from their own data to the hierarchy")
    if looks.wants("legend"):
        legend(plots, entries)
    return plots


def _names(dt: Any, effect: str | None, location: str | None) -> tuple[str, str | None]:
    """The effect, and its location where that is one number."""
    posterior = group_of(_CALL, dt, "posterior")
    pair = None
    if effect is None or (location is None and "parameterization" in dt.children):
        pair = _pair(dt, effect)
    if effect is None:
        effect = pair_of(_CALL, dt, None, None).effect if pair is None else pair.effect
    variable_of(_CALL, posterior, effect, "effect")
    if location is not None:
        if variable_of(_CALL, posterior, location, "location").ndim > 2:
            raise InvalidArgumentError(
                f"{_CALL}: location {location!r} is not one number, which a line through all groups would have to be."
            )
        return effect, location
    found = None if pair is None or pair.by_hand else pair.location
    return effect, found if found is not None and posterior[found].ndim == 2 else None


def _pair(dt: Any, effect: str | None) -> Any:
    """The plan's pair, where the plan knows one; the names are checked elsewhere."""
    try:
        return pair_of(_CALL, dt, effect, None)
    except InvalidArgumentError:
        if effect is None:
            raise
        return None


def _unpooled(dt: Any, array: Any, given: Any, coords: Mapping[str, Any] | None) -> Floats:
    if given is None:
        found = information_of(dt, str(array.name))
        if found is None or found.estimate is None:
            raise InvalidArgumentError(
                f"{_CALL}: the fit does not tell what the data alone say of {array.name!r}; give unpooled=..., one"
                " estimate for every element, such as the means of the groups' own observations."
            )
        given = found.estimate.reshape(array.shape[2:])
    return beside_of(_CALL, "unpooled", given, array, dt, coords)


def _draw(
    plots: Any, effect: str, own: Floats, draws: Floats, counts: Floats | None, looks: Visuals
) -> list[tuple[str, dict[str, Any]]]:
    backend, target = module_of(plots.backend), targets(plots)[0][2]
    rows = np.arange(len(own), dtype=float)
    pooled = draws.mean(axis=0)
    low, high = np.quantile(draws, [0.055, 0.945], axis=0)
    area = np.full(len(own), 26.0) if counts is None else 12 + 60 * np.sqrt(counts / max(float(counts.max()), 1e-300))
    area = dot_size(plots.backend, area)
    entries = []
    if looks.wants("intervals"):
        settings = looks.settings("intervals", color=DRAWS, width=1.1, alpha=0.6)
        put(plots, "intervals", effect, backend.line(*_pieces(low, high, rows), target, **settings))
    if looks.wants("segments"):
        settings = looks.settings("segments", color=OWN_DATA, width=1.8, alpha=0.9)
        put(plots, "segments", effect, backend.line(*_pieces(own, pooled, rows), target, **settings))
    if looks.wants("unpooled"):
        settings = looks.settings("unpooled", facecolor="#FFFFFF", edgecolor=OWN_DATA, width=1.2, size=area)
        put(plots, "unpooled", effect, backend.scatter(own, rows, target, **settings))
        entries.append(("own data alone", {"color": OWN_DATA, "facecolor": "#FFFFFF", "marker": "o"}))
    if looks.wants("pooled"):
        settings = looks.settings("pooled", color=DRAWS, size=area, width=0)
        put(plots, "pooled", effect, backend.scatter(pooled, rows, target, **settings))
        entries.append(("posterior mean, 89 % interval", {"color": DRAWS, "marker": "o"}))
    return entries


def _pieces(first: Floats, second: Floats, rows: Floats) -> tuple[Floats, Floats]:
    """One line that is broken between rows."""
    gaps = np.full(len(rows), np.nan)
    return np.stack([first, second, gaps], axis=1).ravel(), np.stack([rows, rows, gaps], axis=1).ravel()


def _population(plots: Any, effect: str, location: str, dt: Any, looks: Visuals) -> tuple[str, dict[str, Any]]:
    backend, target = module_of(plots.backend), targets(plots)[0][2]
    mean = float(dt["posterior"][location].mean())
    settings = looks.settings("population", color=POPULATION, width=1.3, linestyle=linestyle(plots.backend, "--"))
    put(plots, "population", effect, backend.vline(mean, target, **settings))
    return f"posterior mean of {short(location)}", {"color": settings["color"], "linestyle": "--"}


def _rows(plots: Any, labels: list[str], counts: Floats | None) -> None:
    backend, target = module_of(plots.backend), targets(plots)[0][2]
    names = shortened(labels)
    if counts is not None:
        names = [f"{name}  (n = {count:g})" for name, count in zip(names, counts, strict=True)]
    texts = [as_text(name, plots.backend) for name in names]
    backend.yticks(np.arange(len(names)), texts, target, size=SIZE["ticks"] if len(names) <= 25 else 7)
    backend.ylim((-0.8, len(names) - 0.2), target)
