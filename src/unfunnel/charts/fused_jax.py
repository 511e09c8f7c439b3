"""The fused operations for JAX; importing this imports JAX, and registers them with PyTensor.

Forward they are written in `jax.numpy`; the pullbacks are JAX's own derivatives of that. Loops of fixed length over
effects are unrolled, that over shared parameters is one loop of JAX's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from pytensor.link.jax.dispatch.basic import jax_funcify

from unfunnel.charts.block import SCALAR, Block, BlockPullback
from unfunnel.charts.cholesky_jax import cholesky, raised
from unfunnel.charts.factors import Numbers, taken_apart
from unfunnel.charts.fused import (
    EffectsSolve,
    EffectsSolvePullback,
    Primal,
    Pullback,
    SharedFactor,
    SharedFactorPullback,
    SharedSolve,
    SharedSolvePullback,
)
from unfunnel.charts.sequences import SequenceFactor, SequenceFactorPullback, SequenceSolve, SequenceSolvePullback
from unfunnel.charts.sequences_jax import sequence_factor, sequence_solve


def shared_factor(operation: SharedFactor) -> Callable[..., Any]:
    """Give R, w, P and b."""

    def forward(numbers: Any, scale: Any, offset: Any, f: Any, S: Any, b0: Any) -> Any:
        blocks = taken_apart(numbers, groups=operation.groups, effects=operation.effects, shared=operation.shared)
        L = _prior_factor(scale, operation.groups, operation.effects)
        R = _group_factor(L, blocks.H, f)
        whitened = _solve_lower(R, jnp.einsum("kba,kbi->kai", L, blocks.E))
        pulled = _solve_lower(R, jnp.einsum("kba,kb->ka", L, _residual(blocks, offset)))
        P = f * blocks.D - f * f * jnp.einsum("kai,kaj->ij", whitened, whitened)
        b = f * blocks.g - f * f * jnp.einsum("kai,ka->i", whitened, pulled)
        if offset.shape[0]:
            b = b - f * jnp.einsum("kai,ka->i", blocks.E, offset)
        factor = cholesky(jnp.eye(operation.shared) + S[:, None] * P * S[None, :])
        return factor, jax.scipy.linalg.solve_triangular(factor, S * (b - P @ b0), lower=True), P, b

    return forward


def shared_solve(operation: SharedSolve) -> Callable[..., Any]:
    """Give z and log_stretch."""
    start, stop = operation.start, operation.stop

    def forward(x: Any, z_later: Any, R: Any, w: Any) -> Any:
        block = R[start:stop, start:stop]
        target = x + w[start:stop] - R[stop:, start:stop].T @ z_later
        return jax.scipy.linalg.solve_triangular(block, target, lower=True, trans=1), -jnp.log(jnp.diagonal(block))

    return forward


def effects_solve(operation: EffectsSolve) -> Callable[..., Any]:
    """Give v and log_stretch."""
    j = operation.j

    def forward(x: Any, v_later: Any, y: Any, numbers: Any, scale: Any, offset: Any, f: Any) -> Any:
        blocks = taken_apart(numbers, groups=operation.groups, effects=operation.effects, shared=operation.shared)
        L = _prior_factor(scale, operation.groups, operation.effects)
        R = _group_factor(L, blocks.H, f)
        residual = _residual(blocks, offset) - blocks.E @ y
        total = x + _solve_lower(R, f * jnp.einsum("kba,kb->ka", L, residual))[:, j]
        for i in range(j + 1, operation.effects):
            total = total - R[i][j] * v_later[:, i - j - 1]
        return total / R[j][j], -jnp.log(R[j][j])

    return forward


def block(operation: Block) -> Callable[..., Any]:
    """Give z, v and the logarithms of their stretch; the tape stays empty, JAX itself keeps what it needs."""
    sizes = {"groups": operation.groups, "effects": operation.effects, "shared": operation.shared}
    m, s, columns = len(operation.sizes), operation.effects, max(operation.scales, 1)
    tape = operation.output_types([])[-1].shape
    ends = np.cumsum([max(size, 1) for size in operation.sizes])[:-1]

    def parts(whole: Any) -> list[Any]:
        pieces = zip(jnp.split(whole, ends), operation.sizes, strict=True)
        return [piece[0] if size == SCALAR else piece for piece, size in pieces] if m else []

    def forward(*inputs: Any) -> tuple[Any, ...]:
        numbers, offset, f, S, b0 = inputs[m + s], *inputs[m + s + 1 + columns :]
        columns_given = inputs[m + s + 1 : m + s + 1 + columns]
        scale = jnp.stack(columns_given)[None, :] if operation.scales else columns_given[0]
        x_shared = jnp.concatenate([jnp.zeros(0), *(jnp.atleast_1d(x) for x in inputs[:m])])
        R, w, _, _ = shared_factor(SharedFactor(**sizes))(numbers, scale, offset, f, S, b0)
        z, z_stretch = shared_solve(SharedSolve(0, operation.shared))(x_shared, jnp.zeros(0), R, w)
        y, v = b0 + S * z, jnp.zeros((operation.groups, 0))
        stretches: list[Any] = []
        for j in range(s - 1, -1, -1):
            found, stretch = effects_solve(EffectsSolve(**sizes, j=j))(inputs[m + j], v, y, numbers, scale, offset, f)
            v, stretches = jnp.concatenate([found[:, None], v], axis=1), [stretch, *stretches]
        return *parts(z), *parts(z_stretch), *v.T, *stretches, jnp.zeros(tape)

    return forward


TWINS: dict[type[Primal], Callable[..., Any]] = {
    Block: block,
    SharedFactor: shared_factor,
    SharedSolve: shared_solve,
    EffectsSolve: effects_solve,
    SequenceFactor: sequence_factor,
    SequenceSolve: sequence_solve,
}


@jax_funcify.register(Block)
@jax_funcify.register(SharedFactor)
@jax_funcify.register(SharedSolve)
@jax_funcify.register(EffectsSolve)
@jax_funcify.register(SequenceFactor)
@jax_funcify.register(SequenceSolve)
def forward_twin(operation: Primal, **arguments: Any) -> Callable[..., Any]:
    """The operation as a function of JAX arrays."""
    forward = TWINS[type(operation)](operation)
    return lambda *inputs: forward(*map(_double, inputs))


@jax_funcify.register(BlockPullback)
@jax_funcify.register(SharedFactorPullback)
@jax_funcify.register(SharedSolvePullback)
@jax_funcify.register(EffectsSolvePullback)
@jax_funcify.register(SequenceFactorPullback)
@jax_funcify.register(SequenceSolvePullback)
def pullback_twin(operation: Pullback, **arguments: Any) -> Callable[..., Any]:
    """The derivative of the operation as a function of JAX arrays."""
    forward = TWINS[type(operation.primal)](operation.primal)
    size = len(operation.primal.connected)

    def pullback(*given: Any) -> Any:
        given = tuple(map(_double, given))
        inputs, cotangents = given[:size], given[(size + len(given)) // 2 :]

        def of_differentiable(*some: Any) -> Any:
            every = list(inputs)
            for position, value in zip(operation.differentiable, some, strict=True):
                every[position] = value
            return forward(*every)

        values, back = jax.vjp(of_differentiable, *(inputs[i] for i in operation.differentiable))
        return back(tuple(_full(bar, value) for bar, value in zip(cotangents, values, strict=True)))

    return pullback


def _full(bar: Any, value: Any) -> Any:
    """A cotangent in full: that of an output that is not in use comes empty, and one number may stand for all."""
    return jnp.broadcast_to(bar, value.shape) if bar.size else jnp.zeros_like(value)


def _double(array: Any) -> Any:
    """PyTensor hands scalar constants over as Python numbers."""
    return jnp.asarray(array, dtype="float64")


def _residual(blocks: Numbers, offset: Any) -> Any:
    return blocks.h - jnp.einsum("kab,kb->ka", blocks.H, offset) if offset.shape[0] else blocks.h


def _prior_factor(scale: Any, groups: int, effects: int) -> Any:
    """``L_k``, from standard deviations or from a packed triangle; dims (group, effect, effect)."""
    rows, columns = np.tril_indices(effects) if scale.shape[1] > effects else 2 * (np.arange(effects),)
    whole = jnp.zeros((scale.shape[0], effects, effects)).at[:, rows, columns].set(scale)
    return jnp.broadcast_to(whole, (groups, effects, effects))


def _group_factor(L: Any, H: Any, f: Any) -> list[list[Any]]:
    """Lower triangle of ``R_k``: for every pair of effects a vector over groups."""
    information = jnp.einsum("kba,kbc,kci->kai", L, H, L)
    R: list[list[Any]] = [[] for _ in range(L.shape[1])]
    for i in range(len(R)):
        for a in range(i, len(R)):
            total = float(a == i) + f * information[:, a, i]
            for b in range(i):
                total = total - R[a][b] * R[i][b]
            R[a].append(jnp.sqrt(raised(total)) if a == i else total / R[i][i])
    return R


def _solve_lower(R: list[list[Any]], right: Any) -> Any:
    """``R_k⁻¹`` applied to (K, s) or (K, s, d)."""
    solved: list[Any] = []
    for i in range(len(R)):
        row = [entry[:, None] if right.ndim == 3 else entry for entry in R[i]]
        total = right[:, i]
        for j in range(i):
            total = total - row[j] * solved[j]
        solved.append(total / row[i])
    return jnp.stack(solved, axis=1)
