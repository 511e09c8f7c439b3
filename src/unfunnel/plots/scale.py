"""A scale: its prior, its posterior, and its exact density where there is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError
from unfunnel.planning.sentences import listed
from unfunnel.plots.canvas import backend_of_target, collection, heading, legend, linestyle, name_axes
from unfunnel.plots.density import density
from unfunnel.plots.elements import element_dims, flat_draws, labels_of, short
from unfunnel.plots.ink import ink
from unfunnel.plots.inputs import Visuals, backend_of, fits_of, group_of, selected, variable_of
from unfunnel.plots.pair import pair_of
from unfunnel.plots.palette import DRAWS, EXACT, PRIOR, colour_of

_CALL = "plot_scale"
_PARTS = ("prior", "posterior", "exact", "heading", "legend")
Floats = NDArray[np.float64]


def plot_scale(
    dt: Any,
    scale: str | None = None,
    *,
    exact: Any = None,
    coords: Mapping[str, Any] | None = None,
    plot_collection: Any = None,
    backend: str | None = None,
    visuals: Mapping[str, Any] | None = None,
    **pc_kwargs: Any,
) -> Any:
    """Plot the density of the logarithm of a scale: before the data, after them, and exactly where that is known.

    A posterior that lies where the prior does was not informed by the data. One that lacks the left tail of the exact
    density is that of a sampler that did not get into the neck of the funnel.

    Parameters
    ----------
    dt : xarray.DataTree or mapping
        A fit, with a group `posterior`, or several of one model by name; the prior is drawn where there is a group
        `prior` with the scale, as ``pymc.sample_prior_predictive`` makes it.
    scale : str, optional
        Name in the posterior, of positive values. By default that of the plan, where there is one.
    exact : callable or unfunnel.exact posterior, optional
        The exact density: a function of an array of values of the scale, per unit of the scale; or what
        :func:`unfunnel.exact.fit` returned.
    coords : mapping, optional
        Which labels of which dims to show; a plot for every element.
    plot_collection : arviz_plots.PlotCollection, optional
        Where to draw.
    backend : {"matplotlib", "plotly", "bokeh", "none"}, optional
        By default ``arviz.rcParams["plot.backend"]``.
    visuals : mapping, optional
        Settings of the lines `prior`, `posterior` and `exact`, or False to leave one out; `heading`, `legend`.
    **pc_kwargs
        Passed to :meth:`arviz_plots.PlotCollection.wrap`.

    Returns
    -------
    arviz_plots.PlotCollection

    Raises
    ------
    InvalidArgumentError
        If it is unclear which scale is meant, its values are not positive, or `exact` is no density.
    UnknownVariableError
        If a name is not in the posterior.
    MissingPackageError
        If the backend is not installed.

    Examples
    --------
    >>> import arviz as az
    >>> import numpy as np
    >>> import unfunnel as uf
    >>> tau = np.exp(np.random.default_rng(1).normal(size=(4, 500)))
    >>> plots = uf.plot_scale(az.from_dict({"posterior": {"tau": tau}}), "tau", backend="none")
    >>> plots.viz["posterior"]["tau"].item()["x"].shape
    (400,)
    """
    looks = Visuals(_CALL, visuals, _PARTS)
    backend = backend_of(_CALL, backend, plot_collection)
    fits = fits_of(_CALL, dt)
    first = next(iter(fits.values()))
    name = pair_of(_CALL, first, None, None).scale if scale is None else scale
    afters = {label: _posterior(fit, name, coords) for label, fit in fits.items()}
    after = next(iter(afters.values()))
    if any(other.shape[2:] != after.shape[2:] for other in afters.values()):
        raise InvalidArgumentError(f"{_CALL}: {name!r} has not one shape in all fits; they must be of one model.")
    before = _prior(first, name, after, coords)
    exactly = _density(exact, after)
    dims, count = element_dims(flat_draws(after)), len(labels_of(after)) if after.ndim > 2 else 1
    columns = min(count, 3)
    size = (3.4 * columns + 1.0 if count > 1 else 5.6, 2.3 * (-(-count // columns)) + 0.9)
    dataset = np.log(flat_draws(after)).to_dataset(name=name)
    plots = plot_collection or collection(dataset, backend, size, pc_kwargs, dims, col_wrap=columns)
    logs = {label: np.log(flat_draws(one)) for label, one in afters.items()}
    entries = _curves(plots, name, logs, before, exactly, looks)
    name_axes(plots, f"log {short(name)}", "density")
    if looks.wants("heading"):
        left = "" if before is not None else " (the fit holds no prior draws of it)"
        heading(plots, f"log {short(name)}: {listed([words for words, _ in entries])}{left}")
    if looks.wants("legend") and len(entries) > 1:
        legend(plots, entries)
    return plots


def _posterior(dt: Any, name: str, coords: Mapping[str, Any] | None) -> Any:
    """Draws of the scale, with what is selected of it."""
    found = selected(_CALL, variable_of(_CALL, group_of(_CALL, dt, "posterior"), name, "scale"), coords)
    if not bool((found > 0).all()):
        raise InvalidArgumentError(f"{_CALL}: scale {name!r} has values that are not positive, so that it is no scale.")
    return found


def _prior(dt: Any, name: str, after: Any, coords: Mapping[str, Any] | None) -> Any:
    """Draws of the logarithm before the data, along `sample`."""
    if "prior" not in dt.children or name not in dt["prior"]:
        return None
    before = selected(_CALL, dt["prior"].to_dataset()[name], coords)
    if before.shape[2:] != after.shape[2:]:
        raise InvalidArgumentError(
            f"{_CALL}: {name!r} has the shape {before.shape[2:]} in the group 'prior', and {after.shape[2:]} in the"
            " posterior; they must be of one model."
        )
    return np.log(flat_draws(before))


def _density(exact: Any, after: Any) -> Callable[[Floats], Floats] | None:
    """The density per unit of the logarithm, as a function of the logarithm."""
    if exact is None:
        return None
    given = getattr(exact, "density", exact)
    if not callable(given):
        raise InvalidArgumentError(
            f"{_CALL}: exact must be a function from values of the scale to their density, or what unfunnel.exact.fit"
            f" returned; got {exact!r}."
        )
    if after.ndim > 2:
        raise InvalidArgumentError(f"{_CALL}: exact is the density of one scale; take one with coords={{...}}.")

    def of_logarithm(grid: Floats) -> Floats:
        values = np.asarray(given(np.exp(grid)), dtype=np.float64)
        if values.shape != grid.shape or not np.all(np.isfinite(values) & (values >= 0)):
            raise InvalidArgumentError(f"{_CALL}: exact must give a density for every value that it is given.")
        return values * np.exp(grid)

    return of_logarithm


def _curves(
    plots: Any,
    name: str,
    afters: Mapping[str, Any],
    before: Any,
    exactly: Callable[[Floats], Floats] | None,
    looks: Visuals,
) -> list[tuple[str, dict[str, Any]]]:
    import xarray as xr

    single = len(afters) == 1
    pooled = xr.concat(list(afters.values()), "sample").to_dataset(name=name)
    lines: list[tuple[str, str, str, Any, dict[str, Any]]] = []
    if before is not None:
        lines.append(("prior", "prior", "--", before, {"color": PRIOR, "width": 1.6}))
    for place, (label, draws) in enumerate(afters.items()):
        colour = DRAWS if single else colour_of(label, place)
        part, words = ("posterior", "posterior") if single else (f"posterior_{label}", short(label))
        lines.append((part, words, "-", draws, {"color": colour, "width": 2.0 if single else 1.5}))
    if exactly is not None:
        colour = EXACT if single else ink(plots.backend)
        lines.append(("exact", "exact posterior", "-.", None, {"color": colour, "width": 1.6}))
    entries = []
    for part, words, style, values, defaults in lines:
        setting = part.split("_")[0]
        if not looks.wants(setting):
            continue
        own = looks.settings(setting, linestyle=linestyle(plots.backend, style), **defaults)
        given = {"values": values, "before": before, "exactly": exactly if part == "exact" else None}
        plots.map(_curve, part, data=pooled, ignore_aes="all", **given, **own)
        entries.append((words, {"color": own["color"], "linestyle": style}))
    return entries


def _curve(da: Any, target: Any, *, values: Any, before: Any, exactly: Any, **settings: Any) -> Any:
    low, high = _reach(da, before)
    if exactly is not None:
        grid = np.linspace(low, high, 400)
        height = exactly(grid)
    else:
        grid, height = density(np.asarray(values), low, high)
    return backend_of_target(target).line(grid, height, target, **settings)


def _reach(after: Any, before: Any) -> tuple[float, float]:
    """As far as nearly all draws go; no further than two widths of the posterior for the tails of a wide prior."""
    low, high = (float(end) for end in np.quantile(after, [0.001, 0.999]))
    width = (high - low) or 1.0
    if before is None:
        return low - 0.15 * width, high + 0.15 * width
    first, last = (float(end) for end in np.quantile(before, [0.005, 0.995]))
    return max(min(low, first), low - 2 * width) - 0.1 * width, min(max(high, last), high + 2 * width) + 0.1 * width
