"""The centering weight of every group against what its data say: why each is sampled as it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError
from unfunnel.plots.beside import beside_of
from unfunnel.plots.canvas import (
    SIZE,
    across,
    as_text,
    collection,
    dot_size,
    heading,
    horizontal_axis,
    legend,
    linestyle,
    module_of,
    name_axes,
    targets,
)
from unfunnel.plots.elements import flat_draws, labels_of, short
from unfunnel.plots.ink import ink
from unfunnel.plots.inputs import Visuals, backend_of, group_of, selected
from unfunnel.plots.learned import information_of, weights_of
from unfunnel.plots.pair import pair_of
from unfunnel.plots.palette import OWN_DATA, colour_of
from unfunnel.plots.put import put
from unfunnel.plots.weighing import Weighing

_CALL = "plot_centering"
_PARTS = ("weights", "curve", "centered", "noncentered", "mixed", "labels", "heading", "legend")
Floats = NDArray[np.float64]


def plot_centering(
    dt: Any,
    effect: str | None = None,
    scale: str | None = None,
    *,
    information: Any = None,
    precision: Any = None,
    weight: Any = None,
    threshold: float | None = None,
    coords: Mapping[str, Any] | None = None,
    plot_collection: Any = None,
    backend: str | None = None,
    visuals: Mapping[str, Any] | None = None,
    **pc_kwargs: Any,
) -> Any:
    """Plot the centering weight of every group against what its data say of it.

    The weight ``w = E[tau² H / (1 + tau² H)]`` is the share of a group's estimate that its own data decide: 0 is what
    noncentered coordinates suppose of every group, 1 what centered ones do, and the mixed rule takes one of the two for
    each. Informed coordinates take each group as it is.

    Parameters
    ----------
    dt : xarray.DataTree
        A fit. What :func:`unfunnel.sample` returns has the weights of informed effects, and the information H.
    effect, scale : str, optional
        Names in the posterior. By default those of the plan, where there is one of each.
    information : array_like, xarray.DataArray, mapping or str, optional
        What is known of every group, such as its number of observations: an array of the effect's shape, numbers by
        label, or the name of a variable in `constant_data`. By default H, the precision of what the data alone say of
        the group, on the unconstrained line.
    precision : array_like, optional
        H of every group, likewise, for a fit that has no evidence, such as that of :func:`unfunnel.diagnose`.
    weight : array_like, optional
        Weights in [0, 1], likewise; for a fit that has none, such as those of :func:`unfunnel.diagnose`.
    threshold : float, optional
        The mixed rule centers groups above it. By default ``1 / tau²`` at the scale's median where `information` is H,
        from where on the data say more than the prior; 25 (the case study's rule) where it is counts.
    coords : mapping, optional
        Which labels of which dims to show.
    plot_collection : arviz_plots.PlotCollection, optional
        Where to draw.
    backend : {"matplotlib", "plotly", "bokeh", "none"}, optional
        By default ``arviz.rcParams["plot.backend"]``.
    visuals : mapping, optional
        Settings of parts, or False to leave one out: `weights` (scatter), `curve` (the weight at any H), `centered`,
        `noncentered` and `mixed` (lines), `labels` (of the least and the most informed group), `heading`, `legend`.
    **pc_kwargs
        Passed to :meth:`arviz_plots.PlotCollection.wrap`.

    Returns
    -------
    arviz_plots.PlotCollection

    Raises
    ------
    InvalidArgumentError
        If the fit has no weights or information and none are given, or they are not such.
    UnknownVariableError
        If a name is not in the posterior.
    MissingPackageError
        If the backend is not installed.

    References
    ----------
    Gelman and Pardoe, Bayesian measures of explained variance and pooling, *Technometrics* 48 (2006).

    Examples
    --------
    >>> import arviz as az
    >>> import numpy as np
    >>> import unfunnel as uf
    >>> noise = np.random.default_rng(1).normal(size=(2, 4, 500, 3))
    >>> tau = np.exp(noise[0, ..., 0])
    >>> dt = az.from_dict({"posterior": {"tau": tau, "theta": tau[..., None] * noise[1]}})
    >>> plots = uf.plot_centering(
    ...     dt, "theta", "tau", weight=[0.1, 0.5, 0.9], information=[1, 25, 400], backend="none"
    ... )
    >>> plots.viz["weights"]["theta"].item()["y"].tolist()
    [0.1, 0.5, 0.9]
    """
    looks = Visuals(_CALL, visuals, _PARTS)
    backend = backend_of(_CALL, backend, plot_collection)
    pair = pair_of(_CALL, dt, effect, scale)
    array = group_of(_CALL, dt, "posterior")[pair.effect]
    shown = selected(_CALL, array, coords)
    weights = _weights(dt, array, weight, coords)
    if information is not None and precision is not None:
        raise InvalidArgumentError(f"{_CALL}: give information or precision, not both: each is the horizontal axis.")
    known = _information(dt, array, precision if information is None else information, coords)
    tau = flat_draws(group_of(_CALL, dt, "posterior")[pair.scale], 500)
    picture = Weighing(weights, known, information is None, labels_of(shown), tau.values.reshape(len(tau), -1)[:, 0])
    dataset = flat_draws(shown, 1).isel(sample=0).copy(data=weights.reshape(()) if shown.ndim == 2 else weights)
    plots = plot_collection or collection(dataset.to_dataset(name=pair.effect), backend, (6.4, 3.9), pc_kwargs)
    _draw(plots, pair.effect, picture, looks, picture.rule(threshold))
    name_axes(plots, _axis(information, pair.effect), f"centering weight of {short(pair.effect)}")
    if looks.wants("heading"):
        heading(plots, f"{pair.effect}: {weights.size} groups; 0 = the prior decides, 1 = the group's own data do")
    return plots


def _weights(dt: Any, array: Any, given: Any, coords: Mapping[str, Any] | None) -> Floats:
    if given is None:
        given = weights_of(dt, str(array.name))
        if given is None:
            raise InvalidArgumentError(
                f"{_CALL}: the fit has no weights of {array.name!r}, which only informed coordinates have; give"
                " weight=..., one number from 0 to 1 for every element, such as those of unfunnel.diagnose."
            )
        given = np.asarray(given.values).reshape(array.shape[2:])
    weights = beside_of(_CALL, "weight", given, array, dt, coords)
    if not np.all((weights >= 0) & (weights <= 1)):
        raise InvalidArgumentError(f"{_CALL}: weight must lie between 0 and 1, got {weights.min()} to {weights.max()}.")
    return weights


def _information(dt: Any, array: Any, given: Any, coords: Mapping[str, Any] | None) -> Floats:
    if given is None:
        found = information_of(dt, str(array.name))
        if found is None:
            raise InvalidArgumentError(
                f"{_CALL}: the fit has no evidence on each element of {array.name!r}; give information=..., such as the"
                " number of observations of every group."
            )
        given = found.H.reshape(array.shape[2:])
    information = beside_of(_CALL, "information", given, array, dt, coords)
    if not np.all(np.isfinite(information) & (information >= 0)):
        raise InvalidArgumentError(f"{_CALL}: information must be finite and not negative; it has other values.")
    return information


def _axis(information: Any, effect: str) -> str:
    if information is None:
        return f"information of the data on {short(effect)} (precision H)"
    name = information if isinstance(information, str) else getattr(information, "name", None)
    return short(str(name or "information in the group"), 40)


def _draw(plots: Any, effect: str, picture: Weighing, looks: Visuals, threshold: float) -> None:
    target = targets(plots)[0][2]
    backend = module_of(plots.backend)
    place = partial(across, plots.backend, logarithmic=picture.logarithmic)
    entries: list[tuple[str, dict[str, Any]]] = []
    if looks.wants("weights"):
        entries.append(_dots(plots, effect, picture, looks))
    if looks.wants("curve") and picture.is_precision:
        grid, height = picture.curve()
        own = looks.settings("curve", color=OWN_DATA, width=1.2, alpha=0.9)
        put(plots, "curve", effect, backend.line(place(grid), height, target, **own))
        entries.append(("weight at any information", {"color": own["color"]}))
    words = {"centered": "centered", "noncentered": "noncentered", "mixed": f"mixed, centered above {threshold:.3g}"}
    styles = {"centered": "--", "noncentered": ":", "mixed": "-."}
    for name, (x, y) in picture.rules(threshold).items():
        if looks.wants(name):
            style = linestyle(plots.backend, styles[name])
            own = looks.settings(name, color=colour_of(name), width=1.5, linestyle=style)
            put(plots, name, effect, backend.line(place(x), y, target, **own))
            entries.append((words[name], {"color": own["color"], "linestyle": styles[name]}))
    if looks.wants("labels"):
        _label_ends(plots, effect, picture, target, looks)
    horizontal_axis(plots, target, picture.reach, picture.logarithmic)
    backend.ylim((-0.06, 1.06), target)
    if looks.wants("legend"):
        legend(plots, entries)


def _dots(plots: Any, effect: str, picture: Weighing, looks: Visuals) -> tuple[str, dict[str, Any]]:
    few = picture.weights.size <= 200
    area = dot_size(plots.backend, 34.0 if few else 12.0)
    own = looks.settings("weights", color=colour_of("informed"), alpha=0.85 if few else 0.35, size=area, width=0)
    target = targets(plots)[0][2]
    x = across(plots.backend, picture.across, picture.logarithmic)
    drawn = module_of(plots.backend).scatter(x, picture.weights, target, **own)
    put(plots, "weights", effect, drawn)
    return "one group", {"color": own.get("color", own.get("facecolor")), "marker": "o"}


def _label_ends(plots: Any, effect: str, picture: Weighing, target: Any, looks: Visuals) -> None:
    """Name the groups of the least and of the greatest weight, inwards of their dots and away from the others'."""
    ends = dict.fromkeys([int(np.argmin(picture.weights)), int(np.argmax(picture.weights))])
    for name, away, place in zip(("label_least", "label_most"), (-0.045, 0.045), ends, strict=False):
        y = float(np.clip(picture.weights[place] + away, 0.045, 0.965))
        side = "left" if picture.position(place) < 0.5 else "right"
        text = as_text(f"  {short(picture.labels[place])}  ", plots.backend)
        own = looks.settings("labels", color=ink(plots.backend), size=SIZE["ticks"], horizontal_align=side)
        x = across(plots.backend, picture.across[place], picture.logarithmic)
        put(plots, name, effect, module_of(plots.backend).text(np.asarray(x), np.asarray(y), text, target, **own))
