"""A folder that draws are streamed to, and that can be read whatever became of the process."""

from __future__ import annotations

import json
import os
import shutil
import warnings
from pathlib import Path
from typing import Any

from unfunnel.errors import InvalidArgumentError, OutputError
from unfunnel.formula import Conventions
from unfunnel.sampling.frame import Frame
from unfunnel.sampling.result import in_a_tree
from unfunnel.sampling.run import Run
from unfunnel.sampling.streamed import streamed_run, variable_of

_DESCRIPTION = "unfunnel"
"""The group that describes the others: coordinates, and in its attrs dims and names of variables."""

_CONVENTIONS = "conventions"

_BESIDE = ("parameterization", "observed_data", "constant_data")


def check_store(store: str | Path | None) -> Path | None:
    """The path of a store to be made.

    Raises
    ------
    OutputError
        If something is there already, or nothing can be made there.
    """
    if store is None:
        return None
    _refuse_addresses(store)
    path = Path(store)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise OutputError(
            f"sample: store={str(store)!r} exists and is not an empty folder; name a new folder, or read what is there"
            " with unfunnel.load."
        )
    # Found now, and not after compilation and pilot.
    above = next(place for place in (path, *path.absolute().parents) if place.exists())
    if not (above.is_dir() and os.access(above, os.W_OK)):
        raise OutputError(f"sample: store={str(store)!r} cannot be written: {str(above)!r} is not a writable folder.")
    return path


def _refuse_addresses(store: str | Path) -> None:
    """What is no path would be taken for the name of a folder, or for none."""
    if "://" in str(store) or "\0" in str(store):
        raise OutputError(
            f"sample: store={str(store)!r} is not the path of a folder on this machine; draws are streamed to one, and"
            " copied from there to wherever they are wanted."
        )


def begin(
    path: Path, frame: Frame, shown: list[str], beside: dict[str, Any], conventions: Conventions | None = None
) -> None:
    """Write all that is known before the run: what tells a killed run's draws what they are.

    Parameters
    ----------
    path
        As `check_store` gave it.
    frame
        Of the variables.
    shown
        Names of those that are to come back.
    beside
        The groups `parameterization`, `observed_data` and `constant_data`.
    conventions
        How the draws are wanted, where the model was not written in PyMC.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    import xarray as xr

    attrs: dict[str, Any] = {"names": shown, "free": list(frame.free), "dims": json.dumps(frame.dims)}
    if conventions is not None:
        attrs[_CONVENTIONS] = conventions.to_json()
    description = xr.Dataset(coords={dim: (dim, labels) for dim, labels in frame.coords.items()}, attrs=attrs)
    try:
        path.mkdir(parents=True, exist_ok=True)
        for name, dataset in {_DESCRIPTION: description, **beside}.items():
            _write(path, name, dataset)
    except OSError as error:
        # There was nothing before, and half a description would stand in the way of the next try.
        shutil.rmtree(path, ignore_errors=True)
        raise OutputError(f"sample: store={str(path)!r} cannot be written: {error}.") from error


def end(path: Path, parameterization: Any, attrs: dict[str, Any]) -> None:
    """Write what is known after the run, and remove what only a killed run would need.

    Parameters
    ----------
    path
        The folder.
    parameterization
        The group of that name, complete.
    attrs
        Of the posterior.
    """
    import zarr

    shutil.rmtree(path / "parameterization")
    _write(path, "parameterization", parameterization)
    description: Any = zarr.open_group(path / _DESCRIPTION, mode="r").attrs
    kept = {*description["names"], *description["free"]}
    for group in ("posterior", "warmup_posterior"):
        for place in (path / group).iterdir():
            if place.is_dir() and (group != "posterior" or variable_of(place.name) not in kept):
                shutil.rmtree(place)
    add_attrs(path, "posterior", attrs)


def add_attrs(path: Path, group: str, attrs: dict[str, Any]) -> None:
    """Add to the attrs of a group in a store."""
    import zarr

    zarr.open_group(path / group, mode="r+").attrs.update(attrs)


def load(path: str | Path) -> Any:
    """Read the draws that :func:`unfunnel.sample` streamed to a folder, finished or not.

    A run that was interrupted or killed has the draws that were written until then; chains are cut to one length,
    and left out where that would cost the others more draws than they have.

    Parameters
    ----------
    path
        What `store` was.

    Returns
    -------
    xarray.DataTree
        As :func:`unfunnel.sample` returns it, read from the folder when it is used. ``complete`` in the attrs of
        `posterior` is True if the run came to its end. The weights in `parameterization` are there for runs that
        ended or were interrupted, and not for those that were killed.

    Raises
    ------
    InvalidArgumentError
        If it is not a path.
    OutputError
        If there is no such folder, or it holds no draws.

    Examples
    --------
    >>> import unfunnel as uf
    >>> try:
    ...     uf.load("no such folder.zarr")
    ... except uf.OutputError as error:
    ...     print(str(error)[:36])
    load: 'no such folder.zarr' holds no
    """
    if not isinstance(path, str | Path):
        raise InvalidArgumentError(
            f"load: path must be the folder that store named, got {path!r}; a result in memory needs no loading."
        )
    folder = Path(path)
    for needed in (_DESCRIPTION, "posterior", "sample_stats"):
        if not (folder / needed / "zarr.json").is_file():
            raise OutputError(
                f"load: {str(path)!r} holds no draws of unfunnel.sample(store=...): it has no group {needed!r}. A run"
                " that was killed before its draws began leaves none."
            )
    description = _read(folder, _DESCRIPTION)
    frame = Frame(
        names=tuple(description.attrs["names"]),
        dims=json.loads(description.attrs["dims"]),
        coords={dim: labels.values for dim, labels in description.coords.items()},
        free=tuple(description.attrs["free"]),
    )
    attrs = {"complete": False, **_read(folder, "posterior").attrs}
    run = _run_in(folder, frame)
    groups = {
        "posterior": run.posterior.assign_attrs(attrs),
        "sample_stats": run.statistics,
        **{name: _read(folder, name).load() for name in _BESIDE},
    }
    wanted = description.attrs.get(_CONVENTIONS)
    return in_a_tree(groups, None if wanted is None else Conventions.from_json(wanted))


def _run_in(folder: Path, frame: Frame) -> Run:
    """The draws in a folder; a run that ended before the first of them may not have made all arrays."""
    none = f"load: {str(folder)!r} holds no draws: the run ended before the first after its warm-up was written."
    try:
        run = streamed_run(folder, frame, seconds=0.0, attrs={})
    except (KeyError, OSError) as error:
        raise OutputError(none) from error
    if not run.posterior.sizes["chain"]:
        raise OutputError(none)
    return run


def _read(folder: Path, group: str) -> Any:
    import xarray as xr

    return xr.open_zarr(folder, group=group, consolidated=False, chunks=None)


def _write(path: Path, group: str, dataset: Any) -> None:
    with warnings.catch_warnings():
        # Labels of text have no lasting specification in zarr yet; they are read back by the same libraries.
        warnings.filterwarnings("ignore", message=".*does not have a Zarr V3 specification.*")
        dataset.to_zarr(path, group=group, mode="a", consolidated=False)
