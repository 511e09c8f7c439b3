"""Draws that are streamed to a folder, and read from there whatever became of the process."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pymc as pm
import pytest
import xarray as xr
import zarr
from tests.sampling import endless
from tests.sampling.conftest import SEED

import unfunnel as uf
from unfunnel.sampling import nutpie as backend
from unfunnel.sampling.store import check_store
from unfunnel.sampling.streamed import written

BESIDE = ("parameterization", "observed_data", "constant_data")


def stopped(number: signal.Signals, *arguments: str) -> tuple[int, list[str]]:
    """Return code, and lines after the draws have begun, of a process that is sent a signal then."""
    command = [sys.executable, "-W", "ignore", str(endless.__file__), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        before = []
        for line in process.stdout:
            before.append(line)
            if line.startswith("begun"):
                break
        else:
            pytest.fail("".join(before))
        process.send_signal(number)
        lines = [line.strip() for line in process.stdout if not line.startswith("begun")]
    return process.returncode, lines


@pytest.fixture(scope="module")
def stored(informed: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    path = tmp_path_factory.mktemp("stored") / "draws.zarr"
    return path, informed.sample(random_seed=SEED, store=path)


def test_it_is_the_result_that_would_be_in_memory(stored: tuple[Path, Any], tree: Any) -> None:
    _, found = stored
    assert set(found.children) == set(tree.children)
    xr.testing.assert_equal(found["posterior"].to_dataset(), tree["posterior"].to_dataset())
    assert list(found["posterior"].data_vars) == list(tree["posterior"].data_vars)
    xr.testing.assert_equal(found["sample_stats"].to_dataset(), tree["sample_stats"].to_dataset())
    for name in BESIDE:
        xr.testing.assert_equal(found[name].to_dataset(), tree[name].to_dataset())
    assert found["posterior"].attrs["complete"] is True
    assert found["posterior"].attrs["sampling_time"] > 0


@pytest.mark.sampling
def test_names_that_a_folder_does_not_take(tmp_path: Path) -> None:
    """nutpie percent-encodes them; `1|group` is Bambi's way to name effects."""
    with pm.Model() as model:
        theta = pm.Normal("1|group", pm.Normal("μ 100%", 0, 5), pm.HalfNormal("1|group_sigma", 5), shape=3)
        pm.Deterministic("twice[theta]", 2 * theta)
        pm.Normal("y", theta, 1.0, observed=[1.0, 2.0, 4.0])
    compiled = uf.compile(model, "noncentered")
    expected = compiled.sample(40, tune=40, chains=2, random_seed=1)["posterior"].to_dataset()
    found = compiled.sample(40, tune=40, chains=2, random_seed=1, store=tmp_path / "draws")
    for tree in (found, uf.load(tmp_path / "draws")):
        xr.testing.assert_equal(tree["posterior"].to_dataset(), expected)


def test_it_is_read_as_it_was_returned(stored: tuple[Path, Any]) -> None:
    path, found = stored
    again = uf.load(str(path))
    for name in found.children:
        xr.testing.assert_identical(again[name].to_dataset(), found[name].to_dataset())
    assert uf.Plan.from_datatree(again) == uf.Plan.from_datatree(found)


def test_what_only_the_sampler_needs_is_removed(stored: tuple[Path, Any]) -> None:
    path, _ = stored
    kept = {place.name for place in (path / "posterior").iterdir() if place.is_dir()}
    assert kept == {"mu", "tau", "theta"}
    assert not any(place.is_dir() for place in (path / "warmup_posterior").iterdir())


def test_only_the_variables_asked_for_come_back(informed: Any, tmp_path: Path) -> None:
    tree = informed.sample(20, tune=50, random_seed=1, store=tmp_path / "draws.zarr", var_names=["tau"])
    assert list(tree["posterior"].data_vars) == ["tau"]
    assert list(uf.load(tmp_path / "draws.zarr")["posterior"].data_vars) == ["tau"]


def test_what_exists_is_not_overwritten(eight_schools: Any, informed: Any, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("years of work")
    for place in (tmp_path / "full", tmp_path / "full" / "thesis.txt"):
        with pytest.raises(uf.OutputError, match=r"^sample: store=.* not an empty folder.*unfunnel\.load"):
            uf.sample(eight_schools, store=place)
        with pytest.raises(uf.OutputError, match="not an empty folder"):
            informed.sample(10, store=place)
    with pytest.raises(uf.OutputError, match="cannot be written"):
        informed.sample(10, tune=50, store=tmp_path / "full" / "thesis.txt" / "draws.zarr")
    assert (tmp_path / "full" / "thesis.txt").read_text() == "years of work"


def test_what_is_not_a_store_is_not_read(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(uf.OutputError, match=r"^load: .* holds no draws"):
            uf.load(place)


@pytest.mark.parametrize("thing", [3, None])
def test_what_is_not_a_path_is_not_read(thing: Any) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"^load: path must be the folder"):
        uf.load(thing)


def test_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(uf.OutputError, match=r"^sample: store=.* cannot be written: .* not a writable folder"):
        check_store(tmp_path / "deep" / "draws.zarr")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_ran_full_before_the_first_draw(stored: tuple[Path, Any], tmp_path: Path) -> None:
    """All that nutpie makes before its first draw, or only some of it."""
    for name, left in {"no chunk": "*/*/c", "no array": "posterior/*"}.items():
        shutil.copytree(stored[0], tmp_path / name)
        for place in list((tmp_path / name).glob(left)):
            if place.is_dir() and "unfunnel" not in place.parts:
                shutil.rmtree(place)
        with pytest.raises(uf.OutputError, match=r"^load: .* holds no draws: the run ended before"):
            uf.load(tmp_path / name)


def test_what_cannot_be_begun_leaves_nothing(informed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("unfunnel.sampling.store._write", full)
    with pytest.raises(uf.OutputError, match=r"cannot be written: .*No space left"):
        informed.sample(10, tune=50, store=tmp_path / "draws.zarr")
    assert not list(tmp_path.iterdir())


@pytest.mark.sampling
def test_variables_without_elements(tmp_path: Path) -> None:
    """As a model has for a kind of group of which a table holds none."""
    with pm.Model() as model:
        none = pm.Normal("none", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=0)
        pm.Normal("y", pm.Normal("level", 0, 1) + none.sum(), 1.0, observed=[1.0, 2.0])
    compiled = uf.compile(model)
    found = compiled.sample(100, chains=2, random_seed=1)["posterior"].to_dataset()
    assert found["none"].shape == (2, 100, 0)
    stored = compiled.sample(100, chains=2, random_seed=1, store=tmp_path / "draws")["posterior"].to_dataset()
    xr.testing.assert_equal(stored, found)


def test_a_gap_ends_what_was_written(stored: tuple[Path, Any], tmp_path: Path) -> None:
    """A killed process may have written one variable's chunk and not yet another's."""
    path = tmp_path / "draws.zarr"
    shutil.copytree(stored[0], path)
    free = ["mu", "tau", "theta"]
    assert written(path, free) == [1000] * 4
    (path / "posterior" / "tau" / "c" / "1" / "40").unlink()
    assert written(path, free) == [1000, 640, 1000, 1000]
    # Three chains of 1000 draws are more than four of 640.
    assert uf.load(path)["posterior"]["chain"].values.tolist() == [0, 2, 3]


def test_a_half_written_chunk_of_what_follows_from_others_ends_there(stored: tuple[Path, Any], tmp_path: Path) -> None:
    path = tmp_path / "draws.zarr"
    shutil.copytree(stored[0], path)
    # As if theta followed from the others.
    free, theta = ["mu", "tau"], zarr.open_array(path / "posterior" / "theta", mode="r+")
    theta[1, 995:] = np.nan
    # The run came to its end: what is NaN is so by itself.
    assert written(path, free) == [1000] * 4
    zarr.open_array(path / "posterior" / "mu", mode="r+")[1, 998:] = np.nan
    assert written(path, free) == [1000, 995, 1000, 1000]
    # So is what is NaN in all of the last chunk.
    theta[1, 900:] = np.nan
    assert written(path, free) == [1000, 998, 1000, 1000]


@pytest.mark.parametrize(("lacking", "count"), [(1, 992), (2, 976), (4, 944), (5, 998)])
def test_what_follows_from_others_may_be_some_chunks_behind(
    stored: tuple[Path, Any], tmp_path: Path, lacking: int, count: int
) -> None:
    """And what lacks more was never a number, as what lacks any in a run that came to its end."""
    path, free = tmp_path / "draws.zarr", ["mu", "tau"]
    shutil.copytree(stored[0], path)
    for chunk in range(62, 62 - lacking, -1):
        shutil.rmtree(path / "posterior" / "theta" / "c" / "1" / str(chunk))
    assert written(path, free) == [1000] * 4
    zarr.open_array(path / "posterior" / "mu", mode="r+")[1, 998:] = np.nan
    assert written(path, free) == [1000, count, 1000, 1000]


def test_large_runs_go_by_way_of_a_folder(informed: Any, tree: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "SPILL", 0)
    again = informed.sample(random_seed=SEED)
    xr.testing.assert_equal(again["posterior"].to_dataset(), tree["posterior"].to_dataset())
    xr.testing.assert_equal(again["sample_stats"].to_dataset(), tree["sample_stats"].to_dataset())
    counts = ("gradients_pilot", "gradients_tune", "gradients_draw")
    assert [again["parameterization"].attrs[n] for n in counts] == [tree["parameterization"].attrs[n] for n in counts]


@pytest.mark.sampling
def test_a_killed_process_loses_the_last_chunk_at_most(tmp_path: Path) -> None:
    code, _ = stopped(signal.SIGKILL, str(tmp_path / "draws.zarr"))
    assert code == -signal.SIGKILL
    tree = uf.load(tmp_path / "draws.zarr")
    posterior = tree["posterior"]
    assert posterior.attrs["complete"] is False
    # It was killed after 500 steps of every chain, 300 of them warm-up, and may have had one chunk of 16 in hand.
    assert posterior.sizes["draw"] >= 500 - 300 - 16
    assert posterior.sizes["draw"] < endless.DRAWS
    assert list(posterior.data_vars) == ["mu", "tau", "theta", "double"]
    assert posterior["theta"].dims == ("chain", "draw", "group")
    assert posterior["group"].values.tolist() == ["a", "b", "c"]
    assert np.isfinite(posterior["theta"]).all()
    np.testing.assert_array_equal(posterior["double"], 2 * posterior["theta"])
    assert "lp" in tree["sample_stats"]
    assert tree["observed_data"]["y"].values.tolist() == [1.0, 2.0, 4.0]
    plan = uf.Plan.from_datatree(tree)
    assert not plan.lacking_evidence
    assert uf.plan(endless.build(), plan) == plan


@pytest.mark.sampling
def test_ctrl_c_returns_the_draws_so_far(tmp_path: Path) -> None:
    code, lines = stopped(signal.SIGINT)
    assert code == 0, lines
    chains, draws, complete, finite = next(line.split()[1:] for line in lines if line.startswith("result"))
    assert int(chains) in (1, 2)
    assert 200 <= int(draws) < endless.DRAWS
    assert (complete, finite) == ("False", "True")
    assert any("Interrupted" in line and "attrs['complete'] is False" in line for line in lines)
