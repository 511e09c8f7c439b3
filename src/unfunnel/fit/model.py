"""A Bambi model of a table."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pandas as pd

from unfunnel.errors import InvalidArgumentError, MissingPackageError, first_line
from unfunnel.fit.columns import check_columns

_CATEGORIES = "The outcome of this family is a column of text."
_COUNTS = "The outcome of this family is written c(first, second, ...), a column of counts for each category."
OUTCOMES = {
    "binomial": "The outcome of this family is written p(successes, trials).",
    "categorical": _CATEGORIES,
    "cumulative": _CATEGORIES,
    "sratio": _CATEGORIES,
    "multinomial": _COUNTS,
    "dirichlet_multinomial": _COUNTS,
}
"""How outcomes are written that are not a column of numbers, by family."""


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
    except (ValueError, TypeError, NotImplementedError, AssertionError, AttributeError, IndexError) as error:
        # The last three are what Bambi raises of an outcome that is not of the family's form.
        hint = f" {OUTCOMES[family]}" if family in OUTCOMES else ""
        raise InvalidArgumentError(f"fit: Bambi refuses the formula {formula!r}: {first_line(error)}.{hint}") from error
    return model
