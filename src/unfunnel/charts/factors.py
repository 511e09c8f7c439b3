"""Gaussian elimination given the scales, as plain graphs: the reference that the fused operations are held to.

There are K groups with s effects each (an intercept, or an intercept and a slope) and d shared parameters. The
evidence is one flat vector, `numbers`, laid out ``[h (K, s) | H (K, s, s) | E (K, s, d) | D (d, d) | g (d)]``. With
``L_k`` the lower triangular factor of the effects' prior covariance, ``c_k`` their offset and ``f`` the noise factor,

    M_k = I + f L_k' H_k L_k = R_k R_k'       V_k = L_k M_k⁻¹ L_k'
    P   = f D - f² Σ_k E_k' V_k E_k           b   = f g - f Σ_k E_k' (c_k + f V_k (h_k - H_k c_k))
    P_z = I + S P S = R R'                    w   = R⁻¹ S (b - P b_0)

where the shared parameters are ``y = b_0 + S z``. ``L_k`` comes as `scale`, with a column for each standard deviation
where it is diagonal, or else packed row by row, ``[L_00 | L_10 | L_11 | L_20 | ...]``.

In exact arithmetic no pivot of ``M_k`` and ``P_z`` is below 1. The pivots of ``M_k`` are kept above 1/2 here, as in the
kernels; those of ``P_z`` only in the kernels, because unrolling a factorisation over d would make a graph too large:
here a matrix without a factor gives NaN.

References
----------
Osmundsen, K., Kleppe, T. and Liesenfeld, R. (2021), Importance sampling-based transport map Hamiltonian Monte Carlo.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np
import pytensor.tensor as pt

PIVOT_FLOOR = 0.5
"""No pivot is taken to be smaller: in exact arithmetic they are at least 1, so it is rounding that made it so."""


class Numbers(NamedTuple):
    """The evidence, taken apart; `H` and `D` are symmetric."""

    h: Any
    H: Any
    E: Any
    D: Any
    g: Any


def taken_apart(numbers: Any, *, groups: int, effects: int, shared: int) -> Numbers:
    """The five blocks of the flat vector of evidence, a graph's or an array's."""
    shapes = (
        (groups, effects),
        (groups, effects, effects),
        (groups, effects, shared),
        (shared, shared),
        (shared,),
    )
    blocks, start = [], 0
    for shape in shapes:
        stop = start + prod(shape)
        blocks.append(numbers[start:stop].reshape(shape))
        start = stop
    return Numbers(*blocks)


def shared_factor(
    numbers: Any, scale: Any, offset: Any, f: Any, S: Any, b0: Any, *, groups: int, effects: int, shared: int
) -> tuple[Any, Any]:
    """Factor ``R`` (d, d) and shift ``w`` (d,) of the shared parameters, the effects integrated out.

    `scale` is (n, s) or (n, s (s + 1) / 2) with a static n of 1 or K, `offset` (n_c, s) with a static n_c of 0 or K,
    `f` a scalar, `S` and `b0` (d,).
    """
    blocks = taken_apart(numbers, groups=groups, effects=effects, shared=shared)
    L = prior_factor(scale, effects)
    R = _group_factor(L, blocks.H, f)
    residual = _residual(blocks, offset)
    whitened = _solve_lower(R, _pulled(L, [blocks.E[:, a] for a in range(effects)]))
    pulled = _solve_lower(R, _pulled(L, residual))
    P, b = f * blocks.D, f * blocks.g
    for a in range(effects):
        P = P - pt.sqr(f) * whitened[a].T @ whitened[a]
        b = b - pt.sqr(f) * whitened[a].T @ pulled[a]
        if offset.type.shape[0] != 0:
            b = b - f * blocks.E[:, a].T @ offset[:, a]
    factor = pt.linalg.cholesky(np.eye(shared) + S[:, None] * P * S[None, :], lower=True)
    return factor, pt.linalg.solve_triangular(factor, S * (b - P @ b0), lower=True, b_ndim=1)


def shared_solve(x: Any, z_later: Any, R: Any, w: Any, *, start: int, stop: int) -> tuple[Any, Any]:
    """Innovations ``z[start:stop]`` of the shared parameters from their coordinate, and the log of the stretch."""
    block = R[start:stop, start:stop]
    target = x + w[start:stop] - R[stop:, start:stop].T @ z_later
    z = pt.linalg.solve_triangular(block, target, lower=True, trans=1, b_ndim=1)
    return z, -pt.log(block.diagonal())


def shared_coordinate(z: Any, z_later: Any, R: Any, w: Any, *, start: int, stop: int) -> Any:
    """The coordinate whose innovations are `z`: the inverse of :func:`shared_solve`."""
    return R[start:stop, start:stop].T @ z + R[stop:, start:stop].T @ z_later - w[start:stop]


def effects_solve(
    x: Any, v_later: Any, y: Any, numbers: Any, scale: Any, offset: Any, f: Any, **sizes: int
) -> tuple[Any, Any]:
    """Standardised effects ``v[:, j]`` (K,) from their coordinate, and the logarithm of the stretch (K,).

    `v_later` (K, s - 1 - j) are the later siblings, `y` (d,) the shared parameters; `sizes` are `groups`, `effects`,
    `shared` and `j`.
    """
    R, pull = _conditional(y, numbers, scale, offset, f, **sizes)
    j = sizes["j"]
    total = x + pull - _later(R, v_later, j)
    return total / R[j][j], -pt.log(pt.broadcast_to(R[j][j], (sizes["groups"],)))


def vectors_solve(
    x: Sequence[Any], y: Any, numbers: Any, scale: Any, offset: Any, f: Any, **sizes: int
) -> tuple[list[Any], list[Any]]:
    """All effects of every group at once: v (K,) of each from their coordinates, and the logarithms of the stretch."""
    groups, effects = sizes["groups"], sizes["effects"]
    R, pull = _every_conditional(y, numbers, scale, offset, f, **sizes)
    v: list[Any] = effects * [None]
    for j in range(effects - 1, -1, -1):
        v[j] = (x[j] + pull[j] - sum(R[i][j] * v[i] for i in range(j + 1, effects))) / R[j][j]
    return v, [-pt.log(pt.broadcast_to(R[j][j], (groups,))) for j in range(effects)]


def vectors_coordinate(
    v: Sequence[Any], y: Any, numbers: Any, scale: Any, offset: Any, f: Any, **sizes: int
) -> list[Any]:
    """The coordinates whose standardised effects are `v`: the inverse of :func:`vectors_solve`."""
    R, pull = _every_conditional(y, numbers, scale, offset, f, **sizes)
    return [sum(R[i][j] * v[i] for i in range(j, len(R))) - pull[j] for j in range(len(R))]


def _conditional(
    y: Any, numbers: Any, scale: Any, offset: Any, f: Any, *, groups: int, effects: int, shared: int, j: int
) -> tuple[list[list[Any]], Any]:
    """``R_k``, and element j of ``R_k⁻¹ L_k' f (h_k - H_k c_k - E_k y)``."""
    R, pull = _every_conditional(y, numbers, scale, offset, f, groups=groups, effects=effects, shared=shared)
    return R, pull[j]


def _every_conditional(
    y: Any, numbers: Any, scale: Any, offset: Any, f: Any, *, groups: int, effects: int, shared: int
) -> tuple[list[list[Any]], list[Any]]:
    """The same, all elements of it."""
    blocks = taken_apart(numbers, groups=groups, effects=effects, shared=shared)
    L = prior_factor(scale, effects)
    R = _group_factor(L, blocks.H, f)
    residual = _residual(blocks, offset)
    if shared:
        residual = [residual[a] - blocks.E[:, a] @ y for a in range(effects)]
    return R, _solve_lower(R, [f * pulled for pulled in _pulled(L, residual)])


def is_packed(scale: Any, effects: int) -> bool:
    """Whether scales are a packed triangle, and not standard deviations; of one effect the two are the same."""
    return int(scale.type.shape[1]) != effects


def prior_factor(scale: Any, effects: int) -> list[list[Any]]:
    """Lower triangle of ``L_k``: for every pair of effects a vector over groups, or None for nothing but zeros."""
    if is_packed(scale, effects):
        return [[scale[:, a * (a + 1) // 2 + e] for e in range(a + 1)] for a in range(effects)]
    return [[*a * [None], scale[:, a]] for a in range(effects)]


def _pulled(L: list[list[Any]], right: list[Any]) -> list[Any]:
    """``L_k'`` applied to vectors (K,) or matrices (K, d), one for each effect."""

    def entry(b: int, a: int) -> Any:
        return L[b][a][:, None] if right[b].type.ndim == 2 else L[b][a]

    effects = range(len(L))
    return [sum(entry(b, a) * right[b] for b in effects if b >= a and L[b][a] is not None) for a in effects]


def _residual(blocks: Numbers, offset: Any) -> list[Any]:
    """``h_k - H_k c_k``, effect by effect."""
    effects = range(blocks.h.type.shape[1])
    if offset.type.shape[0] == 0:
        return [blocks.h[:, a] for a in effects]
    return [blocks.h[:, a] - (blocks.H[:, a] * offset).sum(axis=1) for a in effects]


def _group_factor(L: list[list[Any]], H: Any, f: Any) -> list[list[Any]]:
    """Lower triangle of ``R_k``: for every pair of effects a vector over groups."""
    effects = range(len(L))
    R: list[list[Any]] = [[] for _ in L]
    for i in effects:
        # Column i of H L, and with L' before it of the information in units of the prior.
        column = [sum(H[:, a, b] * L[b][i] for b in effects if b >= i and L[b][i] is not None) for a in effects]
        information = _pulled(L, column)
        for a in range(i, len(L)):
            total = float(a == i) + f * information[a] - sum(R[a][b] * R[i][b] for b in range(i))
            R[a].append(pt.sqrt(pt.switch(total < PIVOT_FLOOR, PIVOT_FLOOR, total)) if a == i else total / R[i][i])
    return R


def _solve_lower(R: list[list[Any]], right: list[Any]) -> list[Any]:
    """``R_k⁻¹`` applied to vectors (K,) or matrices (K, d), one for each effect."""
    solved: list[Any] = []
    for i, target in enumerate(right):
        row = [entry[:, None] if target.ndim == 2 else entry for entry in R[i][: i + 1]]
        solved.append((target - sum(row[j] * solved[j] for j in range(i))) / row[i])
    return solved


def _later(R: list[list[Any]], v_later: Any, j: int) -> Any:
    """What the later siblings take away from the coordinate of effect j."""
    return sum(R[i][j] * v_later[:, i - j - 1] for i in range(j + 1, len(R)))
