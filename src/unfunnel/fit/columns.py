"""Whether a table has what a formula asks for, said before anything is built."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from unfunnel.errors import InvalidArgumentError, InvalidTableError
from unfunnel.tables.names import hint, quoted

FOR_TEXT = ("bernoulli", "categorical", "cumulative", "sratio")
"""Families whose outcome may be text."""


def check_columns(frame: pd.DataFrame, formula: str, family: str) -> None:
    """Refuse a formula that cannot be read, or that the table does not serve.

    Raises
    ------
    InvalidArgumentError
        If the formula is not one, or has no outcome.
    InvalidTableError
        If a column is unknown, lacks values, or the family takes no text where it has some.
    """
    description = _described(formula)
    if "~" not in formula or description.response is None:
        raise InvalidArgumentError(
            f"fit: the formula {formula!r} has no outcome; write it like 'y ~ x + (x|group)', the outcome first."
        )
    names = sorted(_columns_of(description), key=formula.find)
    for name in names:
        _check_known(frame, name)
    for name in names:
        _check_complete(frame[name])
    for name in sorted(_columns_of(description.response)):
        if family not in FOR_TEXT and isinstance(frame[name].dtype, pd.CategoricalDtype):
            raise InvalidTableError(
                f"The outcome {name!r} holds text such as {str(frame[name].iloc[0])!r}, and the family {family!r} needs"
                f" numbers; for text there are {', '.join(FOR_TEXT)}."
            )


def _columns_of(part: Any) -> set[str]:
    """Names of the columns that a part of a formula names; formulae gives literals, such as 5 in bs(x, df=5), as ''."""
    return {str(name) for name in part.var_names if name != ""}


def _described(formula: str) -> Any:
    from formulae import model_description
    from formulae.parser import ParseError
    from formulae.scanner import ScanError

    try:
        return model_description(formula)
    except (ParseError, ScanError) as error:
        raise InvalidArgumentError(f"fit: the formula {formula!r} cannot be read: {str(error).rstrip('.')}.") from error
    except (TypeError, ValueError) as error:
        # What formulae says of terms that cannot be put together is about its own classes.
        raise InvalidArgumentError(
            f"fit: the formula {formula!r} cannot be read: its terms cannot be put together. Write it like"
            " 'y ~ x + (x|group)', with one outcome."
        ) from error


def _check_known(frame: pd.DataFrame, name: str) -> None:
    if name in frame.columns:
        return
    known = [str(column) for column in frame.columns]
    raise InvalidTableError(
        f"The formula names {name!r}, and the table has no such column; it has {quoted(known)}.{hint(name, known)}"
    )


def _check_complete(column: pd.Series[float]) -> None:
    bad = column.isna().to_numpy()
    what = "missing"
    if not bad.any() and pd.api.types.is_float_dtype(column):
        bad, what = ~np.isfinite(column.to_numpy(dtype=float)), "infinite"
    if bad.any():
        count = int(bad.sum())
        raise InvalidTableError(
            f"Column {str(column.name)!r} has {count} {what} value{'s' if count > 1 else ''}, the first in row"
            f" {int(bad.argmax()) + 1}; leave such rows out, or fill them."
        )
