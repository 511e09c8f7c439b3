"""What a person should know of the groups' labels, and of rows that were left out."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw

from unfunnel.errors import DroppedRowsWarning, InvalidTableError, SimilarLabelsWarning
from unfunnel.tables.faults import missing
from unfunnel.tables.source import Source, collected

_SHOWN = 3


def dropped(source: Source, names: Sequence[str]) -> tuple[Source, int]:
    """The source without rows that lack a value in one of the columns, and how many those are."""
    empty = missing(source, names[0])
    for name in names[1:]:
        empty = empty | missing(source, name)
    lazy = source.frame.lazy()
    found = lazy.select(empty.alias("_unfunnel_empty")).filter(nw.col("_unfunnel_empty")).select(nw.len())
    return replace(source, frame=source.frame.filter(~empty)), int(collected(found).item())


def check_labels(labels: Any, group: str, lost: int) -> None:
    """Refuse a single group; warn of rows left out, and of labels that differ only in case or blanks."""
    if lost:
        warnings.warn(f"pool: {lost} rows without a value were left out.", DroppedRowsWarning, stacklevel=2)
    if labels.size < 2:
        raise InvalidTableError(
            f"Column {group!r} has one group only, {str(labels[0])!r}; partial pooling needs at least 2."
        )
    if labels.dtype.kind not in "UTO":
        return
    alike = similar(map(str, labels.tolist()))
    if alike:
        shown = "; ".join(" and ".join(map(repr, same)) for same in alike[:_SHOWN])
        more = f"; and {len(alike) - _SHOWN} more" if len(alike) > _SHOWN else ""
        warnings.warn(
            f"pool: groups whose labels differ only in case or blanks are taken as different groups: {shown}{more}.",
            SimilarLabelsWarning,
            stacklevel=2,
        )


def similar(labels: Any) -> list[list[str]]:
    """Labels that are the same but for case and blanks."""
    seen: dict[str, list[str]] = {}
    for label in labels:
        seen.setdefault("".join(label.split()).casefold(), []).append(label)
    return [same for same in seen.values() if len(same) > 1]
