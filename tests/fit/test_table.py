"""Tables as people have them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from unfunnel.errors import InvalidTableError
from unfunnel.fit.table import read_frame


def test_csv_and_parquet_hold_the_same(tmp_path: Path) -> None:
    frame = pd.DataFrame({"y": [1.5, 2.0], "n": [1, 2], "g": ["b", "a"], "seen": [True, False]})
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_csv(tmp_path / "t.csv.gz", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    tables = [read_frame(tmp_path / name) for name in ("t.csv", "t.csv.gz", "t.parquet")]
    for table in tables:
        assert table["g"].tolist() == ["b", "a"]
        assert list(table["g"].cat.categories) == ["a", "b"]
        assert table["y"].tolist() == [1.5, 2.0]
        assert table["n"].dtype == "int64"
        assert table["seen"].dtype == bool


def test_a_byte_order_mark_and_blanks_around_names(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbfy , g\n1,a\n")
    assert list(read_frame(tmp_path / "t.csv").columns) == ["y", "g"]


BAD = {
    "none.csv": (None, "'.*none.csv' does not exist"),
    "empty.csv": (b"", "is empty; it needs a header line"),
    "header.csv": (b"a,b\n", "has no rows"),
    "latin.csv": ("a\nä\n".encode("latin-1"), "not text in UTF-8"),
    "ragged.csv": (b"a,b\n1,2,3\n", "more cells than its header"),
    "torn.csv": (b'a,b\n1,"2\n', "cannot be read as CSV"),
    "torn.csv.gz": (b"a,b\n", "cannot be read as CSV"),
    "torn.parquet": (b"PAR1", "cannot be read as Parquet"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read(name: str, tmp_path: Path) -> None:
    content, words = BAD[name]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidTableError, match=words) as raised:
        read_frame(tmp_path / name)
    assert "\n" not in str(raised.value)


def test_a_folder_is_not_a_table(tmp_path: Path) -> None:
    with pytest.raises(InvalidTableError, match="is a folder; give a file in CSV or Parquet"):
        read_frame(tmp_path)
