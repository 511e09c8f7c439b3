from __future__ import annotations

import json
from html.parser import HTMLParser

import numpy as np
import pytest
import xarray as xr

from unfunnel.errors import InvalidArgumentError, OutputError
from unfunnel.study import find_regimes, run, tidy_draws
from unfunnel.study import study as module
from unfunnel.study.figures.canvas import Exhibit, Picture

# A picture of one white pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)
REGIMES = find_regimes("weak") + find_regimes("small")


@pytest.fixture
def pretended(results, monkeypatch):
    """A study that samples nothing and draws one pixel; `act` is called at every step of a regime."""
    steps = []

    def fit(regime, *, draws, seed, stage):
        for name in module.STAGES:
            stage(name)
            steps.append(name)
        return results(regime.name)

    monkeypatch.setattr(module, "fit_regime", fit)
    exhibit = Exhibit("data", "The data", ("Words.",), (Picture("data", PIXEL, "A white pixel."),))
    monkeypatch.setattr("unfunnel.study.figures.draw_figures", lambda _: (exhibit,))
    return steps


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.glob("*/*"))


def test_what_is_written(pretended, tmp_path):
    seen = []
    done = run(REGIMES, tmp_path / "out", seed=3, draws=20, progress=lambda *step: seen.append(step))
    assert tree(tmp_path / "out") == ["draws/small", "draws/weak", "figures/small", "figures/weak"]
    assert (done.finished, done.unfinished, done.good) == (("weak", "small"), (), True)
    assert json.loads((tmp_path / "out" / "summary.json").read_text()) == done.summary
    assert done.summary["stamp"]["seed"] == 3
    page = (tmp_path / "out" / "index.html").read_text()
    HTMLParser().feed(page)
    assert "A small ensemble" in page
    assert [step[2] for step in seen] == list(range(18))
    assert {step[3] for step in seen} == {18}
    assert list((tmp_path / "out").rglob(".*")) == []


def test_draws_can_be_read_back(pretended, results, tmp_path):
    run(REGIMES[:1], tmp_path, draws=20)
    for name, draws in {**results("weak").fits, "exact": results("weak").exact_draws}.items():
        file = tmp_path / "draws" / "weak" / f"{name}.zarr"
        with xr.open_datatree(file, engine="zarr", chunks=None, consolidated=False) as stored:
            assert tidy_draws(stored).equals(tidy_draws(draws))


def test_an_interruption_keeps_what_is_finished(pretended, tmp_path):
    from os import getpid, kill
    from signal import SIGINT

    def press(regime, step, done, total):
        if (regime, step) == ("small", "informed"):
            kill(getpid(), SIGINT)

    done = run(REGIMES, tmp_path / "out", draws=20, progress=press)
    assert (done.finished, done.unfinished) == (("weak",), ("small",))
    assert tree(tmp_path / "out") == ["draws/weak", "figures/weak"]
    assert list(json.loads((tmp_path / "out" / "summary.json").read_text())["regimes"]) == ["weak"]
    assert "Not finished: small." in (tmp_path / "out" / "index.html").read_text()


def test_an_interruption_that_a_sampler_swallows_still_counts(pretended, tmp_path):
    from os import getpid, kill
    from signal import SIGINT

    def swallow(regime, step, done, total):
        if step == "centered":
            try:
                kill(getpid(), SIGINT)
            except KeyboardInterrupt:
                pretended.append("swallowed")

    done = run(REGIMES, tmp_path / "out", draws=20, progress=swallow)
    assert "swallowed" in pretended
    assert "exact" not in pretended
    assert done.finished == ()
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_nothing_behind(pretended, tmp_path, monkeypatch):
    def fail(_):
        raise RuntimeError("no ink")

    monkeypatch.setattr("unfunnel.study.figures.draw_figures", fail)
    with pytest.raises(RuntimeError, match="no ink"):
        run(REGIMES, tmp_path / "out", draws=20)
    assert list(tmp_path.iterdir()) == []


def test_a_second_study_replaces_its_regime_and_leaves_other_files(pretended, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "figures" / "weak").mkdir(parents=True)
    (tmp_path / "figures" / "weak" / "old.png").write_text("")
    run(REGIMES[:1], tmp_path, draws=20)
    assert [path.name for path in (tmp_path / "figures" / "weak").iterdir()] == ["data.png"]
    assert (tmp_path / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"regimes": ()}, "one or more with different names"),
        ({"regimes": REGIMES[:1] * 2}, "one or more with different names"),
        ({"draws": -5}, "draws must be at least 10 per chain, got -5"),
        ({"seed": -1}, "seed must not be negative, got -1"),
    ],
)
def test_refusals_come_before_any_work(arguments, words, tmp_path):
    with pytest.raises(InvalidArgumentError, match=words):
        run(**{"regimes": REGIMES, "out": tmp_path / "out", **arguments})
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_found_before_any_work(pretended, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="it is a file"):
        run(REGIMES, tmp_path / "out", draws=20)
    assert pretended == []


@pytest.mark.sampling
def test_end_to_end(tmp_path):
    done = run(find_regimes("weak"), tmp_path, seed=1, draws=300)
    rows = done.summary["regimes"]["weak"]
    assert list(rows) == ["centered", "noncentered", "mixed", "informed"]
    assert rows["informed"]["divergences"] == 0
    # Over ten seeds the ratio was 2.1 to 4.3, its logarithm 1.2 with a standard deviation of 0.2.
    assert rows["informed"]["ess_per_1000_gradients"] > rows["noncentered"]["ess_per_1000_gradients"]
    assert rows["informed"]["error_mu_mcse"] < 4
    assert rows["informed"]["error_tau_mcse"] < 4
    assert len(list((tmp_path / "figures" / "weak").iterdir())) == 14
    file = tmp_path / "draws" / "weak" / "informed.zarr"
    with xr.open_datatree(file, engine="zarr", chunks=None, consolidated=False) as stored:
        weights = stored["parameterization"]["theta_weight"].values
        assert np.all((weights > 0) & (weights < 1))
