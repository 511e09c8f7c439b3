"""From a table to per-group statistics: one pass, in the engine that holds the table.

Only what comes of it, one row a group, is in memory. A query asks for what tells that something is wrong too (values
that are missing, not finite, out of range); where it is, the rows are looked for in a second one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from unfunnel.errors import InvalidTableError, first_line
from unfunnel.tables.faults import numeric, refuse_text, refuse_where
from unfunnel.tables.files import unreadable
from unfunnel.tables.grouped import ROWS, grouped, labels_of, refuse_unusable
from unfunnel.tables.labels import check_labels, dropped
from unfunnel.tables.source import Source, sources_of
from unfunnel.tables.summaries import Counts, Estimates, Moments


def moments_of(table: Any, group: str, value: str, *, drop: bool = False) -> Moments:
    """Count, mean and sum of squared deviations of every group.

    Raises
    ------
    InvalidTableError
        If the table cannot be read, lacks a column, or has a value that is missing or no finite number.
    """
    return _read(table, (group, value), drop, _moments, Moments.merged)


def estimates_of(table: Any, group: str, value: str, se: str, *, drop: bool = False) -> Estimates:
    """An estimate and its standard error of every group.

    Raises
    ------
    InvalidTableError
        As :func:`moments_of`; or if a group has several rows, or a standard error is not positive.
    """
    return _read(table, (group, value, se), drop, _estimates, _joined_estimates)


def counts_of(table: Any, group: str, value: str, size: str | None = None, *, rate: bool, drop: bool = False) -> Counts:
    """Successes of every group in so many trials, or, at a `rate`, its events in such an exposure.

    Without `size`, the column of trials or exposures, every row is one of them.

    Raises
    ------
    InvalidTableError
        As :func:`moments_of`; or if a count is negative or not whole, successes exceed trials, or an exposure is not
        positive.
    """
    names = (group, value) if size is None else (group, value, size)
    return _read(table, names, drop, partial(_counts, rate=rate), Counts.merged)


def _read[Part: (Moments, Counts, Estimates)](
    table: Any,
    names: tuple[str, ...],
    drop: bool,
    summarize: Callable[..., Part],
    merge: Callable[[list[Part]], Part],
) -> Part:
    """The statistics of every part of the table, merged; with warnings on what is dropped or looks alike."""
    parts, lost = [], 0
    for source in sources_of(table, names):
        source.require(*names)
        try:
            if drop:
                source, fewer = dropped(source, names)
                lost += fewer
            part = summarize(source, *names)
        except pl.exceptions.PolarsError as error:
            with suppress(pl.exceptions.PolarsError):  # the file may be torn, which is then what is said
                for name in names[1:]:
                    refuse_text(source, name)
            if not source.files:
                raise InvalidTableError(f"The table cannot be read: {first_line(error)}.") from error
            raise unreadable(source.files, error) from error
        except OSError as error:
            if not source.files:
                raise
            raise unreadable(source.files, error) from error
        if part.labels.size:
            parts.append(part)
    if not parts:
        left = " after those without a value were left out" if lost else ""
        raise InvalidTableError(f"The table has no rows{left}.")
    result = merge(parts)
    check_labels(result.labels, names[0], lost)
    return result


def _moments(source: Source, group: str, value: str) -> Moments:
    x = nw.col(value)
    found = grouped(source, group, (value,), (x.count().alias("n"), x.mean().alias("mean"), x.var().alias("var")))
    count = found["n"].to_numpy().astype(np.int64)
    mean = found["mean"].cast(pl.Float64).to_numpy()
    refuse_unusable(source, value, found, count, mean)
    variance = found["var"].cast(pl.Float64).fill_null(0.0).fill_nan(0.0).to_numpy()
    # Of one observation engines say NaN, null or 0.
    scatter = np.where(count > 1, variance * np.maximum(count - 1, 0), 0.0)
    return Moments(labels_of(found), count, mean, scatter)


def _estimates(source: Source, group: str, value: str, se: str) -> Estimates:
    x, s = nw.col(value), nw.col(se)
    sums = (x.count().alias("n"), x.mean().alias("mean"), s.count().alias("m"), s.mean().alias("se"))
    found = grouped(source, group, (value, se), sums)
    estimate, error = (found[name].cast(pl.Float64).to_numpy() for name in ("mean", "se"))
    refuse_unusable(source, value, found, found["n"].to_numpy(), estimate)
    refuse_unusable(source, se, found, found["m"].to_numpy(), error)
    refuse_repeated(labels_of(found), found[ROWS].to_numpy())
    if (error <= 0).any():
        refuse_where(source, se, numeric(source, se) <= 0, "a standard error must be positive")
    return Estimates(labels_of(found), estimate, error)


def _counts(source: Source, group: str, value: str, size: str | None = None, *, rate: bool) -> Counts:
    x = nw.col(value)
    used = (value,) if size is None else (value, size)
    sums = [x.count().alias("n"), x.sum().alias("events"), x.min().alias("low")]
    flags = {"broken": x % 1 != 0, "over": x > (1.0 if size is None else nw.col(size))}
    if size is not None:
        s = nw.col(size)
        sums += [s.count().alias("m"), s.sum().alias("size"), s.min().alias("least")]
        flags["parts"] = s % 1 != 0
    found = grouped(source, group, used, sums, flags)
    events = found["events"].cast(pl.Float64).to_numpy()
    refuse_unusable(source, value, found, found["n"].to_numpy(), events)
    given = numeric(source, value)
    if (found["low"] < 0).any():
        refuse_where(source, value, given < 0, "a count must not be negative")
    if (found["broken"] > 0).any():
        refuse_where(source, value, given % 1 != 0, "a count must be a whole number")
    if size is None:
        if not rate and (found["over"] > 0).any():
            rule = "without trials= a row is one trial, whose value is 0 or 1; name the column of trials"
            refuse_where(source, value, given > 1, rule)
        return Counts(labels_of(found), found[ROWS].to_numpy().astype(np.int64), events, found[ROWS].to_numpy() * 1.0)
    of = found["size"].cast(pl.Float64).to_numpy()
    refuse_unusable(source, size, found, found["m"].to_numpy(), of)
    limit = numeric(source, size)
    if rate and (found["least"] <= 0).any():
        refuse_where(source, size, limit <= 0, "an exposure must be positive")
    if not rate:
        if (found["least"] < 0).any():
            refuse_where(source, size, limit < 0, "trials must not be negative")
        if (found["parts"] > 0).any():
            refuse_where(source, size, limit % 1 != 0, "trials must be a whole number")
        if (found["over"] > 0).any():
            refuse_where(source, value, given > limit, f"there are more successes than trials (column {size!r})")
    return Counts(labels_of(found), found[ROWS].to_numpy().astype(np.int64), events, of)


def refuse_repeated(labels: Any, rows: Any) -> None:
    """With standard errors each group has one row."""
    if rows.size and rows.max() > 1:
        at = int(rows.argmax())
        raise InvalidTableError(
            f"With se each group has one row, its estimate; {str(labels[at])!r} has {int(rows[at])} rows."
        )


def _joined_estimates(parts: list[Estimates]) -> Estimates:
    if len(parts) == 1:
        return parts[0]
    labels, index, rows = np.unique(
        np.concatenate([part.labels for part in parts]), return_index=True, return_counts=True
    )
    refuse_repeated(labels, rows)
    estimate, error = (
        np.concatenate([getattr(part, name) for part in parts])[index] for name in ("estimate", "standard_error")
    )
    return Estimates(labels, estimate, error)
