"""R-hat and effective sample size of many elements, held against ArviZ and against what chance does."""

from __future__ import annotations

import arviz as az
import numpy as np
import pytest
from numpy.typing import NDArray

from unfunnel.sampling import convergence

ELEMENTS = 500


def autoregressive(
    phi: float, draws: int, elements: int, generator: np.random.Generator, chains: int = 4
) -> NDArray[np.float64]:
    """Stationary chains with standard normal draws; worth (1 - phi) / (1 + phi) of them."""
    steps = generator.normal(size=(chains, draws, elements)) * np.sqrt(1 - phi**2)
    found = np.empty_like(steps)
    found[:, 0] = generator.normal(size=(chains, elements))
    for draw in range(1, draws):
        found[:, draw] = phi * found[:, draw - 1] + steps[:, draw]
    return found


@pytest.mark.parametrize("phi", [0.0, 0.9, -0.5])
@pytest.mark.parametrize("draws", [100, 501])
def test_they_are_arvizs(phi: float, draws: int) -> None:
    values = autoregressive(phi, draws, 6, np.random.default_rng(1)) + np.arange(4)[:, None, None] / 10
    chains = convergence.split(values)
    elements = range(values.shape[-1])
    ours = np.maximum(
        *(convergence.r_hat(convergence.rank_normalized(v)) for v in (chains, convergence.folded(chains)))
    )
    np.testing.assert_allclose(ours, [float(az.rhat(values[..., i])) for i in elements], rtol=1e-12)
    bulk = convergence.effective(convergence.rank_normalized(chains))
    # ArviZ stops a lag sooner or later at the very end of the sequence.
    np.testing.assert_allclose(bulk, [float(az.ess(values[..., i], method="bulk")) for i in elements], rtol=0.05)
    tails = np.minimum(*(convergence.effective(convergence.split(v)) for v in convergence.tail_indicators(values)))
    theirs = [float(az.ess(values[..., i], method="tail", prob=(0.05, 0.95))) for i in elements]
    np.testing.assert_allclose(tails, theirs, rtol=0.05)


def test_a_constant_is_worth_all_its_draws_and_hides_nothing() -> None:
    """An indicator of a tail is constant where its quantile is also the most extreme draw; ArviZ's ESS is the same."""
    generator = np.random.default_rng(4)
    values = np.concatenate([np.ones((4, 100, 1)), generator.normal(size=(4, 100, 1))], axis=-1)
    constant, moving = convergence.effective(convergence.split(values))
    assert constant == float(az.ess(values[..., 0], method="mean")) == 400
    assert np.isfinite(moving)


def largest_share(phi: float, draws: int, generator: np.random.Generator) -> tuple[float, float]:
    """R-hat over its bound, and R-hat itself, for the largest of many sound elements."""
    scores = convergence.rank_normalized(convergence.split(autoregressive(phi, draws, ELEMENTS, generator)))
    r_hat, size = convergence.r_hat(scores), convergence.effective(scores, within=True)
    bound = convergence.largest_allowed(size, len(scores), ELEMENTS)
    return float((r_hat / bound).max()), float(r_hat.max())


@pytest.mark.parametrize(("phi", "draws"), [(0.6, 1000), (0.8, 1000), (0.5, 400)])
def test_the_largest_of_many_sound_elements_is_not_flagged(phi: float, draws: int) -> None:
    """1.01 flags each of these fits; the bound is meant to flag one in a thousand."""
    generator = np.random.default_rng(2)
    found = [largest_share(phi, draws, generator) for _ in range(5)]
    assert all(r_hat > convergence.LARGEST for _, r_hat in found)
    assert all(share < 1 for share, _ in found)


def test_the_bound_does_not_excuse_chains_that_disagree() -> None:
    values = autoregressive(0.0, 1000, 1, np.random.default_rng(3))
    values[0] += 0.5
    scores = convergence.rank_normalized(convergence.split(values))
    bound = convergence.largest_allowed(convergence.effective(scores, within=True), 8, 2 * ELEMENTS)
    assert convergence.r_hat(scores) > bound


def test_one_element_is_to_have_enough() -> None:
    assert convergence.smallest_allowed(400, 4000, 1) == pytest.approx(400)


def test_the_smallest_of_many_elements_that_have_enough_is_expected_at_the_bound() -> None:
    """Draws worth 400 of 4000; the mean of the smallest estimates is the bound, up to its crude derivation."""
    phi, generator = 9 / 11, np.random.default_rng(4)
    smallest = [
        convergence.effective(convergence.split(autoregressive(phi, 1000, ELEMENTS, generator))).min() for _ in range(8)
    ]
    bound = convergence.smallest_allowed(400, 4000, ELEMENTS)
    assert np.log(np.mean(smallest) / bound) == pytest.approx(0.0, abs=0.25)
    assert bound < 300
