"""Draws that nutpie wrote to a folder while it ran, whether it ended, was interrupted or was killed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from unfunnel.sampling.frame import Frame
from unfunnel.sampling.run import NUTPIES_NAMES, STATISTICS, Run, kept_chains, named_statistics

_BEHIND = 4
"""Chunks that one variable may lack and another have. nutpie has as many writes under way as there are variables and
statistics, and they end in any order, so that a slow one has no bound; one of more than this was not met."""

_WANTED = {*STATISTICS, *NUTPIES_NAMES}


def streamed_run(folder: Path, frame: Frame, *, seconds: float, attrs: dict[str, Any]) -> Run:
    """A run as it is in a folder; its arrays are read from there when they are used.

    Parameters
    ----------
    folder
        Where nutpie wrote.
    frame
        Of the variables to read.
    seconds, attrs
        As in :class:`Run`.
    """
    raw = opened(folder, "sample_stats")
    chains, count = kept_chains(written(folder, frame.free))
    part, labels = {"chain": chains, "draw": slice(count)}, {"chain": chains, "draw": np.arange(count)}
    statistics = raw[[name for name in raw if name in _WANTED]].isel(part)
    warmup = int(opened(folder, "warmup_sample_stats")["n_steps"].sum())
    return Run(
        _labelled(opened(folder, "posterior")[list(frame.names)].isel(part), frame, labels),
        named_statistics(statistics.drop_vars(list(statistics.coords))).assign_coords(labels),
        gradients_tune=warmup,
        gradients_draw=int(statistics["n_steps"].sum()),
        seconds=seconds,
        attrs=attrs,
        stored_gradient=raw["gradient"].isel(part) if (folder / "sample_stats" / "gradient" / "c").is_dir() else None,
    )


def opened(folder: Path, group: str) -> Any:
    """A group of a store as a dataset that is read when it is used."""
    import xarray as xr

    raw = xr.open_zarr(folder, group=group, consolidated=False, chunks=None, mask_and_scale=False)
    return raw.rename({name: variable_of(name) for name in raw.data_vars if name != variable_of(name)})


def variable_of(folder_name: str) -> str:
    """The variable whose draws are in a folder: nutpie percent-encodes names, such as Bambi's `1|group`."""
    return unquote(folder_name)


def written(folder: Path, free: Sequence[str]) -> list[int]:
    """Draws after warm-up that every free variable and the statistics have, by chain.

    Chunks are written one by one, and a killed process may have written one variable's and not yet another's. The last
    chunk of a run that was interrupted is not full; what was never written reads as NaN, and an accepted draw has a log
    density.
    """
    import zarr

    inside = (place for place in (folder / "posterior").iterdir() if place.is_dir())
    posterior = {variable_of(place.name): place for place in inside}
    # A variable without elements has no chunks, ever.
    posterior = {name: place for name, place in posterior.items() if 0 not in zarr.open_array(place, mode="r").shape}
    places = [folder / "sample_stats" / "logp", *(posterior[name] for name in free if name in posterior)]
    arrays = [zarr.open_array(place, mode="r") for place in places]
    chains, draws = arrays[0].shape
    counts = []
    for chain in range(chains):
        pairs = zip(places, arrays, strict=True)
        count = min(draws, *(_whole(place / "c" / str(chain)) * array.chunks[1] for place, array in pairs))
        last = max(0, count - arrays[0].chunks[1])
        # Of each variable: a process that was killed may have written more of one's last chunk than of another's.
        there = [_finite(np.asarray(array[chain, last:count])) for array in arrays]
        found = last + int(np.logical_and.reduce(there).sum())
        if found < draws:
            # In a whole run a derived variable is NaN by itself, and nothing is missing.
            derived = [place for name, place in posterior.items() if name not in free]
            count = _with_derived(count, chain, derived)
            last = max(0, count - arrays[0].chunks[1])
            found = min([found, *(last + _begun(place, chain, slice(last, count)) for place in derived)])
        counts.append(found)
    return counts


def _finite(draws: NDArray[np.float64]) -> NDArray[np.bool_]:
    """By draw, whether all elements are."""
    return np.isfinite(draws).all(axis=tuple(range(1, draws.ndim)))


def _begun(place: Path, chain: int, last: slice) -> int:
    """Draws of the last chunk up to the last one that is not NaN throughout; all where none is.

    A variable that follows from the free ones may be NaN; only after its last number it may as well be missing.
    """
    import zarr

    array = zarr.open_array(place, mode="r")
    size = int(last.stop - last.start)
    if array.ndim < 2 or array.dtype.kind != "f":
        return size
    numbers = ~np.isnan(np.asarray(array[chain, last])).all(axis=tuple(range(1, array.ndim - 1)))
    return int(np.flatnonzero(numbers)[-1]) + 1 if numbers.any() else size


def _with_derived(count: int, chain: int, places: Sequence[Path]) -> int:
    """Fewer draws where one of the variables that follow from the free ones is behind.

    One that lacks more than that is not: chunks of nothing but the fill value are not written at all.
    """
    import zarr

    for place in places:
        chunks = zarr.open_array(place, mode="r").chunks
        # Coordinates lie in the same folder, and have no chains.
        there = _whole(place / "c" / str(chain)) * chunks[1] if len(chunks) > 1 else count
        if there < count and count - there <= _BEHIND * chunks[1]:
            count = there
    return count


def _whole(chunks: Path) -> int:
    """Number of chunks that follow each other without a gap."""
    there = {int(place.name) for place in chunks.iterdir() if place.name.isdecimal()} if chunks.is_dir() else set()
    return next(number for number in range(len(there) + 1) if number not in there)


def _labelled(dataset: Any, frame: Frame, labels: dict[str, Any]) -> Any:
    """A dataset with the dims and coordinates of the model in place of nutpie's."""
    bare = dataset.drop_vars(list(dataset.coords))
    variables, coords = {}, dict(labels)
    for name, array in bare.items():
        dims = ("chain", "draw", *frame.dims_of(name, array.ndim - 2))
        variables[name] = (dims, array.variable._data)
        for dim, size in zip(dims, array.shape, strict=True):
            coords.setdefault(dim, frame.labels(dim, size))
    import xarray as xr

    return xr.Dataset(variables, coords=coords)
