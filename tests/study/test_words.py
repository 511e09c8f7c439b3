from __future__ import annotations

import pytest

from unfunnel.planning.sentences import listed
from unfunnel.study.words import capital, counted, number, whole


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0, 3, "0"),
        (1.2345, 3, "1.23"),
        (-1.5, 3, "\u22121.5"),
        (99.96, 3, "100"),
        (99.7, 2, "100"),
        (12345.6, 3, "12\u202f346"),
        (-2500.0, 2, "\u22122\u202f500"),
        (0.00012, 2, "0.00012"),
        (7.6e-05, 2, "7.6 × 10⁻⁵"),
        (2.1e9, 2, "2.1 × 10⁹"),
        (float("nan"), 2, "not computable"),
        (float("inf"), 2, "not computable"),
    ],
)
def test_number(value, digits, text):
    assert number(value, digits) == text


def test_the_rest():
    assert whole(1234567.0) == "1\u202f234\u202f567"
    assert [counted(n, "divergence") for n in (0, 1, 2)] == ["no divergences", "1 divergence", "2 divergences"]
    assert counted(2, "s.e.", "s.e.") == "2 s.e."
    assert [listed(x) for x in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["none", "a", "a and b", "a, b and c"]
    assert capital("μ is") == "Μ is"
    assert capital("") == ""
