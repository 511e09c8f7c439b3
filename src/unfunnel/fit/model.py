"""A Bambi model of a table."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pandas as pd

from unfunnel.errors import InvalidArgumentError, MissingPackageError
from unfunnel.fit.columns import check_columns


def check_installed() -> None:
    """Refuse to go on without Bambi.

    Raises
    ------
    MissingPackageError
        If it is not installed.
    """
    if find_spec("bambi") is None:
        raise MissingPackageError("fit: formulas need Bambi, which is not installed: pip install 'unfunnel[bambi]'.")


def bambi_model(frame: pd.DataFrame, formula: str, family: str) -> Any:
    """The Bambi model of a formula, with Bambi's default priors.

    Raises
    ------
    InvalidArgumentError
        If the formula cannot be read, or Bambi refuses it or the family.
    InvalidTableError
        If the table has not what the formula asks for.
    """
    import bambi
    from bambi.defaults.families import BUILTIN_FAMILIES

    if family not in BUILTIN_FAMILIES:
        raise InvalidArgumentError(f"fit: there is no family {family!r}; Bambi has {', '.join(BUILTIN_FAMILIES)}.")
    check_columns(frame, formula, family)
    try:
        model = bambi.Model(formula, frame, family=family)
        model.build()
    except KeyError as error:
        # Columns are known to be there, so it is a function that is not.
        raise InvalidArgumentError(f"fit: the formula {formula!r} calls {error}, which is not known.") from error
    except (ValueError, TypeError, NotImplementedError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise InvalidArgumentError(f"fit: Bambi refuses the formula {formula!r}: {first}.") from error
    return model
