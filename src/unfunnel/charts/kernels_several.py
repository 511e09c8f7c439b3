"""A block with any number of effects per group, several groups at a time, compiled by numba.

Groups are taken in bundles of `LANES`, which lie along the last axis of every working array; the last bundle is filled
up with groups of which nothing is known. The names are those of `kernels_block.py`. For every bundle `kept` has R, q
and W.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts.block import LANES
from unfunnel.charts.factors import PIVOT_FLOOR
from unfunnel.charts.kernels import floored, kernel
from unfunnel.charts.kernels_logarithms import logarithms


@kernel
def of_bundle(kept: Any, bundle: int, effects: int, shared: int) -> Any:
    """R (s, s, lanes), q (s, lanes) and W (s, d, lanes) of a bundle."""
    size = effects * (effects + 1 + shared) * LANES
    first, second = effects * effects * LANES, effects * (effects + 1) * LANES
    own = kept[bundle * size : (bundle + 1) * size]
    return (
        own[:first].reshape((effects, effects, LANES)),
        own[first:second].reshape((effects, LANES)),
        own[second:].reshape((effects, shared, LANES)),
    )


@kernel
def load(
    h_all: Any,
    H_all: Any,
    E_all: Any,
    scale: Any,
    offset: Any,
    first: int,
    count: int,
    L: Any,
    H: Any,
    E: Any,
    c: Any,
    r: Any,
) -> None:
    """Fill L, H, E, c and ``r = h - H c`` of a bundle; lanes beyond its groups get no evidence and a scale of 1."""
    effects, shared = E.shape[0], E.shape[1]
    full = scale.shape[1] > effects
    stride = 0 if scale.shape[0] == 1 else 1
    for a in range(effects):
        for e in range(a + 1):
            if full or a == e:
                column = a * (a + 1) // 2 + e if full else a
                for k in range(count):
                    L[a, e, k] = scale[stride * (first + k), column]
                for k in range(count, LANES):
                    L[a, e, k] = 1.0 if a == e else 0.0
            else:
                for k in range(LANES):
                    L[a, e, k] = 0.0
        for k in range(LANES):
            L[a, a, k] = floored(L[a, a, k])
        for e in range(effects):
            for k in range(count):
                H[a, e, k] = H_all[first + k, a, e]
            for k in range(count, LANES):
                H[a, e, k] = 0.0
        for i in range(shared):
            for k in range(count):
                E[a, i, k] = E_all[first + k, a, i]
            for k in range(count, LANES):
                E[a, i, k] = 0.0
        for k in range(count):
            r[a, k] = h_all[first + k, a]
        for k in range(count, LANES):
            r[a, k] = 0.0
    if offset.shape[0] == 0:
        return
    for a in range(effects):
        for k in range(count):
            c[a, k] = offset[first + k, a]
        for k in range(count, LANES):
            c[a, k] = 0.0
    for a in range(effects):
        for e in range(effects):
            for k in range(LANES):
                r[a, k] -= H[a, e, k] * c[e, k]


@kernel
def to_shared(h: Any, H_all: Any, E_all: Any, scale: Any, offset: Any, f: float, P: Any, b: Any, kept: Any) -> None:
    """Fill R, q and W of every bundle, and what the groups contribute to P (lower triangle) and b."""
    groups, effects, shared = E_all.shape
    full, has_offset = scale.shape[1] > effects, offset.shape[0] > 0
    L, H = np.empty((effects, effects, LANES)), np.empty((effects, effects, LANES))
    E, c, r = np.empty((effects, shared, LANES)), np.empty((effects, LANES)), np.empty((effects, LANES))
    product = np.empty(LANES)
    for bundle in range((groups + LANES - 1) // LANES):
        first = bundle * LANES
        count = min(LANES, groups - first)
        root, q, W = of_bundle(kept, bundle, effects, shared)
        load(h, H_all, E_all, scale, offset, first, count, L, H, E, c, r)
        information(L, H, f, full, product, root)
        for a in range(effects):
            for k in range(LANES):
                root[a, a, k] += 1.0
        _factorise(root)
        for a in range(effects):
            last = effects if full else a + 1
            for k in range(LANES):
                q[a, k] = L[a, a, k] * r[a, k]
            for e in range(a + 1, last):
                for k in range(LANES):
                    q[a, k] += L[e, a, k] * r[e, k]
            for i in range(shared):
                for k in range(LANES):
                    W[a, i, k] = L[a, a, k] * E[a, i, k]
                for e in range(a + 1, last):
                    for k in range(LANES):
                        W[a, i, k] += L[e, a, k] * E[e, i, k]
        for a in range(effects):
            for e in range(a):
                for k in range(LANES):
                    q[a, k] -= root[a, e, k] * q[e, k]
                for i in range(shared):
                    for k in range(LANES):
                        W[a, i, k] -= root[a, e, k] * W[e, i, k]
            for k in range(LANES):
                product[k] = 1.0 / root[a, a, k]
            for k in range(LANES):
                q[a, k] *= product[k]
            for i in range(shared):
                for k in range(LANES):
                    W[a, i, k] *= product[k]
        for a in range(effects):
            for i in range(shared):
                total = 0.0
                for k in range(LANES):
                    total += W[a, i, k] * q[a, k]
                b[i] -= f * f * total
                if has_offset:
                    total = 0.0
                    for k in range(LANES):
                        total += E[a, i, k] * c[a, k]
                    b[i] -= f * total
                for j in range(i + 1):
                    total = 0.0
                    for k in range(LANES):
                        total += W[a, i, k] * W[a, j, k]
                    P[i, j] -= f * f * total


@kernel
def information(L: Any, H: Any, f: float, full: bool, product: Any, out: Any) -> None:
    """Fill the lower triangle of ``f L' H L``."""
    effects = L.shape[0]
    for b in range(effects):
        for a in range(b, effects):
            for k in range(LANES):
                out[a, b, k] = 0.0
        for e in range(effects):
            # Row e of H L, in column b.
            for k in range(LANES):
                product[k] = H[e, b, k] * L[b, b, k]
            for d in range(b + 1, effects if full else b + 1):
                for k in range(LANES):
                    product[k] += H[e, d, k] * L[d, b, k]
            for a in range(b, (e + 1) if full else min(e + 1, effects)):
                if full or a == e:
                    for k in range(LANES):
                        out[a, b, k] += f * L[e, a, k] * product[k]


@kernel
def _factorise(R: Any) -> None:
    """Turn lower triangles into their Cholesky factors, in place, pivots below the floor raised to it."""
    for a in range(R.shape[0]):
        for b in range(a + 1):
            for e in range(b):
                for k in range(LANES):
                    R[a, b, k] -= R[a, e, k] * R[b, e, k]
            if b < a:
                for k in range(LANES):
                    R[a, b, k] /= R[b, b, k]
            else:
                for k in range(LANES):
                    R[a, a, k] = np.sqrt(PIVOT_FLOOR if R[a, a, k] < PIVOT_FLOOR else R[a, a, k])


@kernel
def solve_upper(R: Any, x: Any) -> None:
    """Apply R'⁻¹ to vectors (s, lanes), in place."""
    for i in range(x.shape[0] - 1, -1, -1):
        for j in range(i + 1, x.shape[0]):
            for k in range(LANES):
                x[i, k] -= R[j, i, k] * x[j, k]
        for k in range(LANES):
            x[i, k] /= R[i, i, k]


@kernel
def effects(x: Any, y: Any, E: Any, f: float, kept: Any, v: Any, log_stretch: Any) -> None:
    """Fill v, and the logarithm of the stretch, the inverses of R's pivots; effect after effect."""
    groups, effects, shared = E.shape
    t = np.empty((effects, LANES))
    for bundle in range((groups + LANES - 1) // LANES):
        first = bundle * LANES
        count = min(LANES, groups - first)
        root, q, W = of_bundle(kept, bundle, effects, shared)
        for a in range(effects):
            for k in range(LANES):
                t[a, k] = q[a, k]
            for i in range(shared):
                for k in range(LANES):
                    t[a, k] -= W[a, i, k] * y[i]
            for k in range(LANES):
                t[a, k] *= f
            for k in range(count):
                t[a, k] += x[a * groups + first + k]
        solve_upper(root, t)
        for a in range(effects):
            for k in range(count):
                v[a * groups + first + k] = t[a, k]
            for k in range(count):
                log_stretch[a * groups + first + k] = 1.0 / root[a, a, k]
    logarithms(log_stretch.copy(), log_stretch, 1.0)
