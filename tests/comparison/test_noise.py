"""Which differences between parameterizations are noise, on numbers that are made up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import unfunnel as uf
from unfunnel.comparison.noise import difference, disagreement

PLAIN = uf.Measured(
    parameterization="a",
    seed=1,
    divergences=0,
    ess=2000.0,
    where="theta[0]",
    r_hat=1.002,
    per_1000_gradients=100.0,
    per_second=5000.0,
    step_size=0.7,
    steps=7.0,
    most_steps=15,
    gradients=28_000,
    gradients_all=40_000,
    seconds=0.4,
    sound=True,
    said="fine",
    means={"mu": 1.0, "log tau": 0.0},
    errors={"mu": 0.05, "log tau": 0.02},
)


def fits(label: str, efficiencies: list[float], **changes: object) -> tuple[uf.Measured, ...]:
    return tuple(
        replace(PLAIN, parameterization=label, seed=seed, per_1000_gradients=value, **changes)  # type: ignore[arg-type]
        for seed, value in enumerate(efficiencies)
    )


def test_the_same_efficiency_is_a_tie() -> None:
    found = difference(fits("a", [100, 104, 98]), fits("b", [101, 99, 102]))
    assert found.noise
    assert found.ratio == pytest.approx(1.0, abs=0.02)
    assert found.low < 1 < found.high


def test_twice_the_efficiency_is_none() -> None:
    found = difference(fits("a", [200, 205, 195]), fits("b", [100, 103, 98]))
    assert not found.noise
    assert found.ratio == pytest.approx(2.0, rel=0.02)


def test_a_wide_spread_over_seeds_makes_noise_of_it() -> None:
    assert difference(fits("a", [300, 60, 200]), fits("b", [100, 240, 40])).noise


def test_one_seed_has_the_error_of_an_effective_sample_size() -> None:
    """4000 draws that are worth 2000 have an error of some 8 %; twice as many gradients are no chance."""
    assert difference(fits("a", [108]), fits("b", [100])).noise
    assert not difference(fits("a", [200]), fits("b", [100])).noise


def test_noise_is_called_no_difference_more_often_than_it_says() -> None:
    rng = np.random.default_rng(1)
    calls = [
        not difference(*(fits(label, list(100 * np.exp(rng.normal(0, 0.2, 3)))) for label in "ab")).noise
        for _ in range(1000)
    ]
    # 5 % of 1000, within four standard errors.
    assert sum(calls) < 50 + 4 * np.sqrt(1000 * 0.05 * 0.95)


def test_means_apart() -> None:
    near = disagreement(fits("a", [100, 100]), fits("b", [100, 100], means={"mu": 1.05, "log tau": 0.0}))
    assert near.noise
    assert near.where == "mu"
    # Two seeds each: the mean of one has an error of 0.05 / sqrt(2), and so has the other's.
    assert near.distance == pytest.approx(1.0)
    far = disagreement(fits("a", [100, 100]), fits("b", [100, 100], means={"mu": 1.0, "log tau": 0.2}))
    assert not far.noise
    assert far.distance == pytest.approx(10.0)
    assert far.where == "log tau"
    stuck = disagreement(fits("a", [100]), fits("b", [100], errors={"mu": np.nan, "log tau": 0.02}))
    assert not stuck.noise


def comparison() -> uf.Comparison:
    sick = {"sound": False, "said": "funnel", "divergences": 30}
    rows = [*fits("wild", [300, 310, 290], **sick), *fits("slow", [50, 52, 49]), *fits("best", [150, 149, 155])]
    return uf.Comparison(tuple(rows), {"fixed": 2.0, "informed": 4.0})


def test_the_winner_is_the_most_efficient_of_the_sound_ones() -> None:
    found = comparison()
    assert found.parameterizations == ("wild", "slow", "best")
    assert found.order == ("best", "slow", "wild")
    assert found.winner == "best"
    assert found.ties == ()
    assert "best has 3 times as many effective draws a gradient as slow" in str(found)
    assert "2 compilations (fixed: 2.0 s; informed: 4.0 s)" in str(found)


def test_a_tie_is_said() -> None:
    found = uf.Comparison((*fits("a", [100, 103, 99]), *fits("b", [101, 100, 98])))
    assert found.ties == ({"a": ("b",), "b": ("a",)}[found.winner])
    assert "that is noise" in str(found)
    assert "it is a tie with" in str(found)


def test_where_none_is_sound_none_is_recommended() -> None:
    found = uf.Comparison(fits("a", [100, 103], sound=False, said="funnel"))
    assert "rely on none" in str(found)


def test_a_mean_that_is_missed_is_said() -> None:
    wrong = fits("wrong", [20, 21, 22], sound=False, said="funnel", means={"mu": 1.0, "log tau": 0.5})
    found = uf.Comparison((*fits("right", [100, 103, 99]), *wrong))
    assert "wrong misses part of the posterior" in " ".join(str(found).split())


def test_one_of_several_seeds_with_a_stray_divergence_is_forgiven() -> None:
    rows = list(fits("a", [100, 103, 99]))
    rows[1] = replace(rows[1], sound=False, said="problems", divergences=1)
    assert uf.Comparison(tuple(rows)).sound("a")
    rows[1] = replace(rows[1], said="funnel")
    assert not uf.Comparison(tuple(rows)).sound("a")


def test_there_and_back_and_as_a_frame() -> None:
    found = comparison()
    assert uf.Comparison.from_json(found.to_json()) == found
    assert str(uf.Comparison.from_json(found.to_json())) == str(found)
    assert found.to_frame()["per_1000_gradients"].tolist()[:3] == [300, 310, 290]
    assert "<table" in found._repr_html_()
    nan = uf.Comparison((replace(PLAIN, r_hat=float("nan")),))
    assert np.isnan(uf.Comparison.from_json(nan.to_json()).fits[0].r_hat)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"fits": [{}], "compilations": {}}'])
def test_what_is_not_its_json_is_refused(text: str) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"Comparison\.from_json"):
        uf.Comparison.from_json(text)
