"""Tables of every kind to the same numbers, and every way in which a table can be wrong."""

from __future__ import annotations

import gzip
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from unfunnel.errors import DroppedRowsWarning, InvalidArgumentError, InvalidTableError, SimilarLabelsWarning
from unfunnel.tables import Moments, counts_of, estimates_of, moments_of

ROWS = 900
OFFSET = 1e9


def columns() -> dict[str, Any]:
    rng = np.random.default_rng(1)
    group = np.array(["a", "b", "ü"])[rng.integers(0, 3, ROWS)]
    events = rng.poisson(3, ROWS)
    return {"g": group, "v": rng.normal(OFFSET, 1, ROWS), "k": events, "n": events + 2, "t": rng.uniform(1, 2, ROWS)}


DATA = columns()


def _dask() -> Any:
    import dask.dataframe

    return dask.dataframe.from_pandas(pd.DataFrame(DATA), npartitions=3)


def _duckdb() -> Any:
    import duckdb
    import pyarrow

    table = pyarrow.table(DATA)
    return duckdb.from_arrow(table)


def _arrow() -> Any:
    import pyarrow

    return pyarrow.table(DATA)


MADE = {
    "pandas": lambda: pd.DataFrame(DATA),
    "pandas categories": lambda: pd.DataFrame(DATA).assign(g=lambda frame: frame["g"].astype("category")),
    "polars": lambda: pl.DataFrame(DATA),
    "polars lazy": lambda: pl.LazyFrame(DATA),
    "pyarrow": _arrow,
    "duckdb": _duckdb,
    "dask": _dask,
}


def truth(column: str) -> list[Any]:
    return [DATA[column][DATA["g"] == label] for label in ("a", "b", "ü")]


@pytest.mark.parametrize("kind", MADE)
def test_every_kind_of_table_gives_the_same_numbers(kind: str) -> None:
    table = MADE[kind]()
    moments = moments_of(table, "g", "v")
    assert moments.labels.tolist() == ["a", "b", "ü"]
    assert moments.count.tolist() == [part.size for part in truth("v")]
    # Means to the rounding of a sum of 300 numbers of 1e9; a difference of sums of squares would have no digit left.
    np.testing.assert_allclose(moments.mean - OFFSET, [np.mean(part - OFFSET) for part in truth("v")], atol=3e-6)
    np.testing.assert_allclose(moments.sum_of_squares, [part.size * np.var(part - OFFSET) for part in truth("v")], 1e-6)
    binomial = counts_of(table, "g", "k", "n", rate=False)
    assert binomial.events.tolist() == [part.sum() for part in truth("k")]
    assert binomial.size.tolist() == [part.sum() for part in truth("n")]
    poisson = counts_of(table, "g", "k", "t", rate=True)
    np.testing.assert_allclose(poisson.size, [part.sum() for part in truth("t")], 1e-12)
    assert counts_of(table, "g", "k", rate=True).size.tolist() == [part.size for part in truth("v")]


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.parquet", "t.arrow"])
def test_files(name: str, tmp_path: Path) -> None:
    frame = pl.DataFrame(DATA)
    file = tmp_path / name
    if name.endswith(".gz"):
        with gzip.open(file, "wt", encoding="utf-8") as stream:
            stream.write(frame.write_csv())
    else:
        {"csv": frame.write_csv, "parquet": frame.write_parquet, "arrow": frame.write_ipc}[name.split(".")[1]](file)
    moments = moments_of(file, "g", "v")
    assert moments.labels.tolist() == ["a", "b", "ü"]
    np.testing.assert_allclose(moments.sum_of_squares, [part.size * np.var(part - OFFSET) for part in truth("v")], 1e-6)


def test_a_glob_is_one_table(tmp_path: Path) -> None:
    frame = pl.DataFrame(DATA)
    for part in range(3):
        frame[part * 300 : part * 300 + 300].write_parquet(tmp_path / f"{part}.parquet")
    moments = moments_of(str(tmp_path / "*.parquet"), "g", "v")
    assert moments.count.tolist() == [part.size for part in truth("v")]


def test_parts_are_merged_as_if_they_had_been_one() -> None:
    rng = np.random.default_rng(2)
    parts = [rng.normal(1e6 * j, 1, size) for j, size in enumerate((1, 2, 500))]
    pieces = [
        Moments(np.array(["a"]), np.array([x.size]), np.array([x.mean()]), np.array([x.size * x.var()])) for x in parts
    ]
    merged = Moments.merged(pieces)
    whole = np.concatenate(parts)
    np.testing.assert_allclose(merged.mean, whole.mean(), 1e-15)
    np.testing.assert_allclose(merged.sum_of_squares, whole.size * whole.var(), 1e-12)


def test_labels_keep_their_type_and_come_in_order(tmp_path: Path) -> None:
    table = pl.DataFrame({"g": [10, 9, 10], "v": [1.0, 2.0, 3.0]})
    assert moments_of(table, "g", "v").labels.tolist() == [9, 10]
    (tmp_path / "t.csv").write_text("g,v\n010,1\n9,2\n")
    assert moments_of(tmp_path / "t.csv", "g", "v").labels.tolist() == ["010", "9"]


def test_a_byte_order_mark_and_blanks_around_names_and_numbers(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbfg , v\na, 1\nb,2 \n")
    assert moments_of(tmp_path / "t.csv", "g", "v").mean.tolist() == [1.0, 2.0]


BAD_CSV = {
    "empty": ("", "is empty; it needs a header line"),
    "header alone": ("g,v\n", "has no rows"),
    "separator": ("g;v\na;1\n", "separated by something other than commas"),
    "near name": ("g,V\na,1\n", "no column 'v'; its columns are 'g', 'V'. Did you mean 'V'"),
    "word": ("g,v\na,1\nb,two\n", "'v' of .*, row 2: a number belongs there, got 'two'"),
    "words": ("g,v\na,x\nb,y\nb,z\nb,q\n", r"row 1: .* got 'x' \(and in rows 2, 3 and 1 more\)"),
    "nothing": ("g,v\na,1\nb,\n", "row 2: a value belongs there, got nothing; leave such rows out"),
    "NA": ("g,v\na,1\nb,NA\n", "row 2: a value belongs there, got 'NA'"),
    "NaN": ("g,v\na,NaN\nb,1\n", "row 1: a value belongs there"),
    "infinite": ("g,v\na,1\nb,inf\n", "row 2: a finite number belongs there, got 'inf'"),
    "no group": ("g,v\na,1\n,2\nb,3\n", "'g' of .*, row 2: a value belongs there"),
    "blank group": ("g,v\na,1\n  ,2\nb,3\n", "'g' of .*, row 2: a value belongs there"),
    "short row": ("g,v\na\nb,1\n", "row 1: a value belongs there"),
    "one group": ("g,v\na,1\na,2\n", "one group only, 'a'; partial pooling needs at least 2"),
    "ragged": ("g,v\na,1,9\nb,2\n", "more cells than its header"),
    "Latin": ("g,v\nä,1\nb,2\n".encode("latin-1"), "not text in UTF-8"),
    "torn": ('g,v\na,"2\n', "cannot be read as CSV"),
    "twice": ("v,g,v\n1,a,2\n", "more than one column 'v'"),
    "too large": ("g,v\na,1e308\na,1e308\nb,1\n", "too large to be added up"),
}


@pytest.mark.parametrize("name", BAD_CSV)
def test_csv_refused(name: str, tmp_path: Path) -> None:
    text, words = BAD_CSV[name]
    (tmp_path / "t.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InvalidTableError, match=words) as raised:
        moments_of(tmp_path / "t.csv", "g", "v")
    assert "\n" not in str(raised.value)


def test_rows_are_counted_in_their_own_file(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("g,v\na,1\nb,2\n")
    (tmp_path / "2.csv").write_text("g,v\na,1\nb,x\n")
    with pytest.raises(InvalidTableError, match=r"of '.*2\.csv', row 2"):
        moments_of(tmp_path / "*.csv", "g", "v")


@pytest.mark.parametrize("cut", [10, 200, -200, -4])
def test_a_truncated_parquet_file(cut: int, tmp_path: Path) -> None:
    pl.DataFrame(DATA).write_parquet(tmp_path / "whole.parquet")
    (tmp_path / "t.parquet").write_bytes((tmp_path / "whole.parquet").read_bytes()[:cut])
    with pytest.raises(InvalidTableError, match="cannot be read as Parquet"):
        moments_of(tmp_path / "t.parquet", "g", "v")


def test_files_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("g,v\n")
    (tmp_path / "t.csv").write_text("g,v\n")
    for table, words in [
        ("none.csv", "no file"),
        ("*.pq", "No file matches"),
        ("t.txt", "not known by its name"),
        ("t.*", "not known by its name"),
        ("", "is a folder; give its files"),
    ]:
        with pytest.raises(InvalidTableError, match=words):
            moments_of(str(tmp_path / table), "g", "v")


@pytest.mark.parametrize("kind", ["pandas", "polars", "polars lazy", "pyarrow", "duckdb", "dask"])
@pytest.mark.parametrize("bad", [None, np.nan, np.inf])
def test_values_refused_in_every_kind_of_table(kind: str, bad: float | None) -> None:
    data = {"g": ["a", "b", "b"], "v": [1.0, bad, 2.0]}
    words = "a finite number belongs there, got inf" if bad == np.inf else "a value belongs there"
    with pytest.raises(InvalidTableError, match=words) as raised:
        moments_of(_made(kind, data), "g", "v")
    assert "row" in str(raised.value)


def _made(kind: str, data: dict[str, Any]) -> Any:
    if kind == "polars":
        return pl.DataFrame(data)
    if kind == "polars lazy":
        return pl.LazyFrame(data)
    frame = pd.DataFrame(data)
    if kind == "pandas":
        return frame
    if kind == "dask":
        import dask.dataframe

        return dask.dataframe.from_pandas(frame, npartitions=1)
    import pyarrow

    table = pyarrow.table(data)
    if kind == "pyarrow":
        return table
    import duckdb

    return duckdb.from_arrow(table)


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_text_is_no_number(kind: str) -> None:
    with pytest.raises(InvalidTableError, match=r"row 2: a number belongs there, got 'x'|row 1: .*got '1'"):
        moments_of(_made(kind, {"g": ["a", "b"], "v": ["1", "x"]}), "g", "v")
    with pytest.raises(InvalidTableError, match="is of type"):
        moments_of(_made("duckdb", {"g": ["a", "b"], "v": ["1", "x"]}), "g", "v")


def test_a_group_that_is_missing() -> None:
    for kind in ("pandas", "polars", "polars lazy", "pyarrow", "duckdb"):
        with pytest.raises(InvalidTableError, match=r"'g', .*a value belongs there"):
            moments_of(_made(kind, {"g": ["a", None, "b"], "v": [1.0, 2.0, 3.0]}), "g", "v")


@pytest.mark.parametrize("kind", ["pandas", "polars", "polars lazy", "pyarrow", "duckdb", "dask"])
def test_rows_left_out_on_request_are_counted(kind: str) -> None:
    table = _made(kind, {"g": ["a", None, "b", "b"], "v": [1.0, 2.0, np.nan if kind != "duckdb" else None, 4.0]})
    with pytest.warns(DroppedRowsWarning, match="2 rows without a value were left out"):
        moments = moments_of(table, "g", "v", drop=True)
    assert moments.mean.tolist() == [1.0, 4.0]


def test_labels_that_look_alike(tmp_path: Path) -> None:
    table = pl.DataFrame({"g": ["New York", "new york ", "Ohio", "ohio", "Texas"], "v": [1.0] * 5})
    with pytest.warns(SimilarLabelsWarning, match="'New York' and 'new york '; 'Ohio' and 'ohio'"):
        assert moments_of(table, "g", "v").labels.size == 5
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        moments_of(table[:1].vstack(table[4:]), "g", "v")


OF_TRIALS, OF_EXPOSURE = {"size": "n", "rate": False}, {"size": "n", "rate": True}
COUNTS = [
    ({"k": [1, -1], "n": [2, 2]}, OF_TRIALS, "'k', row 2: a count must not be negative, got -1"),
    (
        {"k": [1, 3], "n": [2, 2]},
        OF_TRIALS,
        "'k', row 2: there are more successes than trials .* got 3",
    ),
    ({"k": [1.0, 0.5], "n": [2, 2]}, OF_TRIALS, "row 2: a count must be a whole number, got 0.5"),
    (
        {"k": [1, 0], "n": [2.0, 1.5]},
        OF_TRIALS,
        "'n', row 2: trials must be a whole number, got 1.5",
    ),
    (
        {"k": [0, 0], "n": [2, -1]},
        OF_TRIALS,
        "'n', row 2: trials must not be negative|more successes",
    ),
    ({"k": [1, 2]}, {"rate": False}, "row 2: without trials= a row is one trial, whose value is 0 or 1.*got 2"),
    ({"k": [1, 2], "n": [1.0, 0.0]}, OF_EXPOSURE, "'n', row 2: an exposure must be positive, got 0.0"),
    ({"k": [1, 2], "n": [1.0, np.nan]}, OF_EXPOSURE, "'n', row 2: a value belongs there"),
    ({"k": [1.0, np.inf], "n": [1.0, 1.0]}, OF_EXPOSURE, "'k', row 2: a finite number"),
]


@pytest.mark.parametrize(("data", "options", "words"), COUNTS)
def test_counts_refused(data: dict[str, Any], options: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidTableError, match=words):
        counts_of(pl.DataFrame({"g": ["a", "b"], **data}), "g", "k", **options)
    with pytest.raises(InvalidTableError, match=words):
        counts_of(pd.DataFrame({"g": ["a", "b"], **data}), "g", "k", **options)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a", 1.0, 1.0), ("b", 2.0, 0.0)], "'s', row 2: a standard error must be positive, got 0.0"),
        ([("a", 1.0, 1.0), ("b", 2.0, -1.0)], "'s', row 2: a standard error must be positive, got -1.0"),
        ([("a", 1.0, 1.0), ("b", 2.0, None)], "'s', row 2: a value belongs there"),
        ([("a", 1.0, 1.0), ("a", 2.0, 1.0), ("b", 3.0, 1.0)], "one row, its estimate; 'a' has 2 rows"),
    ],
)
def test_estimates_refused(rows: list[Any], words: str) -> None:
    with pytest.raises(InvalidTableError, match=words):
        estimates_of(pl.DataFrame(rows, schema=["g", "v", "s"], orient="row"), "g", "v", "s")


def test_estimates_of_partitions() -> None:
    import dask.dataframe

    frame = pd.DataFrame({"g": list("cba"), "v": [3.0, 2.0, 1.0], "s": [0.3, 0.2, 0.1]})
    found = estimates_of(dask.dataframe.from_pandas(frame, npartitions=2), "g", "v", "s")
    assert found.labels.tolist() == ["a", "b", "c"]
    assert found.standard_error.tolist() == [0.1, 0.2, 0.3]
    twice = dask.dataframe.from_pandas(pd.concat([frame, frame]), npartitions=2)
    with pytest.raises(InvalidTableError, match="has 2 rows"):
        estimates_of(twice, "g", "v", "s")


@pytest.mark.parametrize("table", [None, 3, [1, 2], {"g": [1]}])
def test_what_is_no_table(table: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="table must be a data frame"):
        moments_of(table, "g", "v")
