"""The elimination of nested levels for JAX; importing this imports JAX, and registers it with PyTensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from pytensor.link.jax.dispatch.basic import jax_funcify

from unfunnel.charts.cholesky_jax import cholesky
from unfunnel.charts.fused_jax import TWINS, forward_twin, pullback_twin
from unfunnel.charts.nested import NestedFactor, NestedFactorPullback, NestedSolve, NestedSolvePullback


def nested_factor(operation: NestedFactor) -> Callable[..., Any]:
    """Give R, w, W, q, F, P and b."""
    levels, total, d = len(operation.sizes), operation.total, operation.shared
    ends = np.cumsum(operation.sizes)

    def forward(numbers: Any, scale: Any, offset: Any, f: Any, S: Any, b0: Any) -> Any:
        h, H, C, parents, slopes, A, D, g = _sections(numbers, levels, total, d)
        tau, c = _of_elements(scale, operation.sizes), offset if offset.shape[0] else jnp.zeros(total)
        W, q, F = f * H, f * h, f * C
        P, b = f * D, f * g
        for level, stop in enumerate(ends):
            at = slice(stop - operation.sizes[level], stop)
            known, coupling, along, taus = W[at], F[at], A[at], tau[at]
            inverse = 1.0 / (1.0 + taus * taus * known)
            pull, spread = (q[at] - known * c[at]) * inverse, taus * taus * inverse
            crossed = (coupling * inverse[:, None]).T @ along
            P = P + (along * (known * inverse)[:, None]).T @ along + crossed + crossed.T
            P = P - (coupling * spread[:, None]).T @ coupling
            b = b + pull @ along - (c[at] * inverse + spread * q[at]) @ coupling
            if level + 1 < levels:
                to = stop + parents[at].astype(int)
                W = W.at[to].add(slopes[at] ** 2 * known * inverse)
                q = q.at[to].add(slopes[at] * pull)
                F = F.at[to].add((slopes[at] * inverse)[:, None] * (coupling + known[:, None] * along))
        R = cholesky(jnp.eye(d) + S[:, None] * P * S[None, :])
        w = jax.scipy.linalg.solve_triangular(R, S * (b - P @ b0), lower=True) if d else jnp.zeros(0)
        return R, w, W, q, F, P, b

    return forward


def nested_solve(operation: NestedSolve) -> Callable[..., Any]:
    """Give v and log_stretch."""
    levels, level, size = operation.levels, operation.level, operation.size

    def forward(x: Any, above: Any, y: Any, numbers: Any, scale: Any, offset: Any, W: Any, q: Any, F: Any) -> Any:
        total, d = F.shape
        _, _, _, parents, slopes, A, _, _ = _sections(numbers, levels, total, d)
        # Where a level begins is known only from the numbers.
        start = numbers[:level].sum().astype(int)

        def own(array: Any) -> Any:
            return jax.lax.dynamic_slice_in_dim(array, start, size)

        tau = scale[level] if scale.shape[0] == levels else own(scale)
        location = own(A) @ y
        if offset.shape[0]:
            location = location + own(offset)
        if above.shape[0]:
            location = location + own(slopes) * above[own(parents).astype(int)]
        M = 1.0 + tau * tau * own(W)
        pull = own(q) - own(F) @ y - own(W) * location
        return x / jnp.sqrt(M) + tau * pull / M, -0.5 * jnp.log(M)

    return forward


def _sections(numbers: Any, levels: int, total: int, d: int) -> list[Any]:
    """All of the flat vector of numbers but the sizes."""
    shapes = [(total,), (total,), (total, d), (total,), (total,), (total, d), (d, d), (d,)]
    ends = levels + np.cumsum([int(np.prod(shape)) for shape in shapes])
    starts = [levels, *ends[:-1]]
    return [numbers[a:b].reshape(shape) for a, b, shape in zip(starts, ends, shapes, strict=True)]


def _of_elements(scale: Any, sizes: tuple[int, ...]) -> Any:
    whole = scale.shape[0] != len(sizes) or sum(sizes) == len(sizes)
    return scale if whole else jnp.repeat(scale, np.asarray(sizes), total_repeat_length=sum(sizes))


TWINS |= {NestedFactor: nested_factor, NestedSolve: nested_solve}
jax_funcify.register(NestedFactor)(forward_twin)
jax_funcify.register(NestedSolve)(forward_twin)
jax_funcify.register(NestedFactorPullback)(pullback_twin)
jax_funcify.register(NestedSolvePullback)(pullback_twin)
