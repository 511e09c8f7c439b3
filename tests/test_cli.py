from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from unfunnel import cli
from unfunnel.study.study import Study

ROW = {"ess_per_1000_gradients": 170.0, "flagged": False}


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """Run the command in an empty folder; gives exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["unfunnel", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call


@pytest.fixture
def pretended(monkeypatch):
    """A `run` that only remembers what it was called with, and gives the study it is told to."""
    calls = []

    def run(regimes, out, **options):
        calls.append(([regime.name for regime in regimes], out, options))
        return run.study

    summary = {"stamp": {}, "regimes": {"weak": {"centered": {**ROW, "flagged": True}, "informed": ROW}}}
    run.study = Study(Path("study"), summary, ("weak",), (), good=True)
    run.calls = calls
    monkeypatch.setattr("unfunnel.study.study.run", run)
    return run


def with_study(pretended, **changes):
    from dataclasses import replace

    pretended.study = replace(pretended.study, **changes)


def test_all_regimes_by_default(command, pretended):
    code, out, err = command("study")
    assert code == 0
    names, folder, options = pretended.calls[0]
    first = ["weak", "strong", "unbalanced", "small", "eight_schools", "adc"]
    assert names == [*first, "multivariate_weak", "multivariate_strong"]
    assert folder == Path("study")
    assert (options["seed"], options["draws"]) == (1, 1000)
    assert "170" in out
    assert "!" in out
    assert err == f"Done. Open {Path('study') / 'index.html'}.\n"


def test_options(command, pretended):
    command("study", "--regime", "small", "--out", "there", "--seed", "9", "--draws", "50")
    names, folder, options = pretended.calls[0]
    assert (names, folder, options["seed"], options["draws"]) == (["small"], Path("there"), 9, 50)


def test_json_is_all_there_is_on_stdout(command, pretended):
    code, out, _ = command("study", "--json")
    assert code == 0
    assert json.loads(out) == pretended.study.summary


def test_a_flagged_informed_fit_is_exit_code_1(command, pretended):
    with_study(pretended, good=False)
    assert command("study")[0] == 1


def test_an_interruption_is_exit_code_130_and_says_what_is_there(command, pretended):
    with_study(pretended, unfinished=("strong", "small"))
    code, _, err = command("study")
    assert code == 130
    assert "Finished: weak; not finished: strong, small." in err


def test_an_interruption_before_anything_was_finished(command, pretended):
    with_study(pretended, finished=(), unfinished=("weak",), summary={"stamp": {}, "regimes": {}})
    code, out, err = command("study")
    assert (code, out) == (130, "")
    assert "nothing was written" in err


def test_a_table_prints_its_priors(command, pretended):
    Path("mine.csv").write_text("g,v\na,1\na,2\nb,5\nb,7\n")
    code, _, err = command("study", "--table", "mine.csv", "--group", "g", "--value", "v")
    assert code == 0
    assert pretended.calls[0][0] == ["mine"]
    assert err.startswith("Priors: μ ~ Normal(")
    assert "σ ~ HalfNormal(" in err


BAD = [
    (("--regime", "big"), "no regime 'big'; choose one of weak"),
    (("--draws", "-5"), "draws must be at least 10 per chain, got -5"),
    (("--seed", "-1"), "seed must not be negative"),
    (("--out", "t.csv"), "it is a file"),
    (("--group", "g"), "--group can only be used with --table"),
    (("--table", "t.csv"), "missing: --group and --value"),
    (("--table", "t.csv", "--group", "g"), "missing: --value"),
    (("--table", "t.csv", "--group", "g", "--value", "w"), "no column 'w'"),
    (("--table", "t.csv", "--group", "g", "--value", "v"), "row 2: a finite number belongs there, got 'x'"),
    (("--table", "t.csv", "--group", "g", "--value", "v", "--sigma", "-1"), "must be a positive number, got -1"),
    (("--table", "t.csv", "--group", "g", "--value", "v", "--sigma", "1", "--se", "s"), "exclude each other"),
    (("--table", "t.csv", "--group", "g", "--value", "v", "--regime", "weak"), "exclude each other"),
    (("--table", "none.csv", "--group", "g", "--value", "v"), "no file 'none.csv'"),
]


@pytest.mark.parametrize(
    ("arguments", "words"), BAD, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_bad_input_is_one_sentence_and_exit_code_2(command, arguments, words):
    Path("t.csv").write_text("g,v,s\na,1,1\nb,x,1\n")
    code, out, err = command("study", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    assert err.count("\n") == 1
    assert words in err
    assert [path.name for path in Path().iterdir()] == ["t.csv"]


@pytest.mark.parametrize("arguments", [("study", "--draws", "many"), ("study", "--bogus"), ("bogus",)])
def test_what_the_parser_refuses_is_exit_code_2_as_well(command, arguments):
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert "Error: " in err
    assert "Traceback" not in err


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from unfunnel import cli\n"
        "try:\n    cli.main()\nexcept SystemExit as ended:\n    assert ended.code == 0, ended.code\n"
        "heavy = {'pymc', 'arviz', 'matplotlib', 'nutpie', 'pandas', 'numpy', 'xarray', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    for arguments in (["--help"], *([command, "--help"] for command in ("study", "fit", "check", "compare", "pool"))):
        done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert arguments[0] in done.stdout


def test_pool_prints_a_table_and_writes_a_folder(command):
    Path("t.csv").write_text("g,v\na,1\na,2\nA,5\nA,7\nc,3\n")
    code, out, err = command("pool", "t.csv", "--group", "g", "--value", "v", "--out", "there")
    assert code == 0
    assert out.startswith("Partial pooling of 'v' in 3 groups of 'g' (normal)")
    assert err.startswith("SimilarLabelsWarning: pool: groups whose labels differ only in case")
    assert err.endswith("Groups and summary are in there.\n")
    assert sorted(path.name for path in Path("there").iterdir()) == ["groups.csv", "summary.json"]


def test_pool_as_json_is_the_same_under_a_seed(command):
    Path("t.csv").write_text("g,k,n\na,1,9\nb,2,9\nc,5,9\n")
    arguments = ("pool", "t.csv", "--group", "g", "--value", "k", "--trials", "n", "--family", "binomial", "--json")
    (code, out, err), again = command(*arguments, "--seed", "3"), command(*arguments, "--seed", "3")
    assert (code, err) == (0, "")
    assert out == again[1]
    assert json.loads(out)["groups"] == 3


def test_pool_stores_draws(command):
    import xarray as xr

    Path("t.csv").write_text("g,v,s\na,1,1\nb,2,1\n")
    arguments = ("--group", "g", "--value", "v", "--se", "s", "--out", "there", "--store-draws")
    assert command("pool", "t.csv", *arguments)[0] == 0
    with xr.open_datatree("there/draws.zarr", engine="zarr", consolidated=False) as tree:
        assert tree["posterior"]["theta"].sizes == {"chain": 4, "draw": 1000, "g": 2}


def test_a_full_disk_is_exit_code_2_and_leaves_nothing(command, monkeypatch):
    Path("t.csv").write_text("g,v\na,1\na,2\nb,5\nb,7\n")

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    # Below whatever writes: which module has imported what by now depends on the tests that ran before.
    monkeypatch.setattr("tempfile.mkstemp", full)
    code, out, err = command("pool", "t.csv", "--group", "g", "--value", "v", "--out", "there")
    assert (code, out) == (2, "")
    assert err == "Error: pool: cannot write results to 'there': no space left on device.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none.csv", "--group", "g", "--value", "v"), "no file 'none.csv'"),
        (("*.parquet", "--group", "g", "--value", "v"), "No file matches '*.parquet'"),
        (("t.csv", "--group", "g", "--value", "w"), "no column 'w'"),
        (("t.csv", "--group", "g", "--value", "v", "--family", "beta"), "family must be one of"),
        (("t.csv", "--group", "g", "--value", "v", "--store-draws"), "needs --out"),
        (("t.csv", "--group", "g", "--value", "v", "--out", "t.csv"), "it is a file"),
    ],
)
def test_pool_refuses_in_one_sentence(command, arguments, words):
    Path("t.csv").write_text("g,v\na,1\na,2\nb,5\nb,7\n")
    code, out, err = command("pool", *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert [path.name for path in Path().iterdir()] == ["t.csv"]
