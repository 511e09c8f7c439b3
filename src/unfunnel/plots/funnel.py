"""The funnel: an effect of every group against the logarithm of its scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.plots.canvas import (
    SIZE,
    as_text,
    backend_of_target,
    collection,
    cross,
    dot_size,
    heading,
    legend,
    name_axes,
)
from unfunnel.plots.elements import MOST_POINTS, element_dims, flat_draws, shortened
from unfunnel.plots.ink import ink
from unfunnel.plots.inputs import (
    Visuals,
    backend_of,
    check_coords,
    count_of,
    group_of,
    selected,
)
from unfunnel.plots.order import funnel_correlations
from unfunnel.plots.pair import Pair, pair_of
from unfunnel.plots.palette import DIVERGENCE, DRAWS
from unfunnel.plots.starts import starts_of
from unfunnel.sampling.run import named_statistics

_CALL = "plot_funnel"
_PARTS = ("draws", "divergences", "starts", "titles", "heading", "legend")


def plot_funnel(
    dt: Any,
    effect: str | None = None,
    scale: str | None = None,
    *,
    location: str | None = None,
    coords: Mapping[str, Any] | None = None,
    most: int = 9,
    sort: bool = True,
    plot_collection: Any = None,
    backend: str | None = None,
    visuals: Mapping[str, Any] | None = None,
    **pc_kwargs: Any,
) -> Any:
    """Plot the effect of every group against the logarithm of its scale, with divergences on top.

    A funnel is wide at the top and narrow at the bottom: where the scale is small, the effect must lie close to its
    location. Where divergences crowd at the bottom, the sampler's steps were too long for the neck, and the neck is
    not explored.

    Parameters
    ----------
    dt : xarray.DataTree
        A fit of any sampler, with a group `posterior` (dims chain, draw); divergences are shown where the group
        `sample_stats` has them, and the starts of divergent steps where nutpie stored them
        (``store_divergences=True``) in centered coordinates.
    effect, scale : str, optional
        Names in the posterior, as constrained values. By default those of the plan of :func:`unfunnel.sample`, where
        there is one of each.
    location : str, optional
        Name of the effect's location, by which groups are ordered. By default the plan's, else each group's own mean.
    coords : mapping, optional
        Which labels of which dims to show.
    most : int, default 9
        The most groups to show: those that are most of a funnel, the worst first. The number in a title is ρ, the rank
        correlation of ``|effect - location|`` and the logarithm of the scale: near 1 in a funnel, near 0 where the
        data hold the effect.
    sort : bool, default True
        Whether the worst group comes first. False keeps the model's own order, as where fits are to be held against
        one another.
    plot_collection : arviz_plots.PlotCollection, optional
        Where to draw; one with a plot for every group that is shown.
    backend : {"matplotlib", "plotly", "bokeh", "none"}, optional
        By default ``arviz.rcParams["plot.backend"]``.
    visuals : mapping, optional
        Settings of parts, or False to leave one out: `draws`, `divergences` and `starts` go to the backend's scatter,
        `titles` to its title; `heading` and `legend` are on or off.
    **pc_kwargs
        Passed to :meth:`arviz_plots.PlotCollection.wrap`.

    Returns
    -------
    arviz_plots.PlotCollection

    Raises
    ------
    InvalidArgumentError
        If `dt` is no fit, it is unclear which effect or scale is meant, or an argument is of no use.
    UnknownVariableError
        If a name is not in the posterior.
    MissingPackageError
        If the backend is not installed.

    References
    ----------
    Betancourt, *Hierarchical Modeling* (2020). Neal, Slice sampling, *Annals of Statistics* 31 (2003).

    Examples
    --------
    >>> import arviz as az
    >>> import numpy as np
    >>> import unfunnel as uf
    >>> noise = np.random.default_rng(1).normal(size=(2, 4, 500, 8))
    >>> tau = np.exp(noise[0, ..., 0])
    >>> dt = az.from_dict({"posterior": {"tau": tau, "theta": tau[..., None] * noise[1]}})
    >>> plots = uf.plot_funnel(dt, "theta", "tau", most=4, backend="none")
    >>> plots.viz["plot"].sizes
    Frozen({'theta_dim_0': 4})
    """
    looks = Visuals(_CALL, visuals, _PARTS)
    backend = backend_of(_CALL, backend, plot_collection)
    pair = pair_of(_CALL, dt, effect, scale, location)
    posterior = group_of(_CALL, dt, "posterior")
    check_coords(_CALL, coords, posterior[pair.effect].dims[2:])
    drawn, order = _shown(dt, pair, coords, count_of(_CALL, "most", most), sort=sort)
    plots = plot_collection or _grid(drawn["draws"], backend, pc_kwargs)
    entries = _points(plots, drawn, looks)
    if looks.wants("titles"):
        _titles(plots, drawn["draws"], order, looks)
    name_axes(plots, pair.effect, f"log {pair.scale}")
    if looks.wants("heading"):
        heading(plots, _heading(pair, drawn, len(order), sort=sort))
    if looks.wants("legend") and len(entries) > 1:
        legend(plots, entries)
    return plots


def _shown(
    dt: Any, pair: Pair, coords: Mapping[str, Any] | None, most: int, *, sort: bool
) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Every cloud of points as a pair (effect, logarithm of the scale), and the groups' correlations, in order."""
    posterior = group_of(_CALL, dt, "posterior")
    effect = selected(_CALL, posterior[pair.effect], coords)
    scale = selected(_CALL, posterior[pair.scale], coords)
    wide = scale.broadcast_like(effect) if scale.ndim > 2 else scale
    flat, log_scale = flat_draws(effect), np.log(flat_draws(wide))
    location: Any = 0.0
    if pair.location is not None:
        beside = selected(_CALL, posterior[pair.location], coords)
        aligned = set(beside.dims) <= set(effect.dims)
        location = flat_draws(beside.broadcast_like(effect) if beside.ndim > 2 else beside) if aligned else None
    if (pair.location is None and not pair.by_hand) or location is None:
        location = flat.mean("sample")
    correlations = funnel_correlations(flat, location, log_scale)
    order = np.argsort(-correlations, kind="stable")[:most]
    order = order if sort else np.sort(order)
    clouds = {"draws": (flat, log_scale), **_divergent(dt, posterior, pair, coords, flat, log_scale)}
    found = {name: tuple(_taken(part, order, flat) for part in cloud) for name, cloud in clouds.items()}
    step = max(1, flat.sizes["sample"] // MOST_POINTS)
    thin = tuple(part.isel(sample=slice(None, None, step)) for part in found["draws"])
    return {**found, "draws": thin, "total": flat.sizes["sample"], "groups": correlations.size}, correlations[order]


def _divergent(
    dt: Any, posterior: Any, pair: Pair, coords: Mapping[str, Any] | None, flat: Any, log_scale: Any
) -> dict[str, Any]:
    """Divergent draws, and the starts of divergent steps."""
    import xarray as xr

    if "sample_stats" not in dt.children:
        return {}
    stats = dt["sample_stats"].to_dataset()
    named = named_statistics(stats)
    if "diverging" not in named or not named["diverging"].any():
        return {}
    bad = named["diverging"].transpose("chain", "draw").values.ravel()
    found = {"divergences": (flat.isel(sample=bad), log_scale.isel(sample=bad))}
    effect, scale = posterior[pair.effect], posterior[pair.scale]
    starts = starts_of(stats, effect, scale)
    if starts is not None and scale.ndim == 2:
        rest = effect.isel(chain=0, draw=0, drop=True)
        every = xr.DataArray(
            starts[0].reshape(1, -1, *rest.shape), dims=("chain", "draw", *rest.dims), coords=rest.coords
        )
        found["starts"] = (
            flat_draws(selected(_CALL, every.rename(pair.effect), coords)),
            xr.DataArray(starts[1][:, 0], dims="sample"),
        )
    return found


def _taken(part: Any, order: NDArray[np.intp], flat: Any) -> Any:
    dims = [dim for dim in part.dims if dim != "sample"]
    return part.isel({dims[0]: order}) if dims else part


def _grid(draws: tuple[Any, Any], backend: str, given: Mapping[str, Any]) -> Any:
    effect = draws[0]
    dims = element_dims(effect)
    count = effect.sizes[dims[0]] if dims else 1
    columns = count if count <= 3 else 2 if count == 4 else 3
    rows = -(-count // columns)
    size = (2.9 * columns + 0.5 if columns > 1 else 4.6, 2.1 * rows + 0.9)
    return collection(effect.to_dataset(), backend, size, given, dims, col_wrap=columns, sharey=True)


def _points(plots: Any, drawn: Mapping[str, Any], looks: Visuals) -> list[tuple[str, dict[str, Any]]]:
    """Draw every cloud that there is and that is wanted; what the legend says of each."""
    from arviz_plots.visuals import scatter_x

    rim = ink(plots.backend)
    settings: dict[str, dict[str, Any]] = {
        "draws": {"color": DRAWS, "alpha": 0.3, "size": 5, "width": 0},
        "divergences": {"facecolor": DIVERGENCE, "edgecolor": rim, "alpha": 0.95, "size": 17, "width": 0.5},
        "starts": {"color": rim, "alpha": 0.9, "size": 15, "width": 0.9, "marker": cross(plots.backend)},
    }
    words = {"draws": "draw", "divergences": "divergent draw", "starts": "start of a divergent step"}
    entries: list[tuple[str, dict[str, Any]]] = []
    for name, defaults in settings.items():
        if name not in drawn or not looks.wants(name):
            continue
        effect, log_scale = drawn[name]
        own = looks.settings(name, **(defaults | {"size": dot_size(plots.backend, defaults["size"])}))
        plots.map(scatter_x, name, data=effect.to_dataset(name=effect.name), y=log_scale, ignore_aes="all", **own)
        seen: dict[str, Any] = {part: own[part] for part in ("edgecolor", "facecolor", "marker") if part in own}
        colour = own.get("color", own.get("facecolor", DRAWS))
        entries.append((words[name], {"marker": "o", "color": colour, **seen}))
    return entries


def _titles(plots: Any, draws: tuple[Any, Any], correlations: NDArray[np.float64], looks: Visuals) -> None:
    """Name every group, with its correlation."""
    import xarray as xr

    effect = draws[0]
    dims = element_dims(effect)
    labels = shortened([str(label) for label in effect[dims[0]].values]) if dims else [str(effect.name)]
    texts = [
        as_text(f"{label}  (ρ = {rho:.2f})", plots.backend) for label, rho in zip(labels, correlations, strict=True)
    ]
    given = xr.DataArray(texts if dims else texts[0], dims=dims, coords={dim: effect[dim] for dim in dims})
    own = looks.settings("titles", color=ink(plots.backend), size=SIZE["title"])
    plots.map(_title, "titles", data=effect.to_dataset(), text=given, ignore_aes="all", **own)


def _title(da: Any, target: Any, *, text: Any, **settings: Any) -> Any:
    words = text.item() if hasattr(text, "item") else text
    return backend_of_target(target).title(words, target, **settings)


def _heading(pair: Pair, drawn: Mapping[str, Any], shown: int, *, sort: bool) -> str:
    some = shown < drawn["groups"]
    where = f"the worst {shown} of {drawn['groups']} groups" if some else "worst first" if sort else ""
    parts = [f"{pair.effect} against log {pair.scale}", *([where] if where and drawn["groups"] > 1 else [])]
    count = drawn["divergences"][0].sizes["sample"] if "divergences" in drawn else 0
    if count:
        parts.append(f"{count} of {drawn['total']} draws diverged")
    return "; ".join(parts)
