"""Draws that nutpie kept in memory: only what is asked for is taken over, without the warm-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.sampling.frame import Frame
from unfunnel.sampling.run import NUTPIES_NAMES, STATISTICS, Run, kept_chains, named_statistics

_WANTED = {*STATISTICS, *NUTPIES_NAMES}


def arrow_run(
    trace: tuple[Sequence[Any], Sequence[Any]], frame: Frame, *, seconds: float, attrs: dict[str, Any]
) -> Run:
    """A run from nutpie's raw trace: a batch of draws and one of statistics for each chain."""
    draws, statistics = trace
    tuning = [int(_column(batch, "tuning").sum()) for batch in statistics]
    chains, count = kept_chains([batch.num_rows - tune for batch, tune in zip(draws, tuning, strict=True)])

    def stacked(batches: Sequence[Any], name: str) -> NDArray[Any]:
        return np.stack([_column(batches[chain].slice(tuning[chain], count), name) for chain in chains])

    names = [name for name in statistics[0].column_names if name in _WANTED] if chains else []
    raw = frame.dataset({name: stacked(statistics, name) for name in names}, chains)
    gradient = stacked(statistics, "gradient") if chains and _is_filled(statistics[0], "gradient") else None
    steps = [_column(batch, "n_steps") for batch in statistics]
    return Run(
        frame.dataset({name: stacked(draws, name) for name in frame.names} if chains else {}, chains),
        named_statistics(raw),
        gradients_tune=int(sum(step[:tune].sum() for step, tune in zip(steps, tuning, strict=True))),
        gradients_draw=int(sum(step[tune:].sum() for step, tune in zip(steps, tuning, strict=True))),
        seconds=seconds,
        attrs=attrs,
        stored_gradient=gradient,
    )


def _is_filled(batch: Any, name: str) -> bool:
    import pyarrow  # type: ignore[import-untyped]

    return name in batch.column_names and pyarrow.array(batch.column(name)).null_count == 0


def _column(batch: Any, name: str) -> NDArray[Any]:
    """A column as an array with dims (draw, *dims of the variable), without a copy where there can be."""
    import pyarrow

    column = batch.column(name)
    shape = (column.field.metadata or {}).get(b"shape", b"").decode()
    array = pyarrow.array(column)
    values = array.flatten() if hasattr(array, "flatten") else array
    found: NDArray[Any] = values.to_numpy(zero_copy_only=False)
    return found.reshape(batch.num_rows, *(int(size) for size in shape.split(",") if size))
