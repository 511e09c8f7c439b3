"""The way back of a block with any number of effects per group, several groups at a time, compiled by numba.

Bundles, names and what is kept are those of `kernels_several.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts.block import LANES
from unfunnel.charts.kernels import LOWEST_ROOT, kernel
from unfunnel.charts.kernels_several import information, load, of_bundle, solve_upper


@kernel
def effects_pullback(
    y: Any,
    h: Any,
    H_all: Any,
    E_all: Any,
    scale: Any,
    offset: Any,
    f: float,
    kept: Any,
    v: Any,
    v_bar: Any,
    stretch_bar: Any,
    x_bar: Any,
    scale_bar: Any,
    offset_bar: Any,
    y_bar: Any,
) -> Any:
    """Back through the effects, given the shared parameters; give the cotangent of f."""
    groups, effects, shared = E_all.shape
    full, has_offset = scale.shape[1] > effects, offset.shape[0] > 0
    L, H = np.empty((effects, effects, LANES)), np.empty((effects, effects, LANES))
    E, c, r = np.empty((effects, shared, LANES)), np.empty((effects, LANES)), np.empty((effects, LANES))
    M_bar, L_bar = np.empty((effects, effects, LANES)), np.empty((effects, effects, LANES))
    u, t_bar = np.empty((effects, LANES)), np.empty((effects, LANES))
    pull, back, product = np.empty((effects, LANES)), np.empty((effects, LANES)), np.empty(LANES)
    f_bar = 0.0
    for bundle in range((groups + LANES - 1) // LANES):
        first = bundle * LANES
        count = min(LANES, groups - first)
        root, q, W = of_bundle(kept, bundle, effects, shared)
        load(h, H_all, E_all, scale, offset, first, count, L, H, E, c, r)
        for a in range(effects):
            for k in range(LANES):
                u[a, k] = 0.0
                t_bar[a, k] = 0.0
            for k in range(count):
                u[a, k] = v[a * groups + first + k]
            if v_bar.size > 1:
                for k in range(count):
                    t_bar[a, k] = v_bar[a * groups + first + k]
            elif v_bar.size == 1:
                for k in range(count):
                    t_bar[a, k] = v_bar[0]
        # t̄ = R⁻¹ v̄ is the cotangent of x.
        for a in range(effects):
            for e in range(a):
                for k in range(LANES):
                    t_bar[a, k] -= root[a, e, k] * t_bar[e, k]
            for k in range(LANES):
                t_bar[a, k] /= root[a, a, k]
            for k in range(count):
                x_bar[a * groups + first + k] = t_bar[a, k]
        # The pull of the evidence is f R⁻¹ L' (r - E y); `back` is the cotangent of what R⁻¹ is applied to.
        for a in range(effects):
            for k in range(LANES):
                pull[a, k] = q[a, k]
            for i in range(shared):
                for k in range(LANES):
                    pull[a, k] -= W[a, i, k] * y[i]
            for k in range(LANES):
                pull[a, k] *= f
                back[a, k] = t_bar[a, k]
            for i in range(shared):
                for k in range(LANES):
                    r[a, k] -= E[a, i, k] * y[i]
        solve_upper(root, back)
        for a in range(effects):
            for e in range(a + 1):
                for k in range(LANES):
                    M_bar[a, e, k] = -back[a, k] * pull[e, k] - u[a, k] * t_bar[e, k]
            if stretch_bar.size > 1:
                for k in range(count):
                    M_bar[a, a, k] -= stretch_bar[a * groups + first + k] / root[a, a, k]
            elif stretch_bar.size == 1:
                for k in range(count):
                    M_bar[a, a, k] -= stretch_bar[0] / root[a, a, k]
        _factorise_pullback(root, M_bar)
        information(L, H, f, full, product, L_bar)
        total = 0.0
        for a in range(effects):
            for e in range(a + 1):
                for k in range(LANES):
                    total += M_bar[a, e, k] * L_bar[a, e, k]
        f_bar += total / f
        _information_pullback(L, H, f, full, M_bar, product, L_bar)
        total = 0.0
        for a in range(effects):
            for e in range(a + 1):
                if full or a == e:
                    for k in range(LANES):
                        total += L[a, e, k] * r[a, k] * back[e, k]
                    for k in range(LANES):
                        L_bar[a, e, k] += f * r[a, k] * back[e, k]
        f_bar += total
        # From here on `pull` is the cotangent of r.
        for a in range(effects):
            for k in range(LANES):
                pull[a, k] = L[a, a, k] * back[a, k]
            if full:
                for e in range(a):
                    for k in range(LANES):
                        pull[a, k] += L[a, e, k] * back[e, k]
            for k in range(LANES):
                pull[a, k] *= f
            for i in range(shared):
                total = 0.0
                for k in range(LANES):
                    total += E[a, i, k] * pull[a, k]
                y_bar[i] -= total
        if has_offset:
            for a in range(effects):
                for k in range(LANES):
                    product[k] = 0.0
                for e in range(effects):
                    for k in range(LANES):
                        product[k] -= H[e, a, k] * pull[e, k]
                for k in range(count):
                    offset_bar[first + k, a] = product[k]
        _add_scales(L_bar, scale, first, count, full, scale_bar)
    return f_bar


@kernel
def _factorise_pullback(R: Any, bar: Any) -> None:
    """As `factorise_pullback` of `kernels.py`, for every lane."""
    size = R.shape[0]
    for a in range(size - 1, -1, -1):
        for i in range(size - 1, a, -1):
            for j in range(a + 1, i + 1):
                for k in range(LANES):
                    bar[i, a, k] -= bar[i, j, k] * R[j, a, k]
                for k in range(LANES):
                    bar[j, a, k] -= bar[i, j, k] * R[i, a, k]
        for j in range(a + 1, size):
            for k in range(LANES):
                bar[j, a, k] /= R[a, a, k]
            for k in range(LANES):
                bar[a, a, k] -= R[j, a, k] * bar[j, a, k]
        for k in range(LANES):
            bar[a, a, k] = 0.0 if R[a, a, k] <= LOWEST_ROOT else 0.5 * bar[a, a, k] / R[a, a, k]


@kernel
def _information_pullback(L: Any, H: Any, f: float, full: bool, M_bar: Any, product: Any, L_bar: Any) -> None:
    """Fill the cotangent of L from that of the lower triangle of ``f L' H L``: ``f H L (M̄ + M̄')``."""
    effects = L.shape[0]
    for a in range(effects):
        for b in range(a + 1):
            for k in range(LANES):
                L_bar[a, b, k] = 0.0
        for e in range(effects):
            # Row a of H L, in column e.
            for k in range(LANES):
                product[k] = H[a, e, k] * L[e, e, k]
            for d in range(e + 1, effects if full else e + 1):
                for k in range(LANES):
                    product[k] += H[a, d, k] * L[d, e, k]
            for b in range(a + 1):
                if full or a == b:
                    high, low = (e, b) if e > b else (b, e)
                    twice = 2.0 * f if e == b else f
                    for k in range(LANES):
                        L_bar[a, b, k] += twice * product[k] * M_bar[high, low, k]


@kernel
def _add_scales(L_bar: Any, scale: Any, first: int, count: int, full: bool, scale_bar: Any) -> None:
    """Add the cotangent of L to that of the scales, which groups may share."""
    for a in range(L_bar.shape[0]):
        for e in range(a + 1):
            if full or a == e:
                column = a * (a + 1) // 2 + e if full else a
                if scale.shape[0] == 1:
                    total = 0.0
                    for k in range(count):
                        total += L_bar[a, e, k]
                    scale_bar[0, column] += total
                else:
                    for k in range(count):
                        scale_bar[first + k, column] += L_bar[a, e, k]


@kernel
def to_shared_pullback(
    h: Any,
    H_all: Any,
    E_all: Any,
    scale: Any,
    offset: Any,
    f: float,
    kept: Any,
    to_P: Any,
    to_b: Any,
    scale_bar: Any,
    offset_bar: Any,
) -> Any:
    """Back through what the groups gave to P and b; give the cotangent of f."""
    groups, effects, shared = E_all.shape
    full, has_offset = scale.shape[1] > effects, offset.shape[0] > 0
    L, H = np.empty((effects, effects, LANES)), np.empty((effects, effects, LANES))
    E, c, r = np.empty((effects, shared, LANES)), np.empty((effects, LANES)), np.empty((effects, LANES))
    Y, G, Q = (
        np.empty((effects, shared, LANES)),
        np.empty((effects, shared, LANES)),
        np.empty((effects, effects, LANES)),
    )
    p, straight = np.empty((effects, LANES)), np.empty((effects, LANES))
    M, product = np.empty((effects, effects, LANES)), np.empty(LANES)
    f_bar = 0.0
    for bundle in range((groups + LANES - 1) // LANES):
        first = bundle * LANES
        count = min(LANES, groups - first)
        root, q, W = of_bundle(kept, bundle, effects, shared)
        load(h, H_all, E_all, scale, offset, first, count, L, H, E, c, r)
        for a in range(effects - 1, -1, -1):
            for k in range(LANES):
                product[k] = 1.0 / root[a, a, k]
            for k in range(LANES):
                p[a, k] = q[a, k]
            for e in range(a + 1, effects):
                for k in range(LANES):
                    p[a, k] -= root[e, a, k] * p[e, k]
            for k in range(LANES):
                p[a, k] *= product[k]
                straight[a, k] = 0.0
            for i in range(shared):
                for k in range(LANES):
                    Y[a, i, k] = W[a, i, k]
                for e in range(a + 1, effects):
                    for k in range(LANES):
                        Y[a, i, k] -= root[e, a, k] * Y[e, i, k]
                for k in range(LANES):
                    Y[a, i, k] *= product[k]
                for k in range(LANES):
                    straight[a, k] += Y[a, i, k] * to_b[i]
        for a in range(effects):
            for j in range(shared):
                for k in range(LANES):
                    G[a, j, k] = Y[a, 0, k] * to_P[0, j]
                for i in range(1, shared):
                    for k in range(LANES):
                        G[a, j, k] += Y[a, i, k] * to_P[i, j]
        for a in range(effects):
            for e in range(a + 1):
                for k in range(LANES):
                    Q[a, e, k] = 0.5 * (straight[a, k] * p[e, k] + p[a, k] * straight[e, k])
                for i in range(shared):
                    for k in range(LANES):
                        Q[a, e, k] += G[a, i, k] * Y[e, i, k]
                if e < a:
                    for k in range(LANES):
                        Q[e, a, k] = Q[a, e, k]
        information(L, H, f, full, product, M)
        total = 0.0
        for a in range(effects):
            for k in range(LANES):
                total += (2.0 + M[a, a, k]) * Q[a, a, k]
            for e in range(a):
                for k in range(LANES):
                    total += 2.0 * M[a, e, k] * Q[a, e, k]
        f_bar -= f * total
        _solve_prior(L, Q, full)
        for a in range(effects):
            for e in range(a + 1):
                for k in range(LANES):
                    Q[a, e, k] *= -2.0 * f * f
        _add_scales(Q, scale, first, count, full, scale_bar)
        if has_offset:
            for a in range(effects):
                for i in range(shared):
                    total = 0.0
                    for k in range(LANES):
                        total += E[a, i, k] * c[a, k]
                    f_bar -= to_b[i] * total
            _solve_prior_vector(L, straight, full)
            for a in range(effects):
                for k in range(count):
                    offset_bar[first + k, a] -= f * straight[a, k]
    return f_bar


@kernel
def _solve_prior(L: Any, Q: Any, full: bool) -> None:
    """Apply ``L'⁻¹`` to matrices (s, s, lanes), in place."""
    for a in range(L.shape[0] - 1, -1, -1):
        for column in range(L.shape[0]):
            if full:
                for e in range(a + 1, L.shape[0]):
                    for k in range(LANES):
                        Q[a, column, k] -= L[e, a, k] * Q[e, column, k]
            for k in range(LANES):
                Q[a, column, k] /= L[a, a, k]


@kernel
def _solve_prior_vector(L: Any, x: Any, full: bool) -> None:
    """Apply ``L'⁻¹`` to vectors (s, lanes), in place."""
    for a in range(L.shape[0] - 1, -1, -1):
        if full:
            for e in range(a + 1, L.shape[0]):
                for k in range(LANES):
                    x[a, k] -= L[e, a, k] * x[e, k]
        for k in range(LANES):
            x[a, k] /= L[a, a, k]
