"""What a result has wrong with it, in sentences."""

from __future__ import annotations

from typing import Any

import arviz as az
import numpy as np
import pytest
import xarray as xr

from unfunnel.sampling.checks import problems

CHAINS, DRAWS = 4, 500


def result(*, theta: np.ndarray | None = None, diverging: int = 0, energy: np.ndarray | None = None) -> Any:
    rng = np.random.default_rng(1)
    drawn = rng.normal(size=(CHAINS, DRAWS, 2)) if theta is None else theta
    flags = np.arange(CHAINS * DRAWS).reshape(CHAINS, DRAWS) < diverging
    steps = rng.normal(size=(CHAINS, DRAWS)) if energy is None else energy
    return az.from_dict(
        {"posterior": {"theta": drawn}, "sample_stats": {"diverging": flags, "energy": steps}},
        dims={"theta": ["g"]},
        coords={"g": ["one", "two"]},
    )


def test_nothing_is_said_of_a_good_result() -> None:
    assert problems(result()) == []


def test_divergences_are_counted() -> None:
    (sentence,) = problems(result(diverging=3))
    assert sentence.startswith("3 divergences")
    assert sentence.endswith("or sample informed if you have not.")


@pytest.mark.parametrize("used", ["informed", "informed, noncentered", "as written"])
def test_nobody_is_told_to_do_what_was_done(used: str) -> None:
    tree = result(diverging=1)
    tree["parameterization"] = xr.DataTree(xr.Dataset(attrs={"parameterization": used}))
    (sentence,) = problems(tree)
    assert sentence.endswith("Raise target_accept.")


def test_the_element_whose_chains_disagree_is_named() -> None:
    theta = np.random.default_rng(1).normal(size=(CHAINS, DRAWS, 2))
    theta[0, :, 1] += 3
    sentences = problems(result(theta=theta))
    assert any("R-hat" in sentence and "theta[two]" in sentence for sentence in sentences)


def test_the_element_with_few_effective_draws_is_named() -> None:
    rng = np.random.default_rng(1)
    theta = rng.normal(size=(CHAINS, DRAWS, 2))
    for draw in range(1, DRAWS):
        theta[:, draw, 0] = 0.9 * theta[:, draw - 1, 0] + np.sqrt(1 - 0.81) * theta[:, draw, 0]
    sentences = problems(result(theta=theta))
    assert any("effective sample size" in sentence and "theta[one]" in sentence for sentence in sentences)


def test_slow_energy_is_said() -> None:
    energy = np.cumsum(np.random.default_rng(1).normal(size=(CHAINS, DRAWS)), axis=1)
    assert any(sentence.startswith("BFMI") for sentence in problems(result(energy=energy)))


def test_only_the_variables_asked_for_are_looked_at() -> None:
    tree = result()
    shifted = tree["posterior"]["theta"].copy()
    shifted[0] += 3
    tree["posterior"]["theta_shifted"] = shifted
    assert problems(tree, var_names=["theta"]) == []
    assert any("theta_shifted" in sentence for sentence in problems(tree))


@pytest.mark.parametrize("draws", [1, 3])
def test_too_few_draws_are_said(draws: int) -> None:
    tree = result().isel(draw=slice(draws))
    (sentence,) = problems(tree)
    assert "Fewer than 4 draws" in sentence


@pytest.mark.parametrize("value", [np.nan, np.inf, 3.0])
def test_an_element_that_is_no_number_or_never_moves_is_named(value: float) -> None:
    """R-hat and effective sample size are not defined there, which is no reason to find nothing wrong."""
    theta = np.random.default_rng(1).normal(size=(CHAINS, DRAWS, 2))
    theta[:, :, 1] = value
    sentences = problems(result(theta=theta))
    assert any("theta[two]" in sentence for sentence in sentences)
