"""The reference against dense linear algebra: the joint normal of shared parameters and effects, whitened."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pytensor import function
from tests.charts.evidence_numbers import PY, Problem, variables

from unfunnel.charts import factors

EPS = float(np.finfo(float).eps)

PROBLEMS = [
    Problem(3, 1, 1, own_scales=False, has_offset=False),
    Problem(4, 1, 3, own_scales=True, has_offset=True),
    Problem(3, 2, 2, own_scales=False, has_offset=True),
    Problem(3, 3, 4, own_scales=True, has_offset=False),
]


def chart(problem: Problem) -> Any:
    """From a coordinate to (z, v), log|J| and the coordinate again; the shared parameters in two blocks."""
    K, s, d = problem.groups, problem.effects, problem.shared
    coordinate, *parents = variables([np.zeros(d + K * s), *problem.parents()])
    numbers, scale, offset, f, S, b0 = parents
    R, w = factors.shared_factor(*parents, **problem.sizes)
    z, middle = coordinate[d:d], d // 2
    log_stretch, back = 0.0, []
    for start, stop in ((middle, d), (0, middle)):
        block, stretch = factors.shared_solve(coordinate[start:stop], z, R, w, start=start, stop=stop)
        back.insert(0, factors.shared_coordinate(block, z, R, w, start=start, stop=stop))
        z, log_stretch = factors.pt.concatenate([block, z]), log_stretch + stretch.sum()
    y, rest, v = b0 + S * z, coordinate[d:].reshape((K, s)), coordinate[d:].reshape((K, s))[:, :0]
    parents_of_effects = (y, numbers, scale, offset, f)
    for j in reversed(range(s)):
        column, stretch = factors.effects_solve(rest[:, j], v, *parents_of_effects, **problem.sizes, j=j)
        v, log_stretch = factors.pt.concatenate([column[:, None], v], axis=1), log_stretch + stretch.sum()
    again = factors.vectors_coordinate([v[:, j] for j in range(s)], *parents_of_effects, **problem.sizes)
    back.append(factors.pt.stack(again, axis=1).ravel())
    outputs = [factors.pt.concatenate([z, v.ravel()]), log_stretch, factors.pt.concatenate(back)]
    made = function([coordinate, *parents], outputs, mode=PY, on_unused_input="ignore")
    return lambda x: made(x, *problem.parents())


def joint(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Precision of (z, v) and its product with their mean, from the model and nothing else."""
    K, s, d = problem.groups, problem.effects, problem.shared
    numbers, scale, offset, f, S, b0 = problem.parents()
    blocks = factors.taken_apart(numbers, **problem.sizes)
    L = np.broadcast_to(scale, (K, s))
    c = offset if problem.has_offset else np.zeros((K, s))
    precision, pull = np.eye(d + K * s), np.zeros(d + K * s)
    precision[:d, :d] += f * S[:, None] * blocks.D * S
    pull[:d] = f * S * (blocks.g - np.einsum("kai,ka->i", blocks.E, c) - blocks.D @ b0)
    for k in range(K):
        own = slice(d + k * s, d + (k + 1) * s)
        precision[own, own] += f * L[k][:, None] * blocks.H[k] * L[k]
        precision[own, :d] = f * L[k][:, None] * blocks.E[k] * S
        precision[:d, own] = precision[own, :d].T
        pull[own] = f * L[k] * (blocks.h[k] - blocks.H[k] @ c[k] - blocks.E[k] @ b0)
    return precision, pull


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_the_joint_normal_is_whitened(problem: Problem) -> None:
    mapped, (precision, pull) = chart(problem), joint(problem)
    size = len(pull)
    origin, log_stretch, _ = mapped(np.zeros(size))
    jacobian = np.stack([mapped(unit)[0] - origin for unit in np.eye(size)], axis=1)
    # Roundings grow by the condition number of what is factorised.
    tolerance = 8 * size * EPS * np.linalg.cond(precision)
    assert tolerance < 1e-8
    np.testing.assert_allclose(jacobian.T @ precision @ jacobian, np.eye(size), atol=tolerance)
    np.testing.assert_allclose(precision @ origin, pull, atol=tolerance * np.abs(pull).max())
    np.testing.assert_allclose(log_stretch, np.linalg.slogdet(jacobian)[1], atol=tolerance)


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_forward_takes_back(problem: Problem) -> None:
    x = problem.rng.normal(size=problem.shared + problem.groups * problem.effects)
    tolerance = 64 * EPS * np.sqrt(np.linalg.cond(joint(problem)[0]))
    np.testing.assert_allclose(chart(problem)(x)[2], x, atol=tolerance * np.abs(x).max())
