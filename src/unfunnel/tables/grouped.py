"""One row a group from a table, asked of the engine that holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from unfunnel.errors import InvalidTableError
from unfunnel.tables.faults import numeric, refuse_missing, refuse_text, refuse_where
from unfunnel.tables.source import Source, collected

ROWS = "_unfunnel_rows"
_GROUP = "_unfunnel_group"
_CURE = "leave such rows out, or say missing='drop'"


def grouped(
    source: Source, group: str, used: Sequence[str], sums: Sequence[Any], flags: Mapping[str, Any] | None = None
) -> pl.DataFrame:
    """One row a group, sorted by label; refuses columns that are no numbers and rows without a group.

    `flags` are conditions on a row; of each comes the number of rows in which it holds.
    """
    if not source.text:
        for name in used:
            refuse_text(source, name)
    columns = [nw.col(group).alias(_GROUP), *(numeric(source, name).alias(name) for name in used)]
    rows = source.frame.lazy().select(*columns)
    counted = [nw.col(name).sum().alias(name) for name in flags or ()]
    if flags:
        # As columns of their own, because pandas aggregates columns and no expressions.
        rows = rows.with_columns(*(flag.cast(nw.Int64).alias(name) for name, flag in flags.items()))
    query = rows.group_by(_GROUP).agg(nw.len().alias(ROWS), *sums, *counted)
    found: pl.DataFrame = collected(query)
    total = int(found[ROWS].sum())
    if found[_GROUP].null_count() or _has_nan(found[_GROUP]) or _has_blank(found[_GROUP]) or _lost_rows(source, total):
        refuse_missing(source, group, _CURE)
    return found.sort(_GROUP)


def _lost_rows(source: Source, total: int) -> bool:
    """Whether the engine left out rows without a group, as pandas does."""
    return isinstance(source.frame, nw.DataFrame) and len(source.frame) != total


def _has_nan(labels: pl.Series) -> bool:
    return labels.dtype.is_float() and bool(labels.is_nan().any())


def _has_blank(labels: pl.Series) -> bool:
    return labels.dtype == pl.String and bool((labels.str.strip_chars() == "").any())


def labels_of(found: pl.DataFrame) -> Any:
    """The groups' labels as an array."""
    labels = found[_GROUP]
    if labels.dtype in (pl.Categorical, pl.Enum):
        labels = labels.cast(pl.String)
    return np.asarray(labels.to_list()) if labels.dtype == pl.String else labels.to_numpy().copy()


def refuse_unusable(source: Source, name: str, found: pl.DataFrame, count: Any, result: Any) -> None:
    """Refuse a column with missing or infinite values, which a sum that is not finite tells of."""
    if (count < found[ROWS].to_numpy()).any() or np.isnan(result.astype(np.float64)).any():
        refuse_missing(source, name, _CURE)
    if not np.isfinite(result.astype(np.float64)).all():
        number = numeric(source, name)
        refuse_missing(source, name, _CURE)
        refuse_where(source, name, (number == np.inf) | (number == -np.inf), "a finite number belongs there")
        raise InvalidTableError(f"Column {name!r} has numbers too large to be added up; give it in a larger unit.")
