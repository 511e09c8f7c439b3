from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from unfunnel.errors import InvalidArgumentError
from unfunnel.study import Priors, Regime, ScalePrior, find_regimes

REGIME = Regime(
    name="r",
    title="R",
    story="",
    labels=("a", "b"),
    y=np.array([1.0, 3.0, 10.0]),
    group=np.array([0, 0, 1]),
    sigma=2.0,
)


def test_statistics_of_the_groups():
    assert REGIME.counts.tolist() == [2, 1]
    assert REGIME.means.tolist() == [2.0, 10.0]
    assert np.allclose(REGIME.standard_errors, [2 / np.sqrt(2), 2.0])


def test_unknown_noise_is_estimated_within_the_groups():
    unknown = replace(REGIME, sigma=None, priors=Priors(sigma=ScalePrior("HalfNormal", 1.0)))
    assert np.allclose(unknown.noise, np.sqrt(2.0))


@pytest.mark.parametrize("sigma", [2.0, np.array([1.0, 2.0]), None])
def test_model_has_the_names_and_dims_of_the_study(sigma):
    priors = Priors(sigma=ScalePrior("HalfNormal", 1.0) if sigma is None else None)
    model = replace(REGIME, sigma=sigma, priors=priors).model()
    expected = {"mu", "tau", "theta"} | ({"sigma"} if sigma is None else set())
    assert {v.name for v in model.free_RVs} == expected
    assert model.named_vars_to_dims["theta"] == ("group",)
    assert list(model.coords["group"]) == ["a", "b"]


def test_model_uses_each_group_s_own_noise():
    regime = replace(REGIME, sigma=np.array([1.0, 4.0]))
    model = regime.model()
    point = {"mu": 0.0, "tau_log__": 0.0, "theta": np.array([2.0, 9.0])}
    expected = sum(
        -0.5 * ((y - t) / s) ** 2 - np.log(s) - 0.5 * np.log(2 * np.pi)
        for y, t, s in [(1, 2, 1), (3, 2, 1), (10, 9, 4)]
    )
    logp = model.compile_logp(vars=[model["y"]], sum=True)
    assert np.isclose(logp(point), expected)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"labels": ("a",), "group": np.zeros(3, int)}, "at least 2 groups, got 1"),
        ({"labels": ("a", "a")}, "labels must all be different"),
        ({"labels": ("a", "b", "c")}, "group 'c' has no rows"),
        ({"group": np.array([0, 0, 2])}, "group must hold 0 to 1, got up to 2"),
        ({"group": np.array([0, 1])}, "of one length"),
        ({"y": np.array([1.0, np.nan, 2.0])}, "y must be finite, got nan"),
        ({"sigma": -1.0}, "sigma must be positive, got -1"),
        ({"sigma": None}, "priors.sigma is needed"),
    ],
)
def test_refusals(changes, words):
    with pytest.raises(InvalidArgumentError, match=words):
        replace(REGIME, **changes)


def test_the_regimes_of_the_case_study():
    regimes = find_regimes("all")
    further = ["adc", "multivariate_weak", "multivariate_strong"]
    assert [r.name for r in regimes] == ["weak", "strong", "unbalanced", "small", "eight_schools", *further]
    assert [len(r.labels) for r in regimes] == [9, 9, 9, 2, 8, 21, 15, 15]
    assert regimes[2].counts.tolist() == [10, 5, 1000, 10, 1, 5, 100, 10, 5]
    assert [r.seed for r in regimes] == [1234, 1235, 1236, 1237, None, 1238, 1239, 1239]
    assert [r.exact() is None for r in regimes[4:]] == [False, True, True, True]
    assert str(regimes[4].priors.tau) == "HalfCauchy(5)"
    assert regimes[4].standard_errors.tolist() == [15, 10, 16, 11, 9, 11, 10, 18]


def test_one_regime_and_an_unknown_one():
    assert find_regimes("small")[0].name == "small"
    assert [r.name for r in find_regimes("multivariate")] == ["multivariate_weak", "multivariate_strong"]
    with pytest.raises(InvalidArgumentError, match=r"no regime 'big'; choose one of weak, strong, .* all"):
        find_regimes("big")
