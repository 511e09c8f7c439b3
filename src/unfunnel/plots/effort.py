"""What a fit cost: leapfrog steps of every draw, and the step size of every chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError
from unfunnel.plots.canvas import SIZE, as_text, collection, dot_size, heading, legend, module_of
from unfunnel.plots.elements import short, shortened
from unfunnel.plots.inputs import Visuals, backend_of, fits_of, group_of
from unfunnel.plots.palette import colour_of
from unfunnel.plots.put import put
from unfunnel.sampling.run import named_statistics

_CALL = "plot_effort"
_PARTS = ("steps", "step_size", "heading", "legend")
_NEEDED = {"leapfrog steps": "n_steps", "step sizes": "step_size"}
Floats = NDArray[np.float64]


def plot_effort(
    dt: Any,
    *,
    plot_collection: Any = None,
    backend: str | None = None,
    visuals: Mapping[str, Any] | None = None,
    **pc_kwargs: Any,
) -> Any:
    """Plot how many leapfrog steps draws took, and the step size of every chain, of one fit or of several.

    Every leapfrog step is one gradient. Many steps for a draw, and small steps, are what a funnel costs; chains whose
    step sizes differ by far did not see the same posterior.

    Parameters
    ----------
    dt : xarray.DataTree or mapping
        A fit with the statistics of its sampler (group `sample_stats`), or several by name.
    plot_collection : arviz_plots.PlotCollection, optional
        Where to draw; one with plots for the variables `steps` and `step_size`.
    backend : {"matplotlib", "plotly", "bokeh", "none"}, optional
        By default ``arviz.rcParams["plot.backend"]``.
    visuals : mapping, optional
        Settings of the lines `steps` and of the dots `step_size`, or False to leave one out; `heading`, `legend`.
    **pc_kwargs
        Passed to :meth:`arviz_plots.PlotCollection.wrap`.

    Returns
    -------
    arviz_plots.PlotCollection

    Raises
    ------
    InvalidArgumentError
        If a fit has no leapfrog steps or step sizes.
    MissingPackageError
        If the backend is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> import unfunnel as uf
    >>> import xarray as xr
    >>> steps = np.array([[3, 7, 7], [3, 3, 15]])
    >>> stats = {"n_steps": (("chain", "draw"), steps), "step_size": (("chain", "draw"), 0 * steps + 0.5)}
    >>> dt = xr.DataTree.from_dict({"sample_stats": xr.Dataset(stats)})
    >>> plots = uf.plot_effort(dt, backend="none")
    >>> plots.viz["step_size"]["fit"].item()["y"].tolist()
    [0.5, 0.5]
    """
    looks = Visuals(_CALL, visuals, _PARTS)
    backend = backend_of(_CALL, backend, plot_collection)
    fits = {name: _read(name, fit) for name, fit in fits_of(_CALL, dt).items()}
    import xarray as xr

    dataset = xr.Dataset({"steps": 0.0, "step_size": 0.0})
    plots = plot_collection or collection(dataset, backend, (7.6, 3.2), pc_kwargs, ["__variable__"])
    top = max(float(steps.max()) for steps, _ in fits.values())
    entries = []
    for place, (name, (steps, sizes)) in enumerate(fits.items()):
        colour = colour_of(name, place if len(fits) > 1 else 1)
        _steps(plots, name, steps, top, looks, colour, place)
        _sizes(plots, name, sizes, looks, colour, place, len(fits))
        entries.append((short(name), {"color": colour}))
    _axes(plots, top, {name: sizes for name, (_, sizes) in fits.items()})
    if looks.wants("heading"):
        heading(plots, _heading(fits))
    if looks.wants("legend") and len(fits) > 1:
        legend(plots, entries)
    return plots


def _read(name: Any, fit: Any) -> tuple[Floats, Floats]:
    """Leapfrog steps of every draw, dims (draw of any chain,), and the step size of every chain, dim (chain,)."""
    given = group_of(_CALL, fit, "sample_stats")
    stats = named_statistics(given)
    if lacking := [words for words, one in _NEEDED.items() if one not in stats]:
        raise InvalidArgumentError(
            f"{_CALL}: the group 'sample_stats' of {name!r} has no {lacking[0]}; it has {', '.join(map(str, given))}."
        )
    whole = stats["n_steps"].transpose("chain", "draw").values.astype(float).ravel()
    return np.maximum(whole, 1.0), stats["step_size"].transpose("chain", "draw").mean("draw").values.astype(float)


def _steps(plots: Any, name: str, steps: Floats, top: float, looks: Visuals, colour: str, place: int) -> None:
    """The share of draws by number of steps, in bins that double: trees double."""
    if not looks.wants("steps"):
        return
    backend, target = module_of(plots.backend), plots.get_viz("plot", "steps")
    edges = _edges(top)
    share = np.histogram(np.log2(steps), edges)[0] / steps.size
    own = looks.settings("steps", color=colour, width=1.8, alpha=0.95)
    # Fits beside one another would hide each other's lines.
    shift = 0.03 * place
    x = np.concatenate([edges[:1], np.repeat(edges[1:-1], 2), edges[-1:]]) + shift
    put(plots, "steps", name, backend.line(x, np.repeat(share, 2), target, **own))


def _edges(top: float) -> Floats:
    """Ends of the bins, as logarithms to the base 2."""
    return np.arange(np.floor(np.log2(top)) + 2.0)


def _sizes(plots: Any, name: str, sizes: Floats, looks: Visuals, colour: str, place: int, fits: int) -> None:
    if not looks.wants("step_size"):
        return
    backend, target = module_of(plots.backend), plots.get_viz("plot", "step_size")
    own = looks.settings("step_size", color=colour, size=dot_size(plots.backend, 34.0), width=0, alpha=0.9)
    across = np.arange(sizes.size) if fits == 1 else np.full(sizes.size, place) + np.linspace(-0.15, 0.15, sizes.size)
    put(plots, "step_size", name, backend.scatter(across, sizes, target, **own))


def _axes(plots: Any, top: float, sizes: Mapping[str, Floats]) -> None:
    backend = module_of(plots.backend)
    steps, size = plots.get_viz("plot", "steps"), plots.get_viz("plot", "step_size")
    edges = _edges(top)
    ends = [int(2 ** (edge + 1)) - 1 for edge in edges[:-1]]
    names = [str(end) if end == 1 else f"≤{end}" for end in ends]
    backend.xticks(edges[:-1] + 0.5, names, steps, size=SIZE["ticks"] if len(names) < 8 else 6.5)
    backend.xlabel("leapfrog steps of a draw", steps, size=SIZE["label"])
    backend.ylabel("share of draws", steps, size=SIZE["label"])
    single = len(sizes) == 1
    count = len(next(iter(sizes.values()))) if single else len(sizes)
    words = [str(chain) for chain in range(count)] if single else shortened(list(sizes), 14)
    texts = [as_text(word, plots.backend) for word in words]
    rotation = {} if single or len(texts) < 4 or plots.backend != "matplotlib" else {"rotation": 25}
    backend.xticks(np.arange(count), texts, size, size=SIZE["ticks"], **rotation)
    backend.xlabel("chain" if single else "fit", size, size=SIZE["label"])
    backend.ylabel("step size", size, size=SIZE["label"])
    most = max(float(one.max()) for one in sizes.values())
    backend.ylim((0.0, 1.15 * most), size)
    for target in (steps, size):
        backend.ticklabel_props(target, axis="y", size=SIZE["ticks"])
    backend.xlim((-0.6, count - 0.4), size)


def _heading(fits: Mapping[str, tuple[Floats, Floats]]) -> str:
    parts = [
        (f"{short(name)}: " if len(fits) > 1 else "") + f"{steps.sum():.0f} gradients for {steps.size} draws"
        for name, (steps, _) in fits.items()
    ]
    return "; ".join(parts) if len(parts) <= 2 else f"gradients of {len(parts)} fits"
