"""A table fitted on the command line: what is written, what is printed, how it exits."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import unfunnel as uf
from unfunnel import cli
from unfunnel.fit import Fit
from unfunnel.fit.console import FitReporter

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Run the command in a folder with a table; gives exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(8)
    group = np.arange(60) % 6
    x = rng.normal(3.0, 1.0, 60)
    y = 1.0 + 2.0 * x + rng.normal(0, 1.0, 6)[group] + rng.normal(0, 0.5, 60)
    names = np.array(["a|b", "c:d", "e f", "g/h", "i", "j"])
    pd.DataFrame({"y": y, "x": x, "gr": names[group]}).to_csv("t.csv", index=False)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["unfunnel", "fit", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A fit that only remembers what it was called with, and gives what it is told to."""
    fit = Fit(Path("fit"), {"good": True}, "a table", (), True)
    pretended = SimpleNamespace(calls=[], fit=fit)

    def fit_table(*arguments: Any, **options: Any) -> Fit:
        pretended.calls.append((arguments, options))
        if isinstance(pretended.fit, BaseException):
            raise pretended.fit
        return pretended.fit

    monkeypatch.setattr("unfunnel.fit.fit_table", fit_table)
    return pretended


def test_arguments_and_defaults(command: Command, pretended: Any) -> None:
    code, out, err = command("t.csv", "y ~ x")
    ((arguments, options),) = pretended.calls
    assert arguments == (Path("t.csv"), "y ~ x", Path("fit"))
    assert [options[name] for name in ("family", "seed", "draws")] == ["gaussian", 1, 1000]
    assert (code, out) == (0, "a table\n")
    assert err.endswith("The diagnosis found nothing wrong. Draws, plan and summary are in fit.\n")
    command("t.csv", "y ~ x", "--family", "t", "--seed", "5", "--draws", "20", "--out", "there")
    arguments, options = pretended.calls[1]
    assert arguments[2] == Path("there")
    assert [options[name] for name in ("family", "seed", "draws")] == ["t", 5, 20]


def test_exit_codes(command: Command, pretended: Any) -> None:
    good = pretended.fit
    pretended.fit = replace(good, problems=("3 divergences after warm-up.",))
    code, _, err = command("t.csv", "y ~ x")
    assert code == 1
    assert "do not rely on these draws" in err
    pretended.fit = replace(good, complete=False)
    code, _, err = command("t.csv", "y ~ x")
    assert code == 130
    assert "of the draws so far" in err
    pretended.fit = KeyboardInterrupt()
    assert command("t.csv", "y ~ x") == (130, "", "Interrupted before there were draws; nothing was written.\n")


def test_what_unfunnel_logs_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    import logging

    with FitReporter() as report:
        report.begin("sampling")
        report.sampled([SimpleNamespace(finished_draws=5, total_draws=10, divergences=0)])
        logging.getLogger("unfunnel").warning("Something is wrong: %s.", "R-hat")
    assert capsys.readouterr().err == "[3/4] fit: sampling\nSomething is wrong: R-hat.\n"


BAD = [
    (("none.csv", "y ~ x"), "'none.csv' does not exist"),
    (("t.csv", "y ~ z"), "names 'z'"),
    (("t.csv", "y ~ x", "--draws", "5"), "draws must be at least 10"),
    (("t.csv", "y ~ x", "--seed", "-1"), "seed must not be negative"),
    (("t.csv", "y ~ x", "--family", "normal"), "no family 'normal'"),
    (("t.csv", "y ~ x", "--out", "t.csv"), "it is a file"),
    (("t.csv",), "Missing argument 'FORMULA'"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD, ids=[" ".join(case[0]) for case in BAD])
def test_bad_input_is_exit_code_2(command: Command, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err
    assert [path.name for path in Path().iterdir()] == ["t.csv"]


@pytest.mark.sampling
def test_a_whole_fit(command: Command) -> None:
    code, out, err = command("t.csv", "y ~ x + (1|gr)", "--draws", "200", "--seed", "4", "--json", "--out", "here/out")
    assert code in (0, 1), err
    folder = Path("here/out")
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["draws.zarr", "plan.json", "summary.csv", "summary.json"]
    summary = json.loads(out)
    assert json.loads((folder / "summary.json").read_text()) == summary
    assert summary["good"] is (code == 0)
    assert summary["asked"]["formula"] == "y ~ x + (1|gr)"
    assert abs(summary["variables"]["x"]["mean"] - 2.0) < 6 * summary["variables"]["x"]["sd"]
    table = pd.read_csv(folder / "summary.csv", index_col="variable")
    assert {"Intercept", "1|gr_sigma", "1|gr[a|b]", "1|gr[g/h]"} <= set(table.index)
    plan = uf.Plan.from_json((folder / "plan.json").read_text())
    assert plan["1|gr"].coordinates == "informed"
    with xr.open_datatree(folder / "draws.zarr", engine="zarr", chunks=None, consolidated=False) as stored:
        assert stored["posterior"]["1|gr"].shape == (4, 200, 6)
        assert float(stored["posterior"]["x"].mean()) == pytest.approx(summary["variables"]["x"]["mean"])
        assert uf.Plan.from_datatree(stored) == plan
    assert [line for line in err.splitlines() if line.startswith("[")] == [
        "[1/4] fit: reading",
        "[2/4] fit: compiling",
        "[3/4] fit: sampling",
        "[4/4] fit: writing",
    ]
