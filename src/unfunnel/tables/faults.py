"""Which row is at fault, looked for only once a table was found to have one.

Rows are counted from 1 below the header, as a spreadsheet without its header line would. Tables without an order of
rows (a relation of duckdb, say) have only the number of such rows named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw

from unfunnel.errors import InvalidTableError
from unfunnel.tables.files import MISSING
from unfunnel.tables.source import Source, collected, single

_SHOWN = 3
_ROW, _BAD = "_unfunnel_row", "_unfunnel_bad"


def numeric(source: Source, name: str) -> Any:
    """The column as numbers; in a text file what stands for a missing number is null."""
    column = nw.col(name)
    if source.text:
        text = column.str.strip_chars()
        column = nw.when(~text.is_in(MISSING)).then(text)
    return column.cast(nw.Float64)


def missing(source: Source, name: str) -> Any:
    """Where the column has no value."""
    empty = nw.col(name).is_null()
    if source.text:
        return empty | nw.col(name).str.strip_chars().is_in(MISSING)
    return empty | nw.col(name).is_nan() if source.frame.collect_schema()[name].is_float() else empty


def refuse_text(source: Source, name: str) -> None:
    """Raise if a column that should hold numbers holds something else."""
    kind = source.frame.collect_schema()[name]
    if kind.is_numeric() or kind == nw.Boolean:
        return
    if source.text:
        _refuse_words(source, name)
        return
    shown = ""
    if isinstance(source.frame, nw.DataFrame):
        words = [(row, value) for row, value in enumerate(source.frame[name].to_list(), 1) if not _is_number(value)]
        if words:
            raise _error(source, name, len(words), words[:_SHOWN], "a number belongs there", "")
        shown = " although all of its values are numbers"
    raise InvalidTableError(f"Column {name!r} is of type {kind}{shown}; convert it to numbers.")


def refuse_missing(source: Source, name: str, cure: str) -> None:
    """Raise if the column has rows without a value."""
    refuse_where(source, name, missing(source, name), "a value belongs there", cure)


def refuse_where(source: Source, name: str, bad: Any, rule: str, cure: str = "") -> None:
    """Raise if there are rows in which an expression holds, in the file in which the first of them is."""
    for one in _each(source):
        _refuse_flagged(replace(one, frame=one.frame.with_columns(bad.alias(_BAD))), name, rule, cure)


def _refuse_words(source: Source, name: str) -> None:
    import polars as pl

    text = pl.col(name).str.strip_chars()
    # Only polars can be asked which texts are numbers without an error for the others.
    bad = text.cast(pl.Float64, strict=False).is_null() & text.is_not_null() & ~text.is_in(MISSING)
    for one in _each(source):
        frame = nw.from_native(one.frame.to_native().with_columns(bad.alias(_BAD)))
        _refuse_flagged(replace(one, frame=frame), name, "a number belongs there", "")


def _refuse_flagged(source: Source, name: str, rule: str, cure: str) -> None:
    count, rows = _found(source, name)
    if count:
        raise _error(source, name, count, rows, rule, cure)


def _found(source: Source, name: str) -> tuple[int, list[tuple[int | None, Any]]]:
    """How many rows are flagged, and the first of them: number and value."""
    frame = source.frame
    if isinstance(frame, nw.DataFrame):
        bad = frame.with_row_index(_ROW).filter(nw.col(_BAD))
    elif frame.implementation.is_polars():
        numbered = frame.to_native().with_row_index(_ROW)
        bad = nw.from_native(collected(nw.from_native(numbered).filter(nw.col(_BAD))))
    else:
        flagged = frame.filter(nw.col(_BAD))
        count = int(collected(flagged.select(nw.len())).item())
        return count, [(None, value) for value in collected(flagged.select(name).head(1))[name].to_list()]
    rows = bad.head(_SHOWN)
    return len(bad), [
        (int(row) + 1, value) for row, value in zip(rows[_ROW].to_list(), rows[name].to_list(), strict=True)
    ]


def _error(
    source: Source, name: str, count: int, rows: Sequence[tuple[int | None, Any]], rule: str, cure: str
) -> InvalidTableError:
    (row, value), *others = rows
    where = "" if source.part is None else f" of partition {source.part}"
    place = f"row {row}{where}" if row is not None else f"{count} rows"
    file = f" of {str(source.files[0])!r}" if source.files else ""
    more = ""
    if row is not None and count > 1:
        listed = ", ".join(str(number) for number, _ in others)
        rest = f" and {count - len(rows)} more" if count > len(rows) else ""
        more = f" (and in rows {listed}{rest})" if len(others) > 1 or rest else f" (and in row {listed})"
    got = "nothing" if value is None or value == "" else repr(value)
    if row is None and count == 1:
        place = "1 row"
    return InvalidTableError(f"Column {name!r}{file}, {place}: {rule}, got {got}{more}{cure and '; '}{cure}.")


def _each(source: Source) -> Iterator[Source]:
    """The files of a source one by one, so that rows are counted in their own file."""
    if len(source.files) > 1:
        yield from (single(source, file) for file in source.files)
    else:
        yield source


def _is_number(value: Any) -> bool:
    from numbers import Real

    return isinstance(value, Real) or value is None
