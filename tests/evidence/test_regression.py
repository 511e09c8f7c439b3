from __future__ import annotations

from time import perf_counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from tests.graphs import EPS

import unfunnel as uf
from unfunnel.evidence import regression
from unfunnel.evidence.regression import fit_evidence

Fitted = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def joint_normal(groups: int, effects: int, shared: int, seed: int = 1) -> Fitted:
    """h, H, C, D, h_B of normal observations of the effects and the shared parameters: what data can say."""
    rng = np.random.default_rng(seed)
    design = rng.normal(size=(groups, effects + shared + 2, effects + shared))
    information = np.einsum("kri,krj->kij", design, design)
    H, C, D = information[:, :effects, :effects], information[:, :effects, effects:], information[:, effects:, effects:]
    return rng.normal(size=(groups, effects)), H, C, D.sum(axis=0), rng.normal(size=shared)


def scores(u: np.ndarray, shared: np.ndarray, truth: Fitted) -> tuple[np.ndarray, np.ndarray]:
    h, H, C, D, h_B = truth
    score = h - np.einsum("kst,nkt->nks", H, u) - np.einsum("ksd,nd->nks", C, shared)
    return score, h_B - shared @ D - np.einsum("ksd,nks->nd", C, u)


def pilot(draws: int, groups: int, effects: int, shared: int, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Draws of effects that lean on the shared parameters, in units and at places that differ."""
    rng = np.random.default_rng(seed)
    B = rng.normal(size=(draws, shared)) * 10.0 ** rng.uniform(-1, 1, size=shared) + rng.normal(size=shared)
    u = rng.normal(size=(draws, groups, effects)) + np.einsum(
        "ksd,nd->nks", rng.normal(size=(groups, effects, shared)), B
    )
    return u * 10.0 ** rng.uniform(-1, 1, size=effects) + 3.0, B


def fields(evidence: uf.Evidence) -> Fitted:
    return evidence.h, evidence.H, evidence.C, evidence.D, evidence.h_B


def information(u: np.ndarray, score: np.ndarray) -> np.ndarray:
    """H of one effect per group and nothing shared; u and score have dims (draw, group)."""
    none = np.zeros((len(u), 0))
    return fit_evidence(u[..., None], none, score[..., None], none).H[:, 0, 0]


@pytest.mark.parametrize("shared", [0, 1, 2, 5])
@pytest.mark.parametrize("effects", [1, 2, 3])
def test_a_joint_normal_likelihood_is_found_exactly(effects: int, shared: int) -> None:
    truth, (u, B) = joint_normal(6, effects, shared), pilot(60, 6, effects, shared)
    score, shared_score = scores(u, B, truth)
    for found, value in zip(fields(fit_evidence(u, B, score, shared_score)), truth, strict=True):
        # Regressors whose sizes and dependence span some 1e4, and rounding relative to the largest.
        np.testing.assert_allclose(found, value, rtol=0, atol=1e6 * EPS * np.abs(value).max(initial=1.0))


def test_a_handful_of_draws_of_a_normal_likelihood_is_enough() -> None:
    u = np.random.default_rng(1).normal(size=(5, 3))
    np.testing.assert_allclose(information(u, 10.0 * (2.0 - u)), 10.0, rtol=1e-12)
    u = np.random.default_rng(1).normal(size=(300, 3)) + 1e4
    np.testing.assert_allclose(information(u, 10.0 * (1e4 - u)), 10.0, rtol=1e-9)


def test_many_groups_are_fitted_as_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    u, B = pilot(50, 7, 2, 2)
    rng = np.random.default_rng(3)
    score, shared_score = rng.normal(size=u.shape) - 0.3 * u, rng.normal(size=B.shape) - B
    whole = fit_evidence(u, B, score, shared_score)
    for group in range(7):
        alone = fit_evidence(u[:, [group]], B, score[:, [group]], shared_score)
        for name in ("h", "H", "C"):
            np.testing.assert_allclose(getattr(whole, name)[[group]], getattr(alone, name), rtol=1e-9, atol=1e-12)
    monkeypatch.setattr(regression, "CHUNK", 1)
    for found, value in zip(fields(fit_evidence(u, B, score, shared_score)), fields(whole), strict=True):
        np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-12)


@given(
    effects=st.integers(1, 3),
    shared=st.integers(0, 4),
    draws=st.integers(0, 60),
    noise=st.sampled_from([0.0, 1e-12, 0.1, 10.0, 1e6]),
    unit=st.sampled_from([1e-8, 1.0, 1e8]),
    seed=st.integers(0, 2**16),
)
def test_what_is_found_is_an_information(
    effects: int, shared: int, draws: int, noise: float, unit: float, seed: int
) -> None:
    """Whatever the scores are, the joint information of effects and shared parameters is positive semidefinite."""
    truth, (u, B) = joint_normal(3, effects, shared, seed), pilot(draws, 3, effects, shared, seed)
    rng = np.random.default_rng(seed)
    score, shared_score = (x + noise * rng.normal(size=x.shape) for x in scores(u, B, truth))
    found = fit_evidence(unit * u, B, score / unit, shared_score)
    h, H, C, D, h_B = fields(found)  # Evidence has checked H and D
    rows = 3 * effects
    joint = np.zeros((rows + shared, rows + shared))
    for group in range(3):
        at = slice(group * effects, (group + 1) * effects)
        joint[at, at], joint[at, rows:], joint[rows:, at] = H[group], C[group], C[group].T
    joint[rows:, rows:] = D
    size = np.sqrt(np.diagonal(joint))
    size[size == 0.0] = 1.0
    assert np.linalg.eigvalsh(joint / np.outer(size, size)).min(initial=0.0) > -1e-9
    silent = np.abs(H).max(axis=(1, 2)) == 0.0
    assert not np.any(h[silent])
    assert not np.any(C[silent])
    if not np.any(D):
        assert not np.any(h_B)


def test_speed_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    u, B = pilot(300, 10_000, 1, 2)
    start = perf_counter()
    found = fit_evidence(u, B, -2.0 * u, np.zeros_like(B))
    with capsys.disabled():
        print(f"\n10 000 groups, 300 draws, two shared parameters: {perf_counter() - start:.3f} s")
    np.testing.assert_allclose(found.H, 2.0, rtol=1e-9)


def test_information_is_clipped_direction_by_direction() -> None:
    """Scores that rise in one direction of two: the other is kept as it is, coupling and location too."""
    turn = np.array([[0.8, 0.6], [-0.6, 0.8]])
    rng = np.random.default_rng(1)
    v, B = rng.normal(size=(80, 4, 2)), rng.normal(size=(80, 1))
    along = np.stack([1.0 - 5.0 * v[..., 0] - 2.0 * B, 7.0 + 3.0 * v[..., 1] - 4.0 * B], axis=2)
    # The directions are those of whitened draws; so v is whitened, given B, in every group.
    basis = np.linalg.qr(np.concatenate([np.ones((80, 1)), B], axis=1))[0]
    for group in range(4):
        rest = v[:, group] - basis @ (basis.T @ v[:, group])
        v[:, group] = np.linalg.qr(rest)[0] * np.sqrt(80)
    along = np.stack([1.0 - 5.0 * v[..., 0] - 2.0 * B, 7.0 + 3.0 * v[..., 1] - 4.0 * B], axis=2)
    found = fit_evidence(v @ turn.T, B, along @ turn.T, -9.0 * B - 2.0 * v[..., 0].sum(axis=1, keepdims=True))
    first = np.array([0.8, -0.6])
    np.testing.assert_allclose(found.H, np.broadcast_to(5.0 * np.outer(first, first), (4, 2, 2)), atol=1e-10)
    np.testing.assert_allclose(found.C[..., 0], np.broadcast_to(2.0 * first, (4, 2)), atol=1e-10)
    np.testing.assert_allclose(found.h, np.broadcast_to(first, (4, 2)), atol=1e-10)


def test_shared_information_is_raised_to_what_the_effects_tell() -> None:
    """A score of B that falls short of the effects' own: D is just enough for the joint information to hold."""
    u, B = pilot(60, 3, 1, 1)
    score = 1.0 - 2.0 * u - 3.0 * B[:, :, None]
    found = fit_evidence(u, B, score, -3.0 * u.sum(axis=1) - 4.0 * B)
    np.testing.assert_allclose(found.D, [[3 * 3.0**2 / 2.0]], rtol=1e-10)


def test_the_fit_is_least_squares_but_for_its_standard_error() -> None:
    """Against a jackknife by hand, that leaves out a tenth of a chain at a time and fits again."""
    u = np.random.default_rng(1).normal(size=(300, 4))
    score = 0.5 - np.tanh(u) + np.random.default_rng(2).normal(size=u.shape)
    for group, found in enumerate(information(u, score)):
        slope = -np.polyfit(u[:, group], score[:, group], 1)[0]
        again = []
        for batch in range(30):
            kept = np.arange(300) // 10 != batch
            again.append(-np.polyfit(u[kept, group], score[kept, group], 1)[0])
        variance = np.square(np.array(again) - slope).sum()
        # 300 draws, of which a mean and a slope have taken two.
        np.testing.assert_allclose(1.0 - found / slope, variance / slope**2 * 300 / 298, rtol=1e-9)


@pytest.mark.parametrize(
    ("score", "curvature"),
    [
        (lambda u: 1.0 - expit(u), lambda u: expit(u) * expit(-u)),
        (lambda u: 20.0 * (1.0 - expit(u)), lambda u: 20.0 * expit(u) * expit(-u)),
        (lambda u: 3.0 - np.exp(u), np.exp),
        (lambda u: -np.exp(u), np.exp),
    ],
    ids=["one Bernoulli", "separated", "Poisson", "zero count"],
)
@pytest.mark.parametrize("tau", [0.1, 1.0])
def test_score_matching_against_quadrature(score: Any, curvature: Any, tau: float) -> None:
    """For normal draws the divergence is least at H = E[curvature] (Stein's lemma), here by Gauss-Hermite."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(100)
    best = weights @ curvature(tau * nodes) / weights.sum()
    u = tau * np.random.default_rng(1).normal(size=(4000, 50))
    found = information(u, score(u))
    error = found.std() / np.sqrt(50)
    # Five standard errors of a mean over 50 groups, and biases of the order of a squared standard error.
    assert abs(found.mean() - best) < 5 * error + 3 * found.var() / best
    assert found.std() < 0.2 * best


def test_scores_that_are_noise_leave_little() -> None:
    """Half the slopes are negative, and of the others two in three within a standard error of zero: 1 - 0.16 = 0.84."""
    rng = np.random.default_rng(1)
    u, score = rng.normal(size=(300, 2000)), rng.normal(size=(300, 2000))
    found = information(u, score)
    # A binomial share of 2000 has a standard error of 0.008; the jackknife and its 30 batches move it a little.
    assert abs((found == 0.0).mean() - 0.84) < 0.04
    slopes = [np.polyfit(u[:, k].ravel(), score[:, k].ravel(), 1)[0] for k in range(u.shape[1])]
    kept_by_clipping = np.maximum(-np.array(slopes), 0.0).mean()
    assert found.mean() < 0.6 * kept_by_clipping


@pytest.mark.parametrize("location", [0.0, 1e3])
def test_without_data_there_is_none(location: float) -> None:
    """Scores are then the rounding of two terms of size v / scale, for a scale that ranges over orders of magnitude."""
    rng = np.random.default_rng(1)
    scale, v = np.exp(2.0 * rng.normal(size=(300, 200))), rng.normal(size=(300, 200))
    u = location + scale * v
    score = -v / scale + (u - location) / scale**2
    assert np.any(score != 0.0)
    np.testing.assert_array_equal(information(u, score), 0.0)


def test_a_draw_far_out_does_not_decide() -> None:
    u = np.random.default_rng(1).normal(size=(300, 2))
    score = -2.0 * u
    u[7, 0], score[7, 0] = 1e6, -1e12
    found = information(u, score)
    assert found[0] == 0.0
    np.testing.assert_allclose(found[1], 2.0, rtol=1e-12)


def test_few_draws_use_the_widest_shared_directions() -> None:
    """Twenty draws and eight shared parameters: three directions, in which there is no more than noise to find."""
    rng = np.random.default_rng(1)
    u, B = rng.normal(size=(20, 50, 1)), rng.normal(size=(20, 8))
    found = fit_evidence(u, B, -2.0 * u + 0.1 * rng.normal(size=u.shape), -B)
    assert np.linalg.matrix_rank(found.D) <= 4
    np.testing.assert_allclose(found.H, 2.0, rtol=0.2)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e200])
@pytest.mark.parametrize("where", range(4))
def test_draws_that_are_not_finite_are_left_out(bad: float, where: int) -> None:
    u, B = pilot(40, 3, 2, 1)
    rng = np.random.default_rng(1)
    arrays = [u, B, rng.normal(size=u.shape) - u, rng.normal(size=B.shape) - B]
    expected = fit_evidence(*(x[np.arange(40) != 5] for x in arrays))
    arrays[where][5].flat[-1] = bad
    assert fit_evidence(*arrays) == expected


@pytest.mark.parametrize("draws", [0, 1, 2, 3, 4])
def test_too_few_draws_say_nothing(draws: int) -> None:
    u, B = pilot(draws, 3, 2, 2)
    for x in fields(fit_evidence(u, B, -u, -B)) if draws < 4 else ():
        assert not np.any(x)
    again = np.repeat(np.arange(draws), 50)
    for x in fields(fit_evidence(u[again], B[again], -u[again], -B[again])) if draws < 4 else ():
        assert not np.any(x)


def test_effects_that_do_not_move_say_nothing() -> None:
    u, B = pilot(40, 3, 2, 1)
    u[:, 1, 0] = 4.0
    found = fit_evidence(u, B, -2.0 * u, -B)
    np.testing.assert_allclose(found.H[0], 2.0 * np.eye(2), atol=1e-9)
    np.testing.assert_allclose(found.H[1], [[0.0, 0.0], [0.0, 2.0]], atol=1e-9)


@pytest.mark.parametrize(
    ("shapes", "culprit"),
    [
        (((9, 3), (9, 1), (9, 3), (9, 1)), "u has dims"),
        (((9, 3, 1), (8, 1), (9, 3, 1), (8, 1)), "the same draws"),
        (((9, 3, 1), (9, 1), (9, 3, 2), (9, 1)), "score must have shape"),
        (((9, 3, 1), (9, 1), (9, 3, 1), (9, 2)), "shared_score must have shape"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(shapes: Any, culprit: str) -> None:
    with pytest.raises(uf.errors.InvalidArgumentError, match=f"fit_evidence: .*{culprit}|fit_evidence: {culprit}"):
        fit_evidence(*(np.zeros(shape) for shape in shapes))


@pytest.mark.parametrize("seed", range(40))
def test_what_is_fitted_is_an_information_in_all_directions_together(seed: int) -> None:
    """Evidence refuses what is not; here with shared parameters nearly collinear, in units far apart, or few draws."""
    rng = np.random.default_rng(seed)
    draws, groups, effects, width = int(rng.integers(5, 80)), int(rng.integers(1, 6)), int(rng.integers(1, 3)), 4
    shared = rng.normal(size=(draws, width))
    shared[:, 1] = shared[:, 0] + 10.0 ** -rng.integers(1, 9) * shared[:, 1]
    shared *= 10.0 ** rng.integers(-8, 8, size=width)
    u = rng.normal(size=(draws, groups, effects)) * 10.0 ** rng.integers(-6, 6)
    # A normal likelihood of everything, as informative on the effects as on the shared parameters, and some noise.
    design = rng.normal(size=(6, groups * effects + width)) / np.concatenate(
        [np.full(groups * effects, u.std()), shared.std(axis=0)]
    )
    together = np.concatenate([u.reshape(draws, -1), shared], axis=1)
    scores = -together @ design.T @ design * (1.0 + 0.1 * rng.normal(size=(draws, 1)))
    found = fit_evidence(u, shared, scores[:, :-width].reshape(u.shape), scores[:, -width:])
    assert np.isfinite(found.D).all()


@pytest.mark.parametrize("noise", [0.0, 1e-16, 1e-12])
@pytest.mark.parametrize("seed", range(10))
def test_a_shared_parameter_that_the_data_do_not_touch(seed: int, noise: float) -> None:
    """Draws in which it goes with one that they do, so that rounding leaves a trace of information on it."""
    rng = np.random.default_rng(seed)
    mixing = np.array([[1.0, 0.5, 0.2], [0.0, 1.0, 0.3], [0.0, 0.0, 1.0]])
    u, shared = rng.normal(size=(60, 3, 1)), rng.normal(size=(60, 3)) @ mixing
    score = -(2.0 * (u - 1.0) + shared[:, None, :1])
    shared_score = np.zeros((60, 3))
    shared_score[:, 0] = -(5.0 * shared[:, 0] + u.sum(axis=(1, 2)))
    shared_score[:, 2] = noise * rng.normal(size=60)
    found = fit_evidence(u, shared, score, shared_score)
    np.testing.assert_allclose(found.H.ravel(), 2.0, rtol=1e-9)
    np.testing.assert_allclose(found.D, np.diag([5.0, 0.0, 0.0]), atol=1e-9)
    np.testing.assert_allclose(found.C[:, 0], np.tile([1.0, 0.0, 0.0], (3, 1)), atol=1e-9)
