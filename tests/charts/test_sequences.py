"""The elimination of sequences: the fused operations against dense linear algebra, in Python, numba and JAX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytensor.tensor as pt
import pytest
from tests.charts.evidence_numbers import PY, values_and_gradient

from unfunnel.charts import sequences
from unfunnel.charts.factors import taken_apart
from unfunnel.charts.recurrence import recurrence

EPS = float(np.finfo(float).eps)
MODES = ["NUMBA", "JAX"]


@dataclass(frozen=True)
class Sequences:
    """What an elimination of sequences is given; some steps have no evidence."""

    series: int
    steps: int
    shared: int
    own_scales: bool = False
    has_offset: bool = False
    seed: int = 1
    size_of_scale: float = 1.0
    size_of_evidence: float = 1.0

    @property
    def sizes(self) -> dict[str, int]:
        return {"size": self.series * self.steps, "steps": self.steps, "shared": self.shared}

    def parents(self) -> list[np.ndarray]:
        """numbers, scale, offset, f, S, b0."""
        rng = np.random.default_rng([self.seed, self.series, self.steps, self.shared])
        N, d = self.series * self.steps, self.shared
        H = self.size_of_evidence * np.exp(rng.normal(size=N)) * (rng.uniform(size=N) < 0.7)
        to_shared = rng.normal(size=(N, d))
        E = H[:, None] * to_shared
        D = to_shared.T @ E + self.size_of_evidence * np.eye(d)
        h = H * rng.normal(size=N)
        scale = np.exp(rng.normal(size=(self.series if self.own_scales else 1, 3)))
        scale[:, :2] *= self.size_of_scale
        scale[:, 2] = rng.uniform(-1.0, 1.0, size=len(scale)) if self.seed % 2 else 1.0
        return [
            np.concatenate([h, H, E.ravel(), D.ravel(), rng.normal(size=d)]),
            scale,
            rng.normal(size=(N if self.has_offset else 0, 1)),
            np.array(1.3),
            np.exp(rng.normal(size=d)),
            rng.normal(size=d),
        ]

    def solve_inputs(self) -> list[np.ndarray]:
        """x, y, numbers, scale, offset, f."""
        rng = np.random.default_rng(self.seed)
        return [rng.normal(size=self.series * self.steps), rng.normal(size=self.shared), *self.parents()[:4]]


CASES = [
    Sequences(1, 6, 0),
    Sequences(1, 7, 2, has_offset=True),
    Sequences(3, 4, 1, own_scales=True, has_offset=True),
    Sequences(2, 5, 3, seed=2),
    Sequences(4, 1, 2, own_scales=True),
]


def dense_factors(numbers: Any, scale: Any, f: Any, *, size: int, steps: int, shared: int) -> tuple[Any, ...]:
    """L; the upper triangular U of the precision in units of the prior, ``I + f L' H L = U U'``; and the evidence."""
    blocks = taken_apart(numbers, groups=size, effects=1, shared=shared)
    lag = np.subtract.outer(np.arange(steps), np.arange(steps))
    parts = []
    for k in range(size // steps):
        row = scale[k if scale.type.shape[0] > 1 else 0]
        spread = pt.concatenate([row[:1], pt.repeat(row[1:2], steps - 1)])
        powers = pt.stack([row[2] ** n if n else pt.ones(()) for n in range(steps)])
        parts.append(pt.where(lag >= 0, powers[np.maximum(lag, 0)], 0.0) * spread[None, :])
    L = pt.linalg.block_diag(*parts)
    M = pt.eye(size) + f * L.T @ (blocks.H[:, 0, 0][:, None] * L)
    # The factor from the other end: the steps in reverse order.
    return L, pt.linalg.cholesky(M[::-1, ::-1], lower=True)[::-1, ::-1], blocks


def dense_solve(x: Any, y: Any, numbers: Any, scale: Any, offset: Any, f: Any, **sizes: int) -> tuple[Any, ...]:
    L, U, blocks = dense_factors(numbers, scale, f, **sizes)
    r = f * (blocks.h[:, 0] - blocks.E[:, 0] @ y)
    if offset.type.shape[0]:
        r = r - f * blocks.H[:, 0, 0] * offset[:, 0]
    inverse = pt.linalg.inv(U)
    v = inverse.T @ (x + inverse @ (L.T @ r))
    return v, L @ v, -pt.log(pt.diagonal(U))


def dense_factor(numbers: Any, scale: Any, offset: Any, f: Any, S: Any, b0: Any, **sizes: int) -> tuple[Any, Any]:
    L, U, blocks = dense_factors(numbers, scale, f, **sizes)
    r, E = blocks.h[:, 0], blocks.E[:, 0]
    b = f * blocks.g
    if offset.type.shape[0]:
        r, b = r - blocks.H[:, 0, 0] * offset[:, 0], b - f * E.T @ offset[:, 0]
    inverse = pt.linalg.inv(U)
    whitened, pulled = inverse @ L.T @ E, inverse @ (L.T @ r)
    P, b = f * blocks.D - f**2 * whitened.T @ whitened, b - f**2 * whitened.T @ pulled
    factor = pt.linalg.cholesky(pt.eye(sizes["shared"]) + S[:, None] * P * S[None, :], lower=True)
    return factor, pt.linalg.inv(factor) @ (S * (b - P @ b0))


def agree(one: list[np.ndarray], other: list[np.ndarray], tolerance: float) -> None:
    for mine, reference in zip(one, other, strict=True):
        assert np.shape(mine) == np.shape(reference)
        size = np.max(np.abs(reference), initial=0.0)
        np.testing.assert_allclose(mine, reference, rtol=0.0, atol=tolerance * size)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_against_dense_algebra(case: Sequences) -> None:
    arrays = case.solve_inputs()
    agree(
        *[values_and_gradient(of, arrays, {2}, **case.sizes) for of in (sequences.sequence_solve, dense_solve)], 1e-11
    )
    if case.shared:
        arrays = case.parents()
        of = [values_and_gradient(of, arrays, {0}, **case.sizes) for of in (sequences.sequence_factor, dense_factor)]
        agree(*of, 1e-11)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", CASES[1:3], ids=str)
def test_numba_and_jax(case: Sequences, mode: str) -> None:
    if mode == "JAX":
        pytest.importorskip("jax")
    of = [values_and_gradient(sequences.sequence_solve, case.solve_inputs(), {2}, m, **case.sizes) for m in (mode, PY)]
    agree(*of, 1e-13)
    of = [values_and_gradient(sequences.sequence_factor, case.parents(), {0}, m, **case.sizes) for m in (mode, PY)]
    agree(*of, 1e-12)


@pytest.mark.parametrize("mode", [*MODES, PY], ids=[*MODES, "PY"])
def test_the_recurrence(mode: Any) -> None:
    if mode == "JAX":
        pytest.importorskip("jax")
    rng = np.random.default_rng(1)
    a, b = rng.uniform(-1.0, 1.0, size=5), rng.normal(size=5)
    a[3] = 0.0

    def dense(a: Any, b: Any) -> list[Any]:
        rows = [b[0]]
        for t in range(1, 5):
            rows.append(a[t] * rows[-1] + b[t])
        return [pt.stack(rows)]

    of = [values_and_gradient(o, [a, b], set(), m) for o, m in ((lambda *p: [recurrence(*p)], mode), (dense, PY))]
    agree(*of, 1e-14)


@pytest.mark.parametrize("size_of_scale", [1e-8, 1e8])
@pytest.mark.parametrize("size_of_evidence", [0.0, 1e10])
def test_extremes_are_finite(size_of_scale: float, size_of_evidence: float) -> None:
    case = Sequences(1, 6, 2, size_of_scale=size_of_scale, size_of_evidence=size_of_evidence)
    for operation, arrays in (
        (sequences.sequence_solve, case.solve_inputs()),
        (sequences.sequence_factor, case.parents()),
    ):
        found = values_and_gradient(
            operation, arrays, {2 if operation is sequences.sequence_solve else 0}, **case.sizes
        )
        assert all(np.isfinite(part).all() for part in found)
