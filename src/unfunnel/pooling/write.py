"""The groups as a file that is whole or not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from unfunnel.errors import InvalidArgumentError, OutputError, first_line
from unfunnel.output import output_folder, whole_file, write_draws, write_text

if TYPE_CHECKING:
    import polars as pl

    from unfunnel.pooling.pooled import Pooled


def write_folder(pooled: Pooled, path: str | Path, draws_seed: int | None = None) -> Path:
    """Write groups.csv and summary.json into a folder, and draws.zarr if there is a seed; each is whole or not there.

    Raises
    ------
    OutputError
        If the folder cannot be made or written to.
    """
    from unfunnel.pooling.show import summary_of

    with output_folder(path) as folder:
        try:
            if draws_seed is not None:
                write_draws(pooled.draws(random_seed=draws_seed), folder)
            _write_table(pooled.to_polars(), folder / "groups.csv")
            write_text(folder / "summary.json", json.dumps(summary_of(pooled), indent=1, ensure_ascii=False) + "\n")
        except OSError as error:
            raise OutputError(f"pool: cannot write results to {str(folder)!r}: {_reason(error)}.") from error
    return Path(path)


def write_groups(table: pl.DataFrame, path: str | Path) -> Path:
    """Write CSV or Parquet, as the name says, beside its place, and put it there once it is whole."""
    file = Path(path)
    if file.suffix.lower() not in (".csv", ".parquet"):
        raise InvalidArgumentError(f"Pooled.write: path must end in .csv or .parquet, got {str(path)!r}.")
    try:
        _write_table(table, file)
    except OSError as error:
        raise OutputError(f"Pooled.write: cannot write {str(file)!r}: {_reason(error)}.") from error
    return file


def _write_table(table: pl.DataFrame, file: Path) -> None:
    import polars as pl

    try:
        with whole_file(file) as beside:
            if file.suffix.lower() == ".csv":
                table.write_csv(beside)
            else:
                table.write_parquet(beside)
    except pl.exceptions.PolarsError as error:
        raise OSError(first_line(error)) from error


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
