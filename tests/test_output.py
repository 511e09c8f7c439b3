from __future__ import annotations

import pytest

from unfunnel.errors import OutputError
from unfunnel.output import output_folder, whole_folder, write_text


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_made_for_nothing_goes_away_with_its_parents(tmp_path):
    with output_folder(tmp_path / "a" / "b") as folder:
        assert folder.is_dir()
    assert names(tmp_path) == []


def test_a_folder_that_was_there_stays(tmp_path):
    (tmp_path / "a").mkdir()
    with output_folder(tmp_path / "a"):
        pass
    assert names(tmp_path) == ["a"]


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "a").write_text("mine")
    for target in ("a", "a/b"):
        with pytest.raises(OutputError, match="Cannot write results to"), output_folder(tmp_path / target):
            pass
    assert (tmp_path / "a").read_text() == "mine"
    assert names(tmp_path) == ["a"]


def test_text_is_written_whole_or_not_at_all(tmp_path):
    file = tmp_path / "page.html"
    write_text(file, "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(file, "half \ud800")
    assert file.read_text() == "old"
    write_text(file, "new")
    assert names(tmp_path) == ["page.html"]
    assert file.read_text() == "new"


def test_a_folder_takes_the_place_of_the_old_one(tmp_path):
    target = tmp_path / "figures" / "weak"
    for content in ("old", "new"):
        with whole_folder(target) as folder:
            (folder / content).write_text("")
    assert names(target) == ["new"]
    assert names(tmp_path / "figures") == ["weak"]


def fail_halfway(target):
    with whole_folder(target) as folder:
        (folder / "half").write_text("")
        raise KeyboardInterrupt


def test_a_folder_that_failed_leaves_the_old_one(tmp_path):
    target = tmp_path / "figures" / "weak"
    with whole_folder(target) as folder:
        (folder / "old").write_text("")
    with pytest.raises(KeyboardInterrupt):
        fail_halfway(target)
    assert names(target) == ["old"]
    assert names(tmp_path / "figures") == ["weak"]


def test_nothing_is_left_of_a_first_folder_that_failed(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        fail_halfway(tmp_path / "figures" / "weak")
    assert names(tmp_path) == []
