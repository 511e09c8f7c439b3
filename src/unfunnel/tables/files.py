"""Files of tables, found by name or glob and read lazily by polars' streaming engine."""

from __future__ import annotations

from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING

from unfunnel.errors import InvalidTableError, first_line

if TYPE_CHECKING:
    import polars as pl

FORMATS = {
    ".csv": "CSV",
    ".csv.gz": "CSV",
    ".csv.zst": "CSV",
    ".parquet": "Parquet",
    ".pq": "Parquet",
    ".arrow": "Arrow",
    ".ipc": "Arrow",
    ".feather": "Arrow",
}
MISSING = ("", "NA", "N/A", "NaN", "nan", "null")
"""What stands for a missing number in a text file."""


def files_of(table: str | Path) -> tuple[Path, ...]:
    """The files of a name or glob, in the order of their names, all of one format.

    Raises
    ------
    InvalidTableError
        If there is none, one is a folder, or the format is not known by its name or not the same for all.
    """
    text = str(table)
    plain = Path(text)
    if not plain.exists() and has_magic(text):
        files = tuple(sorted(path for path in map(Path, glob(text, recursive=True)) if path.is_file()))  # noqa: PTH207 (a pattern may be absolute)
        if not files:
            raise InvalidTableError(f"No file matches {text!r}; give the name of a table or a glob that matches some.")
    elif plain.is_dir():
        raise InvalidTableError(f"The table {text!r} is a folder; give its files, as in {str(plain / '*.parquet')!r}.")
    elif not plain.is_file():
        raise InvalidTableError(f"There is no file {text!r} to read a table from.")
    else:
        files = (plain,)
    formats = {format_of(file) for file in files}
    if len(formats) > 1:
        raise InvalidTableError(f"The files of {text!r} are of several formats ({', '.join(sorted(formats))}).")
    return files


def format_of(file: Path) -> str:
    """CSV, Parquet or Arrow, as the file's name says."""
    name = file.name.lower()
    for ending, known in FORMATS.items():
        if name.endswith(ending):
            return known
    raise InvalidTableError(
        f"The format of the table {str(file)!r} is not known by its name; it must end in {', '.join(FORMATS)}."
    )


def scan(files: tuple[Path, ...]) -> pl.LazyFrame:
    """A lazy table of all rows, nothing of it read yet; from CSV all columns are text, names without blanks around.

    Raises
    ------
    InvalidTableError
        If a header cannot be read, or two columns have one name.
    """
    import polars as pl

    kind = format_of(files[0])
    try:
        if kind == "CSV":
            frame = pl.scan_csv(list(files), infer_schema=False)
        else:
            frame = pl.scan_parquet(list(files)) if kind == "Parquet" else pl.scan_ipc(list(files))
        columns = frame.collect_schema().names()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise unreadable(files, error) from error
    if kind != "CSV":
        return frame
    stripped = [name.strip() for name in columns]
    for name in stripped:
        if stripped.count(name) > 1 or f"{name}_duplicated_0" in stripped:
            raise InvalidTableError(f"The table {described(files)} has more than one column {name!r}.")
    return frame.rename(dict(zip(columns, stripped, strict=True)))


def unreadable(files: tuple[Path, ...], error: BaseException) -> InvalidTableError:
    """What to raise when reading fails, in the words of a person who has the file and not the library."""
    import polars as pl

    text = first_line(error)
    if isinstance(error, pl.exceptions.NoDataError):
        return InvalidTableError(f"The table {described(files)} is empty; it needs a header line and rows.")
    if "utf-8" in text.lower():
        return InvalidTableError(f"The table {described(files)} is not text in UTF-8; save it as such.")
    if "more fields" in text:
        return InvalidTableError(f"The table {described(files)} has rows with more cells than its header.")
    return InvalidTableError(f"The table {described(files)} cannot be read as {format_of(files[0])}: {text}.")


def described(files: tuple[Path, ...]) -> str:
    """The file, or the first and the number of the others."""
    more = f" (and {len(files) - 1} more files)" if len(files) > 1 else ""
    return f"{str(files[0])!r}{more}"
