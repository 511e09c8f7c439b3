"""One way into every table: files, and what narwhals takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import narwhals as nw

from unfunnel.errors import InvalidArgumentError, InvalidTableError
from unfunnel.tables.files import described, files_of, format_of, scan
from unfunnel.tables.names import hint, quoted

Frame = nw.LazyFrame[Any] | nw.DataFrame[Any]


@dataclass(frozen=True)
class Source:
    """A table that was opened, and of which nothing has been read.

    Parameters
    ----------
    frame
        The table.
    files
        Where it comes from, if it comes from files.
    text
        Whether all columns are text, as in CSV.
    part
        Which partition of a larger table it is, from 0, or None.
    """

    frame: Frame
    files: tuple[Path, ...] = ()
    text: bool = False
    part: int | None = None

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(self.frame.collect_schema().names())

    @property
    def title(self) -> str:
        """How an error calls it."""
        return f"The table {described(self.files)}" if self.files else "The table"

    def require(self, *names: str) -> None:
        """Refuse names that are no columns of the table."""
        known = self.columns
        for name in names:
            if name not in known:
                raise InvalidTableError(
                    f"{self.title} has no column {name!r}; its columns are {quoted(known)}.{hint(name, known)}"
                )


def sources_of(table: Any, names: Sequence[str]) -> Iterator[Source]:
    """The table, or its partitions one after the other; only the columns of these names will be used.

    Partitions are those of dask, whose own variance is a difference of sums of squares and loses all digits where the
    mean is large; ours are merged from deviations.

    Raises
    ------
    InvalidTableError
        If a file cannot be found or opened.
    InvalidArgumentError
        If it is no table.
    """
    if isinstance(table, str | Path):
        files = files_of(table)
        yield Source(nw.from_native(scan(files)), files, format_of(files[0]) == "CSV")
    elif type(table).__module__.split(".")[0] == "dask":
        yield from _partitions(table, names)
    else:
        yield Source(_narwhal(table))


def collected(frame: Frame) -> Any:
    """The rows of a lazy table as a polars frame, by polars' streaming engine where it is one of its own.

    Of polars' own tables errors are polars' own too, not narwhals' name for them.
    """
    native = frame.to_native()
    if type(native).__module__.startswith("polars.lazyframe"):
        return native.collect(engine="streaming")
    return native if isinstance(frame, nw.DataFrame) else frame.collect("polars").to_native()


def single(source: Source, file: Path) -> Source:
    """One of the files of a source."""
    return replace(source, frame=nw.from_native(scan((file,))), files=(file,))


def _narwhal(table: Any) -> Frame:
    try:
        return nw.from_native(table)  # type: ignore[no-any-return]
    except TypeError as error:
        raise InvalidArgumentError(
            f"pool: table must be a data frame (pandas, polars, pyarrow, duckdb, dask, ...) or the name of a file, got"
            f" {type(table).__name__}."
        ) from error


def _partitions(table: Any, names: Sequence[str]) -> Iterator[Source]:
    if not hasattr(table, "partitions"):
        raise InvalidArgumentError(f"pool: of dask only data frames are tables, got {type(table).__name__}.")
    known = [str(column) for column in table.columns]
    used = table[list(dict.fromkeys(names))] if set(names) <= set(known) else table
    for number in range(table.npartitions):
        yield Source(_narwhal(used.partitions[number].compute()), part=number)
