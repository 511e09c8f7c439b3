"""What a formula may ask of a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from unfunnel.errors import InvalidArgumentError, InvalidTableError, MissingPackageError
from unfunnel.fit import model as module
from unfunnel.fit.columns import check_columns
from unfunnel.fit.model import bambi_model, check_installed


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "y": [1.0, 2.0, 4.0, 3.0, 2.5, 0.5],
            "days": [1, 2, 3, 1, 2, 3],
            "gap": [1.0, np.nan, 2.0, np.nan, 0.0, 1.0],
            "far": [1.0, 2.0, np.inf, 1.0, 1.0, 1.0],
            "Subject": pd.Categorical(list("aabbcc")),
        }
    )


def test_a_model_is_built() -> None:
    built = bambi_model(table(), "y ~ scale(days) + (days|Subject)", "gaussian")
    assert built.built
    assert "days|Subject" in built.backend.model.named_vars


def test_columns_that_are_not_named_may_be_bad() -> None:
    assert bambi_model(table(), "y ~ days", "gaussian").built


@pytest.mark.parametrize(
    "formula",
    ["y ~ bs(days, df=4)", "y ~ poly(days, 2) + (1|Subject)", "y ~ {days + 1}", "censored(y, 'none') ~ days"],
)
def test_numbers_and_text_in_a_formula_are_no_columns(formula: str) -> None:
    check_columns(table(), formula, "gaussian")


def test_a_model_with_numbers_in_its_formula_is_built() -> None:
    built = bambi_model(table(), "y ~ poly(days, 2) + (1|Subject)", "gaussian")
    assert built.built


BAD = [
    ("y ~ Days", "gaussian", InvalidTableError, r"names 'Days', .* it has 'y', 'days', .* Did you mean 'days'\?$"),
    ("y ~ (1|subjet)", "gaussian", InvalidTableError, r"names 'subjet', .* Did you mean 'Subject'\?$"),
    ("y ~ zzzz", "gaussian", InvalidTableError, r"it has 'y', 'days', 'gap', 'far', 'Subject'\.$"),
    ("y ~ gap", "gaussian", InvalidTableError, r"Column 'gap' has 2 missing values, the first in row 2"),
    ("y ~ log(far)", "gaussian", InvalidTableError, r"Column 'far' has 1 infinite value, the first in row 3"),
    ("y ~ +* days", "gaussian", InvalidArgumentError, r"the formula 'y ~ \+\* days' cannot be read"),
    ("y ~ days $", "gaussian", InvalidArgumentError, r"cannot be read: Unexpected character: \$"),
    ("", "gaussian", InvalidArgumentError, "cannot be read"),
    ("y", "gaussian", InvalidArgumentError, "has no outcome; write it like"),
    ("days + Subject", "gaussian", InvalidArgumentError, "has no outcome; write it like"),
    ("y ~ foo(days)", "gaussian", InvalidArgumentError, "calls 'foo', which is not known"),
    ("y + days ~ Subject", "gaussian", InvalidArgumentError, "cannot be read: its terms cannot be put together"),
    ("y ~ 1 / 0", "gaussian", InvalidArgumentError, "cannot be read: its terms cannot be put together"),
    ("y ~ 0", "gaussian", InvalidArgumentError, "Bambi refuses the formula"),
    ("days ~ Subject", "binomial", InvalidArgumentError, r"Bambi refuses .* is written p\(successes, trials\)\.$"),
    ("days ~ Subject", "multinomial", InvalidArgumentError, r"Bambi refuses .* is written c\(first, second, \.\.\.\)"),
    ("censored(y, days) ~ 1", "gaussian", InvalidArgumentError, "Bambi refuses .*: Statuses must be in"),
    ("y ~ days", "normal", InvalidArgumentError, "no family 'normal'; Bambi has .*gaussian"),
    ("y ~ days", "bernoulli", InvalidArgumentError, "Bambi refuses .*: Numeric response must be all 0 and 1"),
    ("Subject ~ days", "gaussian", InvalidTableError, "'Subject' holds text such as 'a', .* needs numbers"),
]


@pytest.mark.parametrize(("formula", "family", "kind", "words"), BAD)
def test_refusals(formula: str, family: str, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words) as raised:
        bambi_model(table(), formula, family)
    assert "\n" not in str(raised.value)


def test_text_separated_by_something_else() -> None:
    with pytest.raises(InvalidTableError, match="separated by something other than commas"):
        bambi_model(pd.DataFrame({"y;x": ["1;2"]}), "y ~ x", "gaussian")


def test_without_bambi_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    check_installed()
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(MissingPackageError, match=r"not installed: pip install 'unfunnel\[bambi\]'\.$"):
        check_installed()
