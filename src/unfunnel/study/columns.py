"""The columns of a user's table: labels and numbers, each refusal naming the row.

Rows are counted from 1 below the header, as a spreadsheet without its header line would.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from unfunnel.errors import InvalidTableError
from unfunnel.tables.names import hint, quoted


def column(frame: pd.DataFrame, name: str) -> pd.Series[str]:
    """The column of that name as text, or a refusal that lists what there is."""
    if name in frame.columns:
        if frame.empty:
            raise InvalidTableError(f"The table has columns {quoted([*map(str, frame.columns)])} but no rows.")
        return frame[name].astype(str).str.strip()
    known = [str(column) for column in frame.columns]
    raise InvalidTableError(f"The table has no column {name!r}; its columns are {quoted(known)}.{hint(name, known)}")


def labels_of(frame: pd.DataFrame, name: str) -> list[str]:
    """The group of each row, none of them blank."""
    labels = column(frame, name).tolist()
    for row, label in enumerate(labels, start=1):
        if not label:
            raise InvalidTableError(f"Column {name!r}, row {row}: the group is blank; every row needs one.")
    return labels


def groups_of(labels: list[str], name: str) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """The groups in order of first appearance, and the index of each row's group."""
    index, groups = pd.factorize(np.asarray(labels, dtype=object))
    if len(groups) < 2:
        raise InvalidTableError(f"Column {name!r} has one group only, {labels[0]!r}; a hierarchy needs at least 2.")
    return tuple(str(g) for g in groups), index.astype(np.intp)


def numbers_of(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """The column as finite numbers."""
    text = column(frame, name)
    numbers = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float)
    for row in np.flatnonzero(~np.isfinite(numbers)):
        got = "nothing" if not text.iloc[row] else repr(text.iloc[row])
        raise InvalidTableError(f"Column {name!r}, row {row + 1}: a finite number belongs there, got {got}.")
    return numbers
