"""`unfunnel check` and `unfunnel compare`: one real run, and everything else on pretended ones."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xarray as xr
from tests.comparison.test_noise import PLAIN
from tests.diagnosis.fits import lowest, weak, with_statistics

import unfunnel as uf
from unfunnel import cli
from unfunnel.check.check import Check, Fitted
from unfunnel.check.screen import screen

SCHOOLS = """
import pymc as pm
y, errors = [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18]
with pm.Model(coords={"school": list("ABCDEFGH")}) as model:
    mu, tau = pm.Normal("mu", 0, 5), pm.HalfCauchy("tau", 5)
    theta = pm.Normal("theta", mu, tau, dims="school")
    pm.Normal("y", theta, errors, observed=y, dims="school")
"""

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Run the command in a folder with a file schools.py; gives exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schools.py").write_text(SCHOOLS)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["unfunnel", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call


@pytest.mark.sampling
def test_centered_eight_schools(command: Command, tmp_path: Path) -> None:
    code, out, err = command("check", "schools.py", "--draws", "400", "--out", "there")
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("As written (4 chains of 400 draws): theta is a funnel in all 8 groups")
    assert "divergences sit about" in " ".join(out.split())
    assert "What was done: the same model was explored in other coordinates." in lines
    assert "theta, together with mu, is explored by what the data say of each group" in " ".join(out.split())
    assert "Sampled by unfunnel (4 chains of 400 draws): fine." in lines
    assert "dt = uf.sample(model)" in out
    assert len(lines) < 30
    assert max(map(len, lines)) <= 100
    assert [line.split("] ")[1] for line in err.splitlines()] == [
        f"check: {step}" for step in ("compiling as written", "sampling as written", "compiling", "sampling", "writing")
    ]
    stored = json.loads((tmp_path / "there" / "check.json").read_text(encoding="utf-8"))
    assert stored["good"] is True
    assert uf.Diagnosis.from_json(json.dumps(stored["sampled"])).ok
    assert uf.Diagnosis.from_json(json.dumps(stored["as_written"])).called("funnel")
    assert uf.Plan.from_json(json.dumps(stored["plan"]))["theta"].coordinates == "informed"
    with xr.open_datatree(tmp_path / "there" / "draws.zarr", engine="zarr", consolidated=False) as tree:
        assert uf.diagnose(tree.load()).ok


def pretended(plan: uf.Plan, **changes: Any) -> Check:
    tree = weak()
    sick = with_statistics(tree, diverging=lowest(tree, 40))
    fits = {
        "as_written": Fitted(sick, uf.diagnose(sick), replace(PLAIN, parameterization="as written", divergences=40)),
        "sampled": Fitted(with_statistics(tree), uf.diagnose(with_statistics(tree)), PLAIN),
    }
    return Check(**{"source": "schools.py", "plan": plan, **fits, "folder": Path("check"), **changes})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """Have `check_model` give what it is told, and remember what it was asked for."""

    def give(**changes: Any) -> list[Any]:
        calls: list[Any] = []

        def check_model(model: Any, *arguments: Any, **options: Any) -> Check:
            calls.append((model, arguments, options))
            found = pretended(uf.plan(model), **changes)
            return replace(found, as_written=None) if changes.pop("alone", False) else found

        monkeypatch.setattr("unfunnel.check.check_model", check_model)
        return calls

    return give


def test_options(command: Command, asked: Any) -> None:
    calls = asked()
    command("check", "schools.py:model", "--out", "there", "--seed", "9", "--draws", "200", "--quick")
    model, arguments, options = calls[0]
    assert "theta" in model.named_vars
    assert arguments == ("schools.py:model", Path("there"))
    assert (options["seed"], options["draws"], options["beside"], options["only_as_written"]) == (9, 200, False, False)
    command("check", "schools.py:model", "--as-written")
    assert calls[1][2]["only_as_written"] is True


def test_exit_codes(command: Command, asked: Any) -> None:
    asked()
    assert command("check", "schools.py")[0] == 0
    sick = pretended(uf.Plan(())).as_written
    asked(sampled=sick)
    code, out, _ = command("check", "schools.py")
    assert code == 1
    assert "do not rely on these draws" in out
    asked(sampled=None)
    code, out, _ = command("check", "schools.py")
    assert code == 1
    assert "Mend it: dt = uf.sample(model)" in out
    assert "Do not rely on these draws." in out


def test_an_interrupted_one(command: Command, asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = pretended(uf.Plan(())).sampled
    assert found is not None
    found.tree["posterior"].attrs["complete"] = False
    asked(sampled=found)
    code, out, _ = command("check", "schools.py")
    assert code == 130
    assert "Interrupted: the results are of the draws so far." in out

    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("unfunnel.check.check_model", interrupted)
    code, out, err = command("check", "schools.py")
    assert (code, out) == (130, "")
    assert "nothing was written" in err


def test_json_is_all_there_is_on_stdout(command: Command, asked: Any) -> None:
    asked()
    _, out, _ = command("check", "schools.py", "--json")
    stored = json.loads(out)
    assert stored["good"] is True
    assert stored["as_written"]["ok"] is False


def test_the_screen_says_what_was_done(command: Command) -> None:
    import pymc as pm

    with pm.Model() as model:
        pm.Normal("x")
    text = screen(pretended(uf.plan(model), as_written=None))
    assert "nothing; the model has no group-level variable" in text
    assert "As written" not in text


BAD = [
    (("check",), "Missing argument"),
    (("check", "nowhere.py"), "does not exist"),
    (("check", "schools.py", "--draws", "5"), "draws must be at least 100"),
    (("check", "schools.py", "--seed", "-1"), "seed must not be negative"),
    (("check", "schools.py", "--out", "schools.py"), "it is a file"),
    (("check", "schools.py", "--as-written", "--quick"), "exclude each other"),
    (("compare", "schools.py", "--parameterizations", "sideways"), "one of 'centered'"),
    (("compare", "schools.py", "--seeds", "0"), "seeds must be"),
    (("compare", "schools.py", "--parameterizations", ","), "parameterizations must be"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD, ids=str)
def test_bad_input_is_exit_code_2(command: Command, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert words in " ".join(err.split())
    assert "Traceback" not in err
    assert [path.name for path in Path().iterdir() if path.name != "__pycache__"] == ["schools.py"]


def test_compare_prints_its_table_and_writes_json(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def compare(model: Any, names: Any, **options: Any) -> uf.Comparison:
        calls.append((names, options))
        return uf.Comparison((PLAIN, replace(PLAIN, parameterization="b", per_1000_gradients=10.0)))

    monkeypatch.setattr("unfunnel.comparison.compare", compare)
    options = (
        "--parameterizations",
        "centered, informed",
        "--seed",
        "4",
        "--seeds",
        "2",
        "--draws",
        "200",
        "--out",
        "o",
    )
    code, out, _ = command("compare", "schools.py:model", *options)
    assert code == 0
    assert calls[0][0] == ["centered", "informed"]
    assert {name: calls[0][1][name] for name in ("random_seed", "seeds", "draws")} == {
        "random_seed": 4,
        "seeds": 2,
        "draws": 200,
    }
    assert "a is best" in out
    assert uf.Comparison.from_json(Path("o/compare.json").read_text(encoding="utf-8")).winner == "a"
    assert json.loads(command("compare", "schools.py:model", "--json")[1])["winner"] == "a"
