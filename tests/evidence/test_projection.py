from __future__ import annotations

import numpy as np
import pytest

from unfunnel.evidence.projection import (
    IRRELEVANT,
    Batches,
    believed,
    directions,
    eigen,
    in_batches,
    reliable,
    symmetric,
    variance,
)

EPS = float(np.finfo(float).eps)


def regressors(effects: int, draws: int = 40) -> np.ndarray:
    rng = np.random.default_rng(effects)
    x = rng.normal(size=(draws, 5, effects)) @ rng.normal(size=(effects, effects)) * 10.0 ** np.arange(-2, effects - 2)
    return np.asarray(x - x.mean(axis=0))


@pytest.mark.parametrize("effects", [1, 2, 3])
def test_directions_are_orthonormal_and_scores_their_inverse_transpose(effects: int) -> None:
    x = regressors(effects)
    squares = np.einsum("nks,nkt->kst", x, x)
    found = directions(squares, np.einsum("nks,nks->ks", x, x))
    whitened = np.einsum("nks,ksj->nkj", x, found.into)
    room = 1e6 * EPS  # the condition of the correlations
    identity = np.broadcast_to(np.eye(effects), squares.shape)
    np.testing.assert_allclose(np.einsum("nks,nkt->kst", whitened, whitened), identity, atol=room)
    np.testing.assert_allclose(np.swapaxes(found.into, 1, 2) @ found.score, identity, atol=room)


def test_regressors_that_do_not_move_and_combinations_have_no_direction() -> None:
    x = regressors(1)[..., 0]
    x = np.stack([x, 3.0 * x, np.zeros_like(x)], axis=2)
    squares = np.einsum("nks,nkt->kst", x, x)
    found = directions(squares, np.einsum("nks,nks->ks", x, x))
    used = np.abs(found.into).sum(axis=1) > 0.0
    np.testing.assert_array_equal(used.sum(axis=1), 1)
    np.testing.assert_array_equal(found.into[:, 2], 0.0)
    none = directions(squares[:, 2:, 2:], np.zeros((5, 1)))
    np.testing.assert_array_equal(none.into, 0.0)


@pytest.mark.parametrize("most", [0, 1, 2])
def test_the_widest_directions_are_kept(most: int) -> None:
    squares = np.array([[[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]]])
    found = directions(squares, np.ones((1, 3)), most)
    assert found.into.shape == found.score.shape == (1, 3, most)
    # Correlations 1.9, 1 and 0.1: the last is the difference of the first two regressors.
    assert np.all(np.abs(found.into[0, 0] - found.into[0, 1]) < 16 * EPS)


@pytest.mark.parametrize("effects", [0, 1, 2, 3])
def test_eigenvalues_of_the_symmetric_part(effects: int) -> None:
    slopes = np.random.default_rng(1).normal(size=(4, effects, effects))
    values, vectors = eigen(slopes)
    rebuilt = (vectors * values[:, None, :]) @ np.swapaxes(vectors, 1, 2)
    np.testing.assert_allclose(rebuilt, symmetric(slopes), atol=100 * EPS)


@pytest.mark.parametrize(
    ("draws", "batches", "each"), [(3, 3, 1), (59, 59, 1), (60, 30, 2), (300, 30, 10), (301, 30, 10)]
)
def test_batches(draws: int, batches: int, each: int) -> None:
    x = np.arange(draws * 2.0).reshape(draws, 2)
    found = in_batches(x)
    assert found.shape == (batches, each, 2)
    np.testing.assert_array_equal(found.reshape(-1, 2), x[: batches * each])


def test_the_variance_is_that_of_slopes_over_repetitions() -> None:
    """Noise whose size grows with the regressor, and draws that come ten times each: the usual formula is far off."""
    rng = np.random.default_rng(1)
    x = np.repeat(rng.normal(size=(30, 4000)), 10, axis=0)
    noise = np.repeat(rng.normal(size=(30, 4000)), 10, axis=0) * np.abs(x)
    x, noise = x - x.mean(axis=0), noise - noise.mean(axis=0)
    x = x / np.sqrt(np.square(x).sum(axis=0))
    slopes = (x * noise).sum(axis=0)
    residual = noise - slopes * x
    sums = Batches(*(in_batches(part).sum(axis=1) for part in (x, residual, x * x, x * residual)))
    found = variance(sums, kept=290, draws=300, left=298)
    # The jackknife overstates it (Efron and Stein), here with 30 batches by up to 1.5; a formula that takes draws for
    # independent says a tenth.
    assert 0.9 < found.mean() / slopes.var() < 1.6


def test_a_batch_that_decides_alone_has_a_wide_variance() -> None:
    sums = Batches(
        x=np.array([0.8, -0.4, -0.4]),
        e=np.array([0.001, 0.0, -0.001]),
        xx=np.array([2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0]),
        xe=np.array([0.001, 0.0, -0.001]),
    )
    # Leaving out the first leaves no weight: 1 - 2/3 - 0.64/2 = 1/75.
    first, third = (0.001 + 0.8 * 0.001 / 2) * 75, (-0.001 + 0.4 * 0.001 / 2) / (1 - 1 / 6 - 0.16 / 2)
    np.testing.assert_allclose(variance(sums, 2, 3, 1), (first**2 + third**2) * 3, rtol=1e-12)


def test_what_is_believed() -> None:
    slopes = np.array([2.0, 2.0, 2.0, 0.0, -3.0, 0.0])
    variances = np.array([0.0, 1.0, 4.0, 0.0, 0.01, 1.0])
    np.testing.assert_array_equal(reliable(slopes, variances), [1.0, 0.75, 0.0, 0.0, 1.0 - 0.01 / 9.0, 0.0])
    np.testing.assert_array_equal(believed(slopes, variances, draws=10), [1.0, 0.75, 0.0, 0.0, 0.0, 0.0])
    tiny = np.array([0.5, 2.0]) * IRRELEVANT * 10
    np.testing.assert_array_equal(believed(tiny, np.zeros(2), draws=10), [0.0, 1.0])
