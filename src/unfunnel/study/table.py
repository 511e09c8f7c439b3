"""A regime from a table of one's own: read, checked, with priors in the unit of the data."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unfunnel.errors import InvalidArgumentError, InvalidTableError
from unfunnel.study.columns import column, groups_of, labels_of, numbers_of
from unfunnel.study.priors import Priors, ScalePrior
from unfunnel.study.regime import Floats, Regime


def read_table(
    file: str | Path, *, group: str, value: str, sigma: float | None = None, se: str | None = None
) -> Regime:
    """Read a CSV file into a regime.

    Parameters
    ----------
    file
        A CSV file in UTF-8, with a header line.
    group
        Column that says which group a row is of; its entries are taken as text.
    value
        Column of the observations, or of the estimates if `se` is given.
    sigma
        Known noise of one observation. Without it and without `se` the noise is unknown and gets a prior.
    se
        Column of standard errors: one row per group, whose value is already an estimate.

    Returns
    -------
    Regime
        Named after the file; groups in the order in which they first appear.

    Raises
    ------
    InvalidTableError
        If the file cannot be read, lacks a column, holds something that is no number where one belongs, has a row
        without a group, fewer than 2 groups, a standard error that is not positive, or one row per group and no
        noise given.
    InvalidArgumentError
        If both `sigma` and `se` are given, a column has two roles, or `sigma` is not positive.
    """
    if sigma is not None and se is not None:
        raise InvalidArgumentError(
            "sigma and se exclude each other: give one noise for all rows, or a column of standard errors."
        )
    if sigma is not None and not (np.isfinite(sigma) and sigma > 0):
        raise InvalidArgumentError(f"sigma must be a positive number, got {sigma:g}.")
    roles = [name for name in (group, value, se) if name is not None]
    if len(set(roles)) < len(roles):
        raise InvalidArgumentError(f"Each column can have one role only, got {', '.join(roles)}.")
    path = Path(file)
    return table_regime(_frame(path), group=group, value=value, sigma=sigma, se=se, name=path.stem)


def table_regime(
    frame: pd.DataFrame, *, group: str, value: str, sigma: float | None, se: str | None, name: str
) -> Regime:
    """As :func:`read_table`, of a data frame; `name` becomes the title."""
    for name_of_column in (group, value, se):
        if name_of_column is not None:
            column(frame, name_of_column)
    y = numbers_of(frame, value)
    labels, index = groups_of(labels_of(frame, group), group)
    known: float | Floats | None = sigma
    if se is not None:
        known = _standard_errors(frame, se, labels, index)
    elif sigma is None:
        _refuse_without_scatter(y, index, group)
    key = re.sub(r"\W+", "_", name.lower()).strip("_") or "table"
    return Regime(
        name=key,
        title=f"Your table: {name}",
        story=_story(len(y), len(labels), group, value, sigma, se),
        labels=labels,
        y=y,
        group=index,
        sigma=known,
        priors=default_priors(y, index, known),
        group_word=group,
        value_word=value,
        estimates=se is not None,
    )


def default_priors(y: Floats, index: Any, sigma: float | Floats | None) -> Priors:
    """Weakly informative priors in the unit of the data.

    The unit of scale is the larger of the standard deviation of the rows and that of the group means (a single huge
    group would hide the spread between the others), rounded to two digits so that what is printed is what is used.
    """
    means = pd.Series(y).groupby(np.asarray(index)).mean().to_numpy(dtype=float)
    unit = max(float(np.std(y)), float(np.std(means)))
    if unit == 0 and sigma is not None:
        unit = float(np.max(sigma))
    if unit == 0:
        raise InvalidTableError(f"All {len(y)} values are {y[0]:g}, so there is no scale to set a prior by.")
    scale = ScalePrior("HalfNormal", _round(2 * unit))
    location = float(np.mean(means))
    decimals = 1 - int(np.floor(np.log10(unit)))
    return Priors(mu=(round(location, decimals), _round(2.5 * unit)), tau=scale, sigma=scale if sigma is None else None)


def _frame(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise InvalidTableError(f"There is no file {str(path)!r} to read a table from.")
    try:
        with warnings.catch_warnings():
            # Without this pandas would drop the surplus cells of a row, or take its first column for an index.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", index_col=False)
    except pd.errors.EmptyDataError as error:
        raise InvalidTableError(f"The table {str(path)!r} is empty; it needs a header line and rows.") from error
    except UnicodeDecodeError as error:
        raise InvalidTableError(f"The table {str(path)!r} is not text in UTF-8; save it as such.") from error
    except pd.errors.ParserWarning as error:
        raise InvalidTableError(f"The table {str(path)!r} has rows with more cells than its header.") from error
    except (OSError, pd.errors.ParserError) as error:
        raise InvalidTableError(f"The table {str(path)!r} cannot be read as CSV: {str(error).strip()}.") from error
    return frame.rename(columns=str.strip).fillna("")


def _standard_errors(frame: pd.DataFrame, se: str, labels: tuple[str, ...], index: Any) -> Floats:
    errors = numbers_of(frame, se)
    if len(errors) != len(labels):
        repeated = labels[int(np.bincount(index).argmax())]
        raise InvalidTableError(
            f"With --se each group has one row, its estimate; {repeated!r} has {np.bincount(index).max()} rows."
        )
    bad = np.flatnonzero(errors <= 0)
    if bad.size:
        raise InvalidTableError(
            f"Column {se!r}, row {bad[0] + 1}: a standard error must be positive, got {errors[bad[0]]:g}."
        )
    return errors


def _refuse_without_scatter(y: Floats, index: Any, group: str) -> None:
    """An unknown noise must show within at least one group."""
    if len(y) == len(np.unique(index)):
        reason = "has one row"
    elif pd.Series(y).groupby(np.asarray(index)).nunique().max() == 1:
        reason = "has the same value in all its rows"
    else:
        return
    raise InvalidTableError(
        f"Every group in column {group!r} {reason}, so the noise cannot be told from the spread between the groups;"
        " give sigma, the noise of a row, or se, a column of standard errors."
    )


def _story(rows: int, groups: int, group: str, value: str, sigma: float | None, se: str | None) -> str:
    noise = f"known noise σ = {sigma:g}" if sigma is not None else "noise σ unknown, with a prior of its own"
    if se is not None:
        noise = f"each row an estimate with its standard error from column {se!r}"
    return (
        f"{rows} rows in {groups} groups: the values of column {value!r}, grouped by {group!r}, {noise}."
        " The priors are derived from the scale of the data and hold in its unit; nobody knows the true values here."
    )


def _round(number: float) -> float:
    return float(f"{number:.2g}")
