"""Reading a table of any columns from a file."""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd

from unfunnel.errors import InvalidTableError, first_line

PARQUET = (".parquet", ".pq")


def read_frame(file: str | Path) -> pd.DataFrame:
    """The table in a file, text as categories in the order of their names.

    Parameters
    ----------
    file
        CSV in UTF-8 with a header line (compressed too, such as ``.csv.gz``), or Parquet, which is told by its name.

    Raises
    ------
    InvalidTableError
        If there is no such file, it cannot be read, or it has no rows.
    """
    path = Path(file)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise InvalidTableError(f"The table {str(path)!r} {what}; give a file in CSV or Parquet.")
    frame = _parquet(path) if path.suffix.lower() in PARQUET else _csv(path)
    if frame.empty:
        raise InvalidTableError(f"The table {str(path)!r} has no rows.")
    texts = [name for name in frame.columns if not _is_numeric(frame[name])]
    return frame.assign(**{name: frame[name].astype("category") for name in texts})


def _is_numeric(column: pd.Series[float]) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column)) or isinstance(column.dtype, pd.CategoricalDtype)


def _csv(path: Path) -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            # Without this pandas would drop the surplus cells of a row, or take its first column for an index.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(path, encoding="utf-8-sig", index_col=False)
    except pd.errors.EmptyDataError as error:
        raise InvalidTableError(f"The table {str(path)!r} is empty; it needs a header line and rows.") from error
    except UnicodeDecodeError as error:
        raise InvalidTableError(f"The table {str(path)!r} is not text in UTF-8; save it as such.") from error
    except pd.errors.ParserWarning as error:
        raise InvalidTableError(f"The table {str(path)!r} has rows with more cells than its header.") from error
    except (OSError, EOFError, pd.errors.ParserError) as error:
        raise InvalidTableError(f"The table {str(path)!r} cannot be read as CSV: {first_line(error)}.") from error
    return frame.rename(columns=lambda name: str(name).strip())


def _parquet(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except ImportError as error:
        raise InvalidTableError(
            f"The table {str(path)!r} is in Parquet, which needs a package to be read: pip install pyarrow."
        ) from error
    except (OSError, ValueError) as error:
        raise InvalidTableError(f"The table {str(path)!r} cannot be read as Parquet: {first_line(error)}.") from error
