"""Models from files and modules of their authors."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import unfunnel as uf
from unfunnel.check import model_from

MODEL = """
import pymc as pm
import helper
print("built")
with pm.Model() as model:
    mu = pm.Normal(helper.NAME)
other = 3
def build():
    with pm.Model() as built:
        pm.Normal("in_build")
    return built
def needy(data):
    return model
def nothing():
    return None
def bad():
    raise ValueError("no such data\\nsecond line")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "helper.py").write_text('NAME = "mu"\n')
    (tmp_path / "inner" / "mine.py").write_text(MODEL)
    (tmp_path / "two.py").write_text("import pymc as pm\na, b = pm.Model(), pm.Model()\n")
    (tmp_path / "none.py").write_text("x = 1\n")
    (tmp_path / "broken.py").write_text("x = 1\ny = 1 / 0\n")
    (tmp_path / "ending.py").write_text("import sys\nsys.exit(3)\n")
    (tmp_path / "syntax.py").write_text("def f(:\n")
    (tmp_path / "package_of_ours").mkdir()
    (tmp_path / "package_of_ours" / "__init__.py").write_text("")
    (tmp_path / "package_of_ours" / "models.py").write_text("import pymc as pm\nmodel = pm.Model()\n")
    return tmp_path


@pytest.mark.parametrize(
    ("source", "names"),
    [("inner/mine.py:model", ["mu"]), ("inner/mine.py", ["mu"]), ("inner/mine.py:build", ["in_build"])],
)
def test_a_file(folder: Path, source: str, names: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    before = list(sys.path)
    assert list(model_from(source).named_vars) == names
    assert sys.path == before
    out, err = capsys.readouterr()
    assert (out, err) == ("", "built\n")  # stdout is for results


def test_a_module(folder: Path) -> None:
    assert list(model_from("package_of_ours.models:model").named_vars) == []
    assert list(model_from("package_of_ours.models").named_vars) == []


REFUSED = [
    ("inner/mine.py:modle", "no 'modle'; its models are model"),
    ("inner/mine.py:other", "must be a PyMC or Bambi model.*got int"),
    ("inner/mine.py:needy", r"needs arguments \(data\)"),
    ("inner/mine.py:nothing", "got NoneType"),
    ("inner/mine.py:bad", r"ValueError: no such data \(line 17 of mine.py\)"),
    ("two.py", "several models; name one: two.py:a, two.py:b"),
    ("none.py", "no PyMC or Bambi model at its top level"),
    ("broken.py", r"ZeroDivisionError: division by zero \(line 2 of broken.py\)"),
    ("ending.py", "ended Python"),
    ("syntax.py", "SyntaxError"),
    ("missing.py:model", "'missing.py' does not exist"),
    ("inner:model", "no 'model'|no module|has no"),
    ("nowhere.models:model", "no module 'nowhere.models'"),
    ("some/folder:model", "no file 'some/folder'"),
    ("two:a:b", "no file 'two:a'|no module"),
    (":model", "no file|must be given as"),
    ("", "must be given as|no file"),
]


@pytest.mark.parametrize(("source", "words"), REFUSED)
def test_what_is_no_model_is_refused_in_one_sentence(folder: Path, source: str, words: str) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=words) as raised:
        model_from(source)
    assert "\n" not in str(raised.value)
