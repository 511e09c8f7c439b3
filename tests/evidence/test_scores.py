"""Scores are found again in gradients that dense linear algebra takes through the chart, whatever its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy.linalg import block_diag

from unfunnel.evidence import Point, fit_evidence, likelihood_scores

EPS = float(np.finfo(float).eps)
SIZES = [(3, 1, 0), (3, 1, 2), (4, 2, 0), (3, 2, 3), (2, 3, 1)]


@dataclass(frozen=True)
class Chart:
    """A chart with evidence, in deviations and innovations, at some scales: ``q = (v, z) = R⁻ᵀ (x + …)``."""

    H: Any
    E: Any
    D: Any
    scale: Any
    spread: Any
    f: float

    @classmethod
    def random(
        cls, groups: int, effects: int, shared: int, seed: int, strength: float, correlated: bool = False
    ) -> Chart:
        rng = np.random.default_rng(seed)
        rows = rng.normal(size=(groups, effects + shared, effects + 1))
        scale = np.exp(rng.normal(size=(1 if seed % 2 else groups, effects)))
        if correlated:
            row, column = np.tril_indices(effects)
            below = rng.normal(size=(len(scale), row.size))
            scale = scale[:, row] * np.where(row == column, 1.0, below)
        joint = strength * np.einsum("kir,kjr->kij", rows, rows)
        return cls(
            H=joint[:, :effects, :effects],
            E=joint[:, :effects, effects:],
            D=joint[:, effects:, effects:].sum(axis=0),
            scale=scale,
            spread=np.exp(rng.normal(size=shared)),
            f=float(np.exp(rng.normal())),
        )

    @property
    def prior(self) -> Any:
        """From (v, z) to deviations and innovations: block by block, the effects' factor and the spread."""
        K, s = self.H.shape[:2]
        L = np.zeros((len(self.scale), s, s))
        packed = self.scale.shape[1] > s
        index = np.tril_indices(s) if packed else np.diag_indices(s)
        L[:, index[0], index[1]] = self.scale
        return block_diag(*np.broadcast_to(L, (K, s, s)), np.diag(self.spread))

    @property
    def root(self) -> Any:
        """R, the lower triangle of the joint precision of (v, z), effects of a group together."""
        (K, s), d = self.H.shape[:2], self.spread.size
        E = self.E.reshape(K * s, d)
        information = self.f * np.block([[block_diag(*self.H), E], [E.T, self.D]])
        both = self.prior
        return np.linalg.cholesky(np.eye(len(both)) + both.T @ information @ both)

    def point(self, q: Any) -> Point:
        (K, s), d = self.H.shape[:2], self.spread.size
        v, z, R = q[: K * s].reshape(K, s), q[K * s :], self.root[K * s :, K * s :]
        assert R.shape == (d, d)
        return Point(v, self.scale, z, self.spread, R, self.f)

    def found(self, q: Any, scores: Any, shared_scores: Any) -> tuple[Any, Any]:
        """What the scores are taken to be, where these are the true ones."""
        (K, s) = self.H.shape[:2]
        in_q = self.prior.T @ np.concatenate([scores.ravel(), shared_scores]) - q
        gradient = np.linalg.solve(self.root, in_q)
        return likelihood_scores(self.point(q), gradient[: K * s].reshape(K, s), gradient[K * s :], self.H, self.E)


@pytest.mark.parametrize(("groups", "effects", "shared"), SIZES)
@pytest.mark.parametrize("strength", [0.0, 1.0, 1e4])
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("correlated", [False, True])
def test_scores_are_found_whatever_the_evidence(
    groups: int, effects: int, shared: int, strength: float, seed: int, correlated: bool
) -> None:
    chart, rng = Chart.random(groups, effects, shared, seed, strength, correlated), np.random.default_rng(seed)
    q = rng.normal(size=groups * effects + shared)
    scores, shared_scores = rng.normal(size=(groups, effects)), rng.normal(size=shared)
    found = chart.found(q, scores, shared_scores)
    # Both ways solve with R, whose condition number multiplies roundings.
    room = 64 * q.size * EPS * np.linalg.cond(chart.root) ** 2
    assert room < 1e-4
    smallest = min(1.0, np.linalg.svd(chart.prior, compute_uv=False).min())
    np.testing.assert_allclose(found[0], scores, atol=room / smallest)
    np.testing.assert_allclose(found[1], shared_scores, atol=room / smallest)


def test_a_normal_likelihood_is_found_exactly_from_a_chart_with_other_evidence() -> None:
    truth, chart = (Chart.random(3, 2, 2, seed=5, strength=s) for s in (1.0, 7.0))
    rng = np.random.default_rng(3)
    h, g = rng.normal(size=(3, 2)), rng.normal(size=2)
    deviations, innovations, scores, shared_scores = [], [], [], []
    for q in rng.normal(size=(60, 8)):
        dev, y = q[:6].reshape(3, 2) * chart.scale, q[6:] * chart.spread
        score = h - np.einsum("kst,kt->ks", truth.H, dev) - truth.E @ y
        found = chart.found(q, score, g - truth.D @ y - np.einsum("ksd,ks->d", truth.E, dev))
        for values, value in zip((deviations, innovations, scores, shared_scores), (dev, y, *found), strict=True):
            values.append(value)
    evidence = fit_evidence(*map(np.array, (deviations, innovations, scores, shared_scores)))
    for name, expected in {"h": h, "H": truth.H, "C": truth.E, "D": truth.D, "h_B": g}.items():
        np.testing.assert_allclose(getattr(evidence, name), expected, rtol=1e-8, atol=1e-8, err_msg=name)
