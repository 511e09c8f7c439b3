"""What plots are given, checked: a tree, names in it, a backend, visuals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from importlib.util import find_spec
from typing import Any

from unfunnel.errors import InvalidArgumentError, MissingPackageError, UnknownVariableError

BACKENDS = ("matplotlib", "plotly", "bokeh", "none")


def group_of(call: str, dt: Any, name: str) -> Any:
    """A group of a tree as a dataset.

    Raises
    ------
    InvalidArgumentError
        If `dt` is no tree, or has no such group.
    """
    if not hasattr(dt, "children"):
        raise InvalidArgumentError(
            f"{call}: dt must be an xarray.DataTree, as unfunnel.sample, pymc.sample and arviz.from_dict make it; got"
            f" {type(dt).__name__}."
        )
    if name not in dt.children:
        raise InvalidArgumentError(
            f"{call}: dt has no group {name!r}; it has {', '.join(map(repr, dt.children)) or 'none'}."
        )
    return dt[name].to_dataset()


def fits_of(call: str, dt: Any) -> Mapping[str, Any]:
    """Fits by name: of one fit, which has none, or of a mapping.

    Raises
    ------
    InvalidArgumentError
        If the mapping is empty.
    """
    if hasattr(dt, "children") or not isinstance(dt, Mapping):
        return {"fit": dt}
    if not dt:
        raise InvalidArgumentError(f"{call}: dt is an empty mapping; give a fit, or fits by name.")
    return {str(name): fit for name, fit in dt.items()}


def variable_of(call: str, dataset: Any, name: str, argument: str) -> Any:
    """A variable of a dataset.

    Raises
    ------
    UnknownVariableError
        If there is none of that name; with the nearest that there is.
    """
    known = [str(known) for known in dataset.data_vars]
    if not isinstance(name, str):
        raise InvalidArgumentError(
            f"{call}: {argument} must be the name of a variable, got {name!r}; there are {', '.join(known)}."
        )
    if name not in known:
        raise UnknownVariableError(f"{call}: {argument} is {name!r}, {_hint(name, known, 'the posterior has')}.")
    return dataset[name]


def selected(call: str, array: Any, coords: Mapping[str, Any] | None) -> Any:
    """The part of an array at some coordinates; those of dims that it has not are passed over.

    Raises
    ------
    InvalidArgumentError
        If there is no such label.
    """
    chosen = {dim: labels for dim, labels in (coords or {}).items() if dim in array.dims}
    try:
        return array.sel(chosen)
    except KeyError as error:
        raise InvalidArgumentError(
            f"{call}: coords has {error.args[0]!r}, which is no label of {', '.join(chosen)} of {array.name!r}."
        ) from error


def check_coords(call: str, coords: Mapping[str, Any] | None, dims: Iterable[Any]) -> None:
    """Refuse coordinates of a dim that there is not."""
    known = [str(dim) for dim in dims]
    for dim in coords or {}:
        if dim not in known:
            raise InvalidArgumentError(f"{call}: coords has the dim {dim!r}, {_hint(dim, known, 'there are')}.")


def count_of(call: str, argument: str, value: Any) -> int:
    """A whole number from 1."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidArgumentError(f"{call}: {argument} must be a whole number, 1 or more, got {value!r}.")
    return value


def backend_of(call: str, backend: str | None, plot_collection: Any = None) -> str:
    """The backend to draw with, which is there; by default that of the collection, or of ArviZ's settings.

    Raises
    ------
    InvalidArgumentError
        If ArviZ has no such backend.
    MissingPackageError
        If it is not installed.
    """
    from arviz_base import rcParams

    if backend is None:
        backend = rcParams["plot.backend"] if plot_collection is None else plot_collection.backend
    if backend not in BACKENDS:
        raise InvalidArgumentError(f"{call}: backend is {backend!r}, {_hint(backend, BACKENDS, 'there are')}.")
    if backend != "none" and find_spec(backend) is None:
        raise MissingPackageError(
            f"{call}: the backend {backend!r} is not installed; install it with pip install 'unfunnel[{backend}]', or"
            " take backend='matplotlib'."
        )
    return str(backend)


class Visuals:
    """What a caller wants of the parts of a plot: settings by part, or False to leave it out.

    Parameters
    ----------
    call
        Name of the function that got them.
    given
        As ArviZ takes them: a mapping or a bool by part.
    known
        Names of the parts.
    """

    def __init__(self, call: str, given: Mapping[str, Any] | None, known: tuple[str, ...]) -> None:
        for name, value in (given or {}).items():
            if name not in known:
                raise InvalidArgumentError(f"{call}: visuals has {name!r}, {_hint(name, known, 'there are')}.")
            if not isinstance(value, bool | Mapping):
                raise InvalidArgumentError(
                    f"{call}: visuals[{name!r}] must be a mapping of settings, or False to leave it out; got {value!r}."
                )
        self._given = dict(given or {})

    def wants(self, name: str) -> bool:
        """Whether a part is to be drawn."""
        return self._given.get(name, True) is not False

    def settings(self, name: str, **defaults: Any) -> dict[str, Any]:
        """The settings of a part, over the defaults."""
        own = self._given.get(name, True)
        return {**defaults, **(own if isinstance(own, Mapping) else {})}


def _hint(name: Any, known: Iterable[str], otherwise: str) -> str:
    names = list(known)
    nearest = get_close_matches(str(name), names, n=1, cutoff=0.6)
    if nearest:
        return f"which there is not; did you mean {nearest[0]!r}?"
    listed = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    return f"which there is not; {otherwise} {listed or 'none'}"
