"""Pooling of normal tables: against the exact room, draws, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import xarray as xr
from scipy import stats

import unfunnel as uf
from unfunnel import exact
from unfunnel.errors import InvalidArgumentError, InvalidTableError, OutputError, UnknownVariableError
from unfunnel.pooling.groups import summarize
from unfunnel.pooling.ranking import drawn_ranks, expected_ranks


@pytest.fixture(scope="module")
def pooled(rows: Any) -> Any:
    return uf.pool(rows, "g", "v", random_seed=1)


def test_eight_schools_are_those_of_the_exact_room(schools: Any) -> None:
    pooled = uf.pool(schools, "school", "y", se="se", mu=(0, 5), tau=5, random_seed=1)
    frame = pooled.to_frame()
    statistics = exact.GroupStatistics.from_estimates(schools["y"].to_list(), schools["se"].to_list())
    truth = exact.fit(statistics, mu=(0, 5), tau=stats.halfnorm(scale=5)).moments()["theta"]
    np.testing.assert_allclose(frame["estimate"], truth.mean, atol=2e-3 * truth.sd.min())
    np.testing.assert_allclose(frame["sd"], truth.sd, rtol=2e-3)
    assert frame["school"].tolist() == list("ABCDEFGH")
    assert frame["raw"].tolist() == schools["y"].to_list()
    assert pooled.priors.lines() == ("mu ~ Normal(0, 5)", "tau ~ HalfNormal(5)")
    assert set(pooled.population) == {"mu", "tau"}


def test_unknown_noise_is_that_of_the_exact_room(rows: Any, pooled: Any) -> None:
    groups = rows.group_by("g").agg(pl.len(), pl.col("v").mean().alias("m"), pl.col("v").var().alias("s")).sort("g")
    count = groups["len"].to_numpy()
    squares = groups["s"].fill_null(0.0).to_numpy() * (count - 1)
    priors = pooled.priors
    posterior = exact.fit(
        exact.GroupStatistics(count, groups["m"].to_numpy(), squares),
        mu=priors.mu,
        tau=stats.halfnorm(scale=priors.tau.scale),
        sigma_prior=stats.halfnorm(scale=priors.sigma.scale),
    )
    moments = posterior.moments()
    frame = pooled.to_frame()
    np.testing.assert_allclose(frame["estimate"], moments["theta"].mean, atol=2e-3 * moments["theta"].sd.min())
    np.testing.assert_allclose(frame["sd"], moments["theta"].sd, rtol=2e-3)
    draws = posterior.sample(5000, 4, random_seed=2)["posterior"]["theta"].to_numpy().reshape(-1, 12)
    for name, share in (("lower", 0.055), ("upper", 0.945)):
        below = (draws < frame[name].to_numpy()).mean(axis=0)
        # Of 20 000 independent draws; the quadrature's own error is 1 % of a standard deviation at most.
        assert np.all(np.abs(below - share) < 4 * np.sqrt(share * (1 - share) / 20_000) + 0.01 * 0.11)
    for name, values in pooled.population.items():
        moment = moments[name]
        assert abs(values.mean() - moment.mean) < 4 * moment.sd / np.sqrt(values.size)


def test_what_pooling_and_shrinkage_mean(pooled: Any) -> None:
    frame = pooled.to_frame()
    tau, sigma = pooled.population["tau"], pooled.population["sigma"]
    for _, row in frame.iterrows():
        share = sigma**2 / row["n"] / (sigma**2 / row["n"] + tau**2)
        assert row["pooling"] == pytest.approx(share.mean(), abs=4 * share.std() / np.sqrt(share.size) + 1e-3)
    np.testing.assert_allclose(frame["shrinkage"], frame["estimate"] - frame["raw"], atol=1e-12)
    centre = pooled.population["mu"].mean()
    assert np.all(np.abs(frame["estimate"] - centre) <= np.abs(frame["raw"] - centre) + 0.05)


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_the_unit_of_the_data_does_not_matter(rows: Any, pooled: Any, unit: float) -> None:
    scaled = uf.pool(rows.with_columns(pl.col("v") * unit), "g", "v", random_seed=1).to_frame()
    one = pooled.to_frame()
    np.testing.assert_allclose(scaled["estimate"] / unit, one["estimate"], rtol=1e-2, atol=1e-2)
    np.testing.assert_allclose(scaled["pooling"], one["pooling"], atol=1e-2)


def test_ranks_from_draws_and_from_shares_agree() -> None:
    rng = np.random.default_rng(3)
    table = pl.DataFrame({"g": np.arange(2000), "y": rng.normal(0, 1, 2000) + rng.normal(0, 0.7, 2000), "s": 0.7})
    pooled = uf.pool(table, "g", "y", se="s", random_seed=1)
    summaries = summarize(pooled._posterior, 0.89)
    drawn = drawn_ranks(pooled._posterior, 0.89, rng, draws=2000)
    expected = expected_ranks(summaries, 0.89)
    assert expected.rank.mean() == pytest.approx(1000.5, abs=2)
    # A rank varies by about 300 here, so that a mean of 2000 is good to 7, the ends of an interval to some 20.
    assert np.abs(drawn.rank - expected.rank).max() < 4 * 300 / np.sqrt(2000) + np.sqrt(2000) / 2
    assert np.abs(drawn.lower - expected.lower).mean() < np.sqrt(2000)
    assert np.abs(drawn.upper - expected.upper).mean() < np.sqrt(2000)


def test_ranks_of_groups_that_cannot_be_told_apart_are_wide() -> None:
    table = pl.DataFrame({"g": list("abcd"), "y": [0.0, 0.1, -0.1, 9.0], "s": [1.0] * 4})
    ranking = uf.pool(table, "g", "y", se="s", random_seed=1).ranking()
    assert ranking["g"].iloc[0] == "d"
    assert ranking["rank"].iloc[0] < 1.01
    assert (ranking["rank_lower"].iloc[1:] == 2).all()
    assert (ranking["rank_upper"].iloc[1:] == 4).all()


def test_draws_of_chosen_groups(pooled: Any) -> None:
    tree = pooled.draws(["g11", "g00"], draws=500, random_seed=4)
    theta = tree["posterior"]["theta"]
    assert theta.dims == ("chain", "draw", "g")
    assert theta["g"].values.tolist() == ["g11", "g00"]
    frame = pooled.to_frame().set_index("g").loc[["g11", "g00"]]
    assert np.all(np.abs(theta.mean(("chain", "draw")) - frame["estimate"]) < 4 * frame["sd"] / np.sqrt(2000))
    assert {"mu", "tau", "sigma"} <= set(tree["posterior"].data_vars)
    again = pooled.draws(["g11", "g00"], draws=500, random_seed=4)
    xr.testing.assert_equal(tree["posterior"].to_dataset(), again["posterior"].to_dataset())
    with pytest.raises(UnknownVariableError, match=r"no group 'g1x' in 'g'\. Did you mean"):
        pooled.draws(["g1x"])
    with pytest.raises(InvalidArgumentError, match="list of labels"):
        pooled.draws("g11")
    with pytest.raises(InvalidArgumentError, match="name the groups you need"):
        pooled.draws(draws=10_000_000)


def test_text_and_json(pooled: Any) -> None:
    text = str(pooled)
    assert text.startswith("Partial pooling of 'v' in 12 groups of 'g' (normal)")
    assert "priors   mu ~ Normal(" in text
    assert "the unit of 'v'" in text
    read = json.loads(pooled.to_json())
    assert [row["g"] for row in read["estimates"]] == pooled.labels.tolist()
    assert read["population"]["tau"]["mean"] == pytest.approx(pooled.population["tau"].mean())


def test_a_table_of_groups_on_disk(pooled: Any, tmp_path: Path) -> None:
    for name, read in (("t.csv", pl.read_csv), ("t.parquet", pl.read_parquet)):
        assert read(pooled.write(tmp_path / name)).equals(pooled.to_polars())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.csv", "t.parquet"]
    with pytest.raises(InvalidArgumentError, match=r"must end in \.csv or \.parquet"):
        pooled.write(tmp_path / "t.xlsx")
    with pytest.raises(OutputError, match="cannot write"):
        pooled.write(tmp_path / "none" / "t.csv")


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_a_full_disk_leaves_nothing_half_written(pooled: Any, tmp_path: Path, name: str, monkeypatch: Any) -> None:
    pooled.write(tmp_path / name)
    before = (tmp_path / name).read_bytes()

    def full(self: Any, file: Any) -> None:
        Path(file).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_csv", full)
    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(OutputError, match="no space left on device"):
        pooled.write(tmp_path / name)
    assert (tmp_path / name).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [name]


TABLES = [
    ({"g": list("aabb"), "v": [1.0, 1.0, 2.0, 2.0]}, {}, InvalidTableError, "the same value in all its rows"),
    ({"g": list("ab"), "v": [1.0, 2.0]}, {}, InvalidTableError, "has one row, so the noise cannot be told"),
    ({"g": list("aabb"), "v": [5.0] * 4}, {}, InvalidTableError, "the same value in all its rows"),
    ({"g": list("ab"), "k": [1, 0], "n": [2, 0]}, {"value": "k", "trials": "n", "family": "binomial"},
     InvalidTableError, "Group 'b' .* has no trials"),
    ({"g": list("ab"), "v": [1.0, 2.0]}, {"family": "gamma"}, InvalidArgumentError, "one of normal, binomial, poisson"),
    ({"g": list("ab"), "v": [1.0, 2.0]}, {"trials": "n"}, InvalidArgumentError, "trials is for family='binomial'"),
    ({"g": list("ab"), "v": [1.0, 2.0]}, {"se": "v"}, InvalidArgumentError, "one role only"),
    ({"g": list("ab"), "v": [1.0, 2.0]}, {"sigma": -1.0}, InvalidArgumentError, "sigma must be a positive number"),
    ({"g": list("ab"), "v": [1.0, 2.0]}, {"se": "s", "sigma": 1.0}, InvalidArgumentError, "exclude each other"),
    ({"g": list("ab"), "v": [1.0, 2.0]}, {"prob": 1.0}, InvalidArgumentError, "prob must lie between 0 and 1"),
    ({"g": list("ab"), "v": [1.0, 2.0]}, {"draws": 0}, InvalidArgumentError, "draws must be an integer"),
    ({"g": list("ab"), "v": [1.0, 2.0]}, {"random_seed": -1}, InvalidArgumentError, "random_seed must be"),
    ({"g": list("ab"), "v": [1.0, 2.0]}, {"sigma": 1.0, "mu": 3}, InvalidArgumentError, r"pair \(location, scale\)"),
    ({"g": list("ab"), "v": [1.0, 2.0]}, {"sigma": 1.0, "tau": 0}, InvalidArgumentError, "tau must be positive"),
    ({"g": list("ab"), "v": [1.0, 2.0]}, {"sigma": 1.0, "sigma_scale": 1}, InvalidArgumentError, "none is unknown"),
    ({"g": list("ab"), "v": [1.0, 2.0]}, {"missing": "ignore"}, InvalidArgumentError, "'refuse' or 'drop'"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "options", "kind", "words"), TABLES)
def test_what_is_refused(data: Any, options: Any, kind: Any, words: str) -> None:
    with pytest.raises(kind, match=words):
        uf.pool(pl.DataFrame(data), **{"group": "g", "value": "v", **options})


def test_equal_values_with_a_known_noise_have_a_posterior() -> None:
    frame = uf.pool(pl.DataFrame({"g": list("ab"), "v": [5.0, 5.0]}), "g", "v", sigma=2.0, random_seed=1).to_frame()
    np.testing.assert_allclose(frame["estimate"], 5.0, atol=1e-6)


def test_a_group_column_named_like_a_result() -> None:
    table = pl.DataFrame({"rank": list("ab"), "v": [1.0, 2.0]})
    frame = uf.pool(table, "rank", "v", sigma=1.0, random_seed=1).to_frame()
    assert frame["rank"].tolist() == ["a", "b"]
    assert "rank_" in frame.columns


def test_nothing_heavy_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("g,v\n" + "".join(f"{j % 7},{j * j % 11}\n" for j in range(100)))
    code = (
        "import sys; from unfunnel import cli\n"
        "try:\n    cli.main()\nexcept SystemExit as ended:\n    assert not ended.code, ended.code\n"
        "heavy = {'pymc', 'pytensor', 'arviz', 'numba', 'xarray', 'pandas', 'matplotlib', 'scipy.stats'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    arguments = ["pool", "t.csv", "--group", "g", "--value", "v", "--out", "there"]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "there").iterdir()) == ["groups.csv", "summary.json"]


def test_a_mean_that_rounds_to_nothing_has_no_sign() -> None:
    table = pl.DataFrame({"g": ["a", "a", "b", "b"], "v": [-9.0, 7.0, -8.0, 9.9]})
    assert uf.pool(table, group="g", value="v").priors.lines()[0].startswith("mu ~ Normal(0, ")
