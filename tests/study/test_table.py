from __future__ import annotations

import numpy as np
import pytest

from unfunnel.errors import InvalidArgumentError, InvalidTableError
from unfunnel.study import read_table

GOOD = "g,v,s\nNA,1,0.5\n b ,2.5,0.5\nNA,4,0.5\n"


@pytest.fixture
def csv(tmp_path):
    def write(text: str | bytes):
        file = tmp_path / "My Table.csv"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    return write


def test_groups_are_text_in_order_of_appearance(csv):
    regime = read_table(csv(GOOD), group="g", value="v")
    assert regime.labels == ("NA", "b")
    assert regime.group.tolist() == [0, 1, 0]
    assert regime.y.tolist() == [1.0, 2.5, 4.0]
    assert (regime.name, regime.sigma, regime.estimates) == ("my_table", None, False)


def test_byte_order_mark_and_spaces_in_the_header(csv):
    assert read_table(csv("\ufeffg , v\na,1\nb,2\nb,3\n"), group="g", value="v").labels == ("a", "b")


def test_standard_errors_make_every_row_an_estimate(csv):
    regime = read_table(csv("g,v,s\na,1,0.5\nb,2,0.25\n"), group="g", value="v", se="s")
    assert regime.estimates
    assert regime.sigma.tolist() == [0.5, 0.25]
    assert regime.priors.sigma is None


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9])
def test_priors_come_in_the_unit_of_the_data(csv, unit):
    rows = "".join(f"{g},{v * unit!r}\n" for g, v in [("a", 1.0), ("a", 2.0), ("b", 5.0), ("b", 7.0)])
    priors = read_table(csv("g,v\n" + rows), group="g", value="v").priors
    scale = np.std([1, 2, 5, 7]) * unit
    assert priors.tau.scale == pytest.approx(2 * scale, rel=0.05)
    assert priors.mu[0] == pytest.approx(3.75 * unit, abs=0.1 * unit)
    assert priors.mu[1] == pytest.approx(2.5 * scale, rel=0.05)
    assert priors.sigma == priors.tau


def test_one_huge_group_does_not_hide_the_spread_of_the_others(csv):
    text = "g,v\n" + "a,0\n" * 1000 + "a,0.1\nb,50\nb,51\nc,-50\n"
    assert read_table(csv(text), group="g", value="v").priors.tau.scale > 50


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("", {}, "is empty"),
        ("g,v\n", {}, "columns 'g', 'v' but no rows"),
        ("g,values\na,1\n", {"value": "value"}, "no column 'value'; .* Did you mean 'values'"),
        ("g;v\na;1\n", {}, "separated by something other than commas"),
        ("g,v\na,1\nb,two\n", {}, "'v', row 2: a finite number belongs there, got 'two'"),
        ("g,v\na,1\nb,\n", {}, "row 2: .* got nothing"),
        ("g,v\na,NaN\nb,1\n", {}, "row 1: .* got 'NaN'"),
        ("g,v\na,inf\nb,1\n", {}, "row 1: .* got 'inf'"),
        ("g,v\na,1\n ,2\n", {}, "'g', row 2: the group is blank"),
        ("g,v\na,1\na,2\n", {}, "one group only, 'a'"),
        ("g,v,s\na,1,1\nb,2,0\n", {"se": "s"}, "'s', row 2: a standard error must be positive, got 0"),
        ("g,v,s\na,1,1\nb,2,x\n", {"se": "s"}, "'s', row 2: a finite number"),
        ("g,v,s\na,1,1\na,2,1\nb,3,1\n", {"se": "s"}, "one row, its estimate; 'a' has 2 rows"),
        ("g,v\na,1\nb,2\n", {}, "has one row, so the noise cannot be told"),
        ("g,v\na,1\na,1\nb,2\n", {}, "the same value in all its rows"),
        ("g,v\na,1,9\nb,2\n", {}, "more cells than its header"),
        (b"g,v\n\xff,1\n", {}, "not text in UTF-8"),
    ],
)
def test_tables_refused(csv, text, options, words):
    with pytest.raises(InvalidTableError, match=words):
        read_table(csv(text), **{"group": "g", "value": "v", **options})


def test_equal_values_refused_only_without_a_scale(csv):
    file = csv("g,v\na,5\na,5\nb,5\n")
    assert read_table(file, group="g", value="v", sigma=2.0).priors.tau.scale == 4.0
    with pytest.raises(InvalidTableError):
        read_table(file, group="g", value="v")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sigma": 1.0, "se": "s"}, "exclude each other"),
        ({"sigma": -1.0}, "must be a positive number, got -1"),
        ({"sigma": float("nan")}, "got nan"),
        ({"value": "g"}, "one role only, got g, g"),
    ],
)
def test_options_refused(csv, options, words):
    with pytest.raises(InvalidArgumentError, match=words):
        read_table(csv(GOOD), **{"group": "g", "value": "v", **options})


def test_a_missing_file(tmp_path):
    with pytest.raises(InvalidTableError, match="no file"):
        read_table(tmp_path / "nothing.csv", group="g", value="v")
