"""The parts of many fits that need no sampler."""

from __future__ import annotations

import functools
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import arviz_stats as azs
import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
import xarray as xr
from pymc.distributions.transforms import Interval
from pytensor.compile.sharedvalue import shared
from tests.many.models import build, specs

import unfunnel as uf
from unfunnel.many.digest import digest_of, digest_of_builder
from unfunnel.many.numbers import summary_of, worst_of
from unfunnel.many.pieces import pieces_of
from unfunnel.many.place import Manifest, Place, file_name
from unfunnel.many.record import Record
from unfunnel.many.settings import Settings, seed_of
from unfunnel.many.worker import Piece, run
from unfunnel.structure import same
from unfunnel.structure.same import same_structure

SETTINGS = Settings(100, None, 4, 1, 0.8, None, None, "summary")


def written(observed: Any, *, prior: float = 5.0, bound: float | None = None, extra: str | None = None) -> Any:
    with pm.Model(coords={"group": list("abc")}) as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0, prior), pm.HalfNormal("tau", 5), dims="group")
        transform = None if bound is None else Interval(0.0, bound)
        if bound is not None:
            pm.Uniform("share", 0, 1, transform=transform)
        if extra:
            pm.Deterministic(extra, theta.sum())
        pm.Normal("y", theta, 1.0, observed=observed(), dims="group")
    return model


def data(values: Any) -> Any:
    return lambda: pm.Data("values", values, dims="group")


def test_models_that_differ_in_data_are_of_one_structure() -> None:
    assert same_structure(written(data([1.0, 2.0, 3.0])), written(data([4.0, 5.0, 6.0])))
    assert same_structure(written(data([1.0, 2.0, 3.0]), bound=1.0), written(data([4.0, 5.0, 6.0]), bound=1.0))


@pytest.mark.parametrize(
    "other",
    [
        lambda: written(data([1.0, 2.0, 3.0]), prior=6.0),
        lambda: written(data([1.0, 2.0, 3.0]), extra="total"),
        lambda: written(lambda: np.array([1.0, 2.0, 3.0])),
        lambda: written(data([1.0, 2.0, 3.0]), bound=1.0),
        lambda: written(lambda: pm.Data("others", [1.0, 2.0, 3.0], dims="group")),
    ],
    ids=["constant", "deterministic", "not data", "variable", "name of data"],
)
def test_models_that_differ_otherwise_are_not(other: Any) -> None:
    assert not same_structure(written(data([1.0, 2.0, 3.0])), other())


def test_values_that_are_no_data_are_compared() -> None:
    """Taken for the same, the second would be fitted to the data of the first."""
    first, second = (written(lambda v=v: np.array(v)) for v in ([1.0, 2.0, 3.0], [1.0, 2.0, 4.0]))
    assert not same_structure(first, second)
    assert same_structure(first, written(lambda: np.array([1.0, 2.0, 3.0])))


def test_bounds_of_a_transform_are_compared() -> None:
    values = data([1.0, 2.0, 3.0])
    assert not same_structure(written(values, bound=1.0), written(values, bound=2.0))


def correlated(eta: float) -> Any:
    with pm.Model() as model:
        factor, _, _ = pm.LKJCholeskyCov("factor", n=2, eta=eta, sd_dist=pm.HalfNormal.dist(1.0, shape=2))
        u = pm.MvNormal("u", np.zeros(2), chol=factor, shape=(3, 2))
        pm.Normal("y", u[:, 0], 1.0, observed=pm.Data("values", [1.0, 2.0, 3.0]))
    return model


def test_graphs_in_a_transform_are_compared() -> None:
    """That of a Cholesky factor holds where its diagonal is as one."""
    assert same_structure(correlated(2.0), correlated(2.0))
    assert not same_structure(correlated(2.0), correlated(3.0))
    graphs = [pt.constant(value) * 2 for value in (1.0, 1.0, 2.0)]
    assert same._equal(graphs[0], graphs[1])
    assert not same._equal(graphs[0], graphs[2])
    assert not same._equal(shared(1.0), shared(1.0))
    assert same._equal(pt.arange(1, pt.constant(2) + 1), pt.constant([1, 2]) * 1)


def closing_over(value: float) -> Any:
    def inner(y: Any) -> Any:
        return build(y, sigma=value)

    return inner


def test_a_digest_tells_builders_and_data_apart() -> None:
    fits = specs(2)
    assert digest_of(fits[0]) == digest_of(specs(2)[0]) != digest_of(fits[1])
    assert digest_of_builder(closing_over(1.0)) == digest_of_builder(closing_over(1.0))
    assert digest_of_builder(closing_over(1.0)) != digest_of_builder(closing_over(2.0))
    partials = [functools.partial(build, sigma=sigma) for sigma in (1.0, 1.0, 2.0)]
    assert digest_of_builder(partials[0]) == digest_of_builder(partials[1]) != digest_of_builder(partials[2])
    models = [build([1.0, 2.0, 3.0, last]) for last in (4.0, 4.0, 5.0)]
    assert digest_of_builder(models[0]) == digest_of_builder(models[1]) != digest_of_builder(models[2])


def test_seeds_depend_on_name_and_root_only() -> None:
    seeds = {fit.name: seed_of(fit, 7) for fit in specs(50)}
    assert len(set(seeds.values())) == 50
    assert seed_of(specs(3)[2], 7) == seeds["fit 2"] != seed_of(specs(3)[2], 8)
    assert seed_of(uf.Fit("fit 2", build, {}, random_seed=5), 7) == 5


def test_pieces_are_of_one_structure_and_hold_every_fit() -> None:
    jobs = [(fit, 0) for fit in specs(100)] + [(uf.Fit(f"other {i}", closing_over(2.0), {}), 0) for i in range(9)]
    pieces = pieces_of(jobs[::-1], 2, SETTINGS, None, Path())
    names = [fit.name for piece in pieces for fit, _ in piece.jobs]
    assert sorted(names) == sorted(fit.name for fit, _ in jobs)
    assert all(len({name.split()[0] for (name,) in [(fit.name,) for fit, _ in piece.jobs]}) == 1 for piece in pieces)
    assert max(len(piece.jobs) for piece in pieces) == 14  # of 109 fits, four pieces for each of two workers


def test_the_numbers_are_arvizs() -> None:
    rng = np.random.default_rng(3)
    x = np.cumsum(rng.normal(size=(4, 500, 3)), axis=1) * 0.05 + rng.normal(size=(4, 500, 3))
    coords = {"group": ["a", "b", "c"]}
    posterior = xr.Dataset({"theta": (("chain", "draw", "group"), x), "mu": (("chain", "draw"), x[..., 0])}, coords)
    found = summary_of(posterior)
    assert found["element"] == ["theta[a]", "theta[b]", "theta[c]", "mu"]
    theirs = azs.summary(posterior, round_to="none")
    for column in ("mean", "sd", "eti89_lb", "eti89_ub", "ess_bulk", "r_hat", "mcse_mean"):
        # ArviZ stops a lag of the autocorrelation sooner or later at the very end of its sequence.
        rtol = 0.05 if column in ("ess_bulk", "mcse_mean") else 1e-9
        np.testing.assert_allclose(found[column], theirs[column], rtol=rtol, err_msg=column)
    size, where, r_hat = worst_of(found)
    assert size == min(found["ess_bulk"])
    assert where == found["element"][found["ess_bulk"].index(size)]
    assert r_hat == max(found["r_hat"])


def test_what_never_moved_has_no_numbers_of_convergence_and_is_worst() -> None:
    draws = np.random.default_rng(0).normal(size=(2, 50))
    posterior = xr.Dataset({"x": (("chain", "draw"), draws), "c": (("chain", "draw"), np.ones((2, 50)))})
    found = summary_of(posterior)
    assert found["mean"][1] == 1.0
    assert math.isnan(found["r_hat"][1])
    size, where, r_hat = worst_of(found)
    assert math.isnan(size)
    assert where == "c"
    assert math.isnan(r_hat)


def test_a_fit_in_a_folder_is_what_was_written(tmp_path: Path) -> None:
    record = Record(name="a/b", status="failed", seed=2**63, error="ValueError", warnings=("one",), seconds=1.5)
    place = Place(tmp_path)
    assert place.record("a/b") is None
    place.write(record, {"element": ["x"], "mean": [float("nan")]}, None)
    back = place.record("a/b")
    assert back is not None
    assert math.isnan(back.min_ess)
    assert (back.name, back.seed, back.seconds, back.warnings, back.failed) == ("a/b", 2**63, 1.5, ("one",), True)
    summary = place.summary("a/b")
    assert summary is not None
    assert math.isnan(summary["mean"][0])
    assert place.kept("a/b") is None
    arrays = {"file": np.arange(3.0), "theta[a, b]": np.array(["x"])}
    place.write(record, None, None, arrays)
    kept = place.kept("a/b")
    assert kept is not None
    assert {name: values.tolist() for name, values in kept.items()} == {"file": [0.0, 1.0, 2.0], "theta[a, b]": ["x"]}


def test_a_function_of_the_draws_returns_arrays_by_name() -> None:
    settings = replace(SETTINGS, keep=lambda tree: {"size": [len(tree), 2]})
    found = settings.arrays([1, 2, 3])
    assert found is not None
    assert found["size"].tolist() == [3, 2]
    assert SETTINGS.arrays([]) is None
    assert settings.digest != replace(SETTINGS, keep=lambda tree: {"size": 1}).digest != SETTINGS.digest
    for returned in (3, {}, {1: 2}, {"a": object()}):
        with pytest.raises(uf.InvalidArgumentError, match="must return numbers by name"):
            replace(SETTINGS, keep=lambda tree, returned=returned: returned).arrays([])


def test_names_stay_apart_as_files() -> None:
    names = ["a/b", "a b", "..", ".", "é" * 200, "é" * 199 + "e", "x" * 200, "manifest.json"]
    files = [file_name(name) for name in names]
    assert len(set(files)) == len(names)
    assert not any(file.startswith(".") or "/" in file or len(file) > 120 for file in files)
    assert "manifest.json" not in files


def test_a_folder_of_other_fits_is_refused(tmp_path: Path) -> None:
    mine = Manifest(1, "settings", {"a": "1", "b": "2"})
    mine.write(tmp_path)
    had = Manifest.read(tmp_path)
    assert had == mine
    had.refuse_other(tmp_path, mine)
    for other, words in [
        (Manifest(1, "settings", {"a": "1", "b": "3"}), "'b' are new, missing, or of another builder"),
        (Manifest(1, "settings", {"a": "1"}), "'b' are new, missing"),
        (Manifest(1, "others", {"a": "1", "b": "2"}), "var_names or keep are others"),
        (Manifest(2, "settings", {"a": "1", "b": "2"}), "random_seed is another"),
    ]:
        with pytest.raises(uf.OutputError, match=f"made by other specs: .*{words}"):
            had.refuse_other(tmp_path, other)
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(uf.OutputError, match="cannot be read"):
        Manifest.read(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"specs": []}, "specs is empty"),
        ({"specs": uf.Fit("a", build)}, "must be a sequence"),
        ({"specs": [build]}, "must hold unfunnel.Fit"),
        ({"specs": [uf.Fit("a", build), uf.Fit("A", build)]}, "two fits are named 'A'"),
        ({"keep": "all"}, "keep must be one of 'summary', 'draws'"),
        ({"draws": 0}, "draws must be a whole number"),
        ({"var_names": "mu"}, "var_names must be a list"),
        ({"drws": 5}, "did you mean 'draws'"),
        ({"random_seed": "x"}, "random_seed must be"),
    ],
)
def test_what_cannot_be_used_is_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=words):
        uf.fit_many(**({"specs": specs(1), "progressbar": False} | arguments))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("", build), "name must be a text"),
        (("x" * 201, build), "name must be a text"),
        (("a", 3), "build of 'a' must be a function"),
        (("a", build, [1]), "data of 'a' must be a mapping"),
        (("a", build, {}, -1), "random_seed of 'a'"),
    ],
)
def test_a_specification_is_checked(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=words):
        uf.Fit(*arguments)


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(uf.OutputError, match="holds something else"):
        uf.fit_many(specs(1), folder=tmp_path, progressbar=False)
    with pytest.raises(uf.OutputError, match="holds no fits"):
        uf.Fits.load(tmp_path)


def test_a_worker_that_does_not_see_the_folder_says_so(tmp_path: Path) -> None:
    piece = Piece(((specs(1)[0], 0),), SETTINGS, tmp_path / "elsewhere", tmp_path / "marks")
    with pytest.raises(uf.OutputError, match=r"is not to be seen on .*file system that all workers share"):
        run(piece)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is no fit's fault, and nothing half-written stays under a final name."""

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    def fails() -> Any:
        raise ValueError("no model")

    monkeypatch.setattr("unfunnel.many.place.write_text", full)
    (tmp_path / "manifest.json").touch()
    with pytest.raises(uf.OutputError, match=r"cannot be written: .*No space left"):
        run(Piece(((uf.Fit("a", fails), 0),), SETTINGS, tmp_path, tmp_path / "marks"))
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]
