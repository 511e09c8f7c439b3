"""The kernels of the shared parameters: loops over groups, forward and backward, compiled by numba.

The formulas are those of `factors.py`. With ``Y_k = M_k⁻¹ L_k E_k``, ``p_k = M_k⁻¹ L_k (h_k - H_k c_k)`` and cotangents
``P̄`` (symmetric) and ``b̄``, let ``Q_k = Y_k P̄ Y_k' + sym(Y_k b̄ p_k')``. Then

    L̄_k = -2 f² diag(Q_k) / L_k         c̄_k = -f Y_k b̄ / L_k
    f̄   = P̄·D + b̄·g - Σ_k [b̄·E_k'c_k + f tr((2 I + f L_k H_k L_k) Q_k)]

which subtracts nothing that nearly cancels, however large the evidence.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts import kernels_single as single
from unfunnel.charts.kernels import (
    check_parents,
    factorise,
    factorise_pullback,
    full,
    kernel,
    solve_lower,
    solve_upper,
    taken_apart,
)
from unfunnel.charts.kernels_lanes import LANES, group_factor, residual, solve_upper_each, whitened
from unfunnel.charts.kernels_lanes import solve_lower as solve_lower_lanes
from unfunnel.charts.kernels_lanes import solve_upper as solve_upper_lanes


@kernel
def shared_factor(numbers: Any, scale: Any, offset: Any, f: float, S: Any, b0: Any) -> Any:
    """R, w, P and b."""
    effects, shared = scale.shape[1], S.size
    if b0.size != shared:
        raise ValueError("unfunnel: the shared parameters need as many locations as scales")
    groups = (numbers.size - shared * shared - shared) // (effects * (1 + effects + shared))
    h, H, E, D, g = taken_apart(numbers, groups, effects, shared)
    check_parents(scale, offset, groups, effects)
    P, b = np.zeros((shared, shared)), np.zeros(shared)
    if effects == 1 and shared == 1:
        left, taus = single.residual(b[:0], h.ravel(), H.ravel(), E, offset), single.scales(scale, groups)
        P[0, 0], b[0] = single.to_shared(H.ravel(), E.ravel(), left, offset, taus, f)
    else:
        _add_groups(h, H, E, scale, offset, f, P, b)
    R, w = np.zeros((shared, shared)), np.empty(shared)
    for i in range(shared):
        b[i] += f * g[i]
        for j in range(i + 1):
            P[i, j] += f * D[i, j]
            P[j, i] = P[i, j]
            R[i, j] = S[i] * P[i, j] * S[j] + (1.0 if i == j else 0.0)
    for i in range(shared):
        total = b[i]
        for j in range(shared):
            total -= P[i, j] * b0[j]
        w[i] = S[i] * total
    factorise(R)
    solve_lower(R, w)
    return R, w, P, b


@kernel
def _add_groups(h: Any, H: Any, E: Any, scale: Any, offset: Any, f: float, P: Any, b: Any) -> None:
    """Add what the groups contribute to P (lower triangle) and b."""
    effects, shared, none = scale.shape[1], b.size, np.empty(0)
    L, R = np.empty((effects, LANES)), np.empty((effects, effects, LANES))
    W, q = np.empty((effects, shared, LANES)), np.empty((effects, LANES))
    for first in range(0, h.shape[0], LANES):
        count = min(LANES, h.shape[0] - first)
        group_factor(scale, H, f, first, count, L, R)
        residual(none, h, H, E, offset, first, count, q)
        for a in range(effects):
            for k in range(count):
                q[a, k] *= L[a, k]
        solve_lower_lanes(R, q, count)
        whitened(L, R, E, first, count, W)
        for a in range(effects):
            for i in range(shared):
                total = 0.0
                for k in range(count):
                    total += W[a, i, k] * q[a, k]
                b[i] -= f * f * total
                if offset.shape[0] > 0:
                    total = 0.0
                    for k in range(count):
                        total += E[first + k, a, i] * offset[first + k, a]
                    b[i] -= f * total
                for j in range(i + 1):
                    total = 0.0
                    for k in range(count):
                        total += W[a, i, k] * W[a, j, k]
                    P[i, j] -= f * f * total


@kernel
def shared_factor_pullback(
    numbers: Any,
    scale: Any,
    offset: Any,
    f: float,
    S: Any,
    b0: Any,
    R: Any,
    w: Any,
    P: Any,
    b: Any,
    R_bar: Any,
    w_bar: Any,
    P_bar: Any,
    b_bar: Any,
) -> Any:
    """Cotangents of scale, offset, f, S and b0."""
    effects, shared = scale.shape[1], S.size
    groups = (numbers.size - shared * shared - shared) // (effects * (1 + effects + shared))
    h, H, E, D, g = taken_apart(numbers, groups, effects, shared)
    check_parents(scale, offset, groups, effects)
    square = shared * shared
    S_bar, b0_bar, to_P, to_b = whitening_pullback(
        S,
        b0,
        R,
        w,
        P,
        b,
        full(R_bar.ravel(), square).reshape((shared, shared)),
        full(w_bar, shared),
        full(P_bar.ravel(), square).reshape((shared, shared)),
        full(b_bar, shared),
    )
    scale_bar, offset_bar = np.zeros(scale.shape), np.zeros(offset.shape)
    if effects == 1 and shared == 1:
        left, taus = single.residual(b[:0], h.ravel(), H.ravel(), E, offset), single.scales(scale, groups)
        each, f_bar = single.to_shared_pullback(
            H.ravel(), E.ravel(), left, offset, taus, f, to_P[0, 0], to_b[0], offset_bar
        )
        scale_bar = single.in_shape(each, scale)
    else:
        f_bar = _groups_pullback(h, H, E, scale, offset, f, to_P, to_b, scale_bar, offset_bar)
    for i in range(shared):
        f_bar += to_b[i] * g[i]
        for j in range(shared):
            f_bar += to_P[i, j] * D[i, j]
    return scale_bar, offset_bar, f_bar, S_bar, b0_bar


@kernel
def whitening_pullback(
    S: Any, b0: Any, R: Any, w: Any, P: Any, b: Any, R_bar: Any, w_bar: Any, P_bar: Any, b_bar: Any
) -> Any:
    """Cotangents of S, b0, P (symmetric) and b, from those of R and w and what came for P and b themselves."""
    shared = S.size
    pull, A = w_bar.copy(), np.zeros((shared, shared))
    solve_upper(R, pull)
    for i in range(shared):
        for j in range(i + 1):
            A[i, j] = R_bar[i, j] - pull[i] * w[j]
    factorise_pullback(R, A)
    S_bar, b0_bar = np.zeros(shared), np.zeros(shared)
    to_P, to_b = np.empty((shared, shared)), S * pull + b_bar
    for i in range(shared):
        shift = b[i]
        for j in range(shared):
            both = A[i, j] if i > j else A[j, i] if j > i else 2.0 * A[i, i]
            S_bar[i] += both * P[i, j] * S[j]
            shift -= P[i, j] * b0[j]
            b0_bar[i] -= P[i, j] * S[j] * pull[j]
            mirrored = P_bar[i, j] + P_bar[j, i] + both * S[i] * S[j]
            to_P[i, j] = 0.5 * (mirrored - S[i] * pull[i] * b0[j] - b0[i] * S[j] * pull[j])
        S_bar[i] += pull[i] * shift
    return S_bar, b0_bar, to_P, to_b


@kernel
def _groups_pullback(
    h: Any, H: Any, E: Any, scale: Any, offset: Any, f: float, to_P: Any, to_b: Any, scale_bar: Any, offset_bar: Any
) -> Any:
    """Add to the cotangents of scale and offset; give the groups' part of that of f."""
    effects, shared, none = scale.shape[1], to_b.size, np.empty(0)
    L, R = np.empty((effects, LANES)), np.empty((effects, effects, LANES))
    Y, G = np.empty((effects, shared, LANES)), np.empty((effects, shared, LANES))
    p, straight, Q = np.empty((effects, LANES)), np.empty((effects, LANES)), np.empty(LANES)
    f_bar = 0.0
    for first in range(0, h.shape[0], LANES):
        count = min(LANES, h.shape[0] - first)
        group_factor(scale, H, f, first, count, L, R)
        residual(none, h, H, E, offset, first, count, p)
        for a in range(effects):
            for k in range(count):
                p[a, k] *= L[a, k]
        solve_lower_lanes(R, p, count)
        solve_upper_lanes(R, p, count)
        whitened(L, R, E, first, count, Y)
        solve_upper_each(R, Y, count)
        G[:] = 0.0
        straight[:] = 0.0
        for a in range(effects):
            for i in range(shared):
                for k in range(count):
                    straight[a, k] += Y[a, i, k] * to_b[i]
                for j in range(shared):
                    for k in range(count):
                        G[a, j, k] += Y[a, i, k] * to_P[i, j]
        for a in range(effects):
            for e in range(a + 1):
                for k in range(count):
                    Q[k] = 0.5 * (straight[a, k] * p[e, k] + p[a, k] * straight[e, k])
                for i in range(shared):
                    for k in range(count):
                        Q[k] += G[a, i, k] * Y[e, i, k]
                total = 0.0
                for k in range(count):
                    total += L[a, k] * H[first + k, a, e] * L[e, k] * Q[k]
                f_bar -= f * f * total * (1.0 if a == e else 2.0)
            # Q is now that of the effect with itself.
            total, of_scale = 0.0, 0.0
            for k in range(count):
                total += Q[k]
                Q[k] *= -2.0 * f * f / L[a, k]
                of_scale += Q[k]
            f_bar -= 2.0 * f * total
            if scale.shape[0] == 1:
                scale_bar[0, a] += of_scale
            else:
                for k in range(count):
                    scale_bar[first + k, a] = Q[k]
            if offset.shape[0] > 0:
                for k in range(count):
                    offset_bar[first + k, a] = -f * straight[a, k] / L[a, k]
                for i in range(shared):
                    total = 0.0
                    for k in range(count):
                        total += E[first + k, a, i] * offset[first + k, a]
                    f_bar -= to_b[i] * total
    return f_bar


@kernel
def shared_solve(x: Any, z_later: Any, R: Any, w: Any) -> Any:
    """Give z and log_stretch of the block that ends where `z_later` begins."""
    stop = w.size - z_later.size
    start = stop - x.size
    if start < 0 or R.shape[0] != w.size or R.shape[1] != w.size:
        raise ValueError("unfunnel: coordinates, later innovations and factor of the shared parameters do not fit")
    z, log_stretch = x + w[start:stop], np.empty(x.size)
    for e in range(z_later.size):
        for i in range(x.size):
            z[i] -= R[stop + e, start + i] * z_later[e]
    solve_upper(R[start:stop, start:stop], z)
    for i in range(x.size):
        log_stretch[i] = -np.log(R[start + i, start + i])
    return z, log_stretch


@kernel
def shared_solve_pullback(
    x: Any, z_later: Any, R: Any, w: Any, z: Any, log_stretch: Any, z_bar: Any, log_stretch_bar: Any
) -> Any:
    """Cotangents of x, z_later, R and w."""
    stop = w.size - z_later.size
    start = stop - x.size
    x_bar = z_bar.copy() if z_bar.size > 0 else np.zeros(x.size)
    solve_lower(R[start:stop, start:stop], x_bar)
    later_bar, R_bar, w_bar = np.zeros(z_later.size), np.zeros(R.shape), np.zeros(w.size)
    for i in range(x.size):
        w_bar[start + i] = x_bar[i]
        if log_stretch_bar.size > 0:
            R_bar[start + i, start + i] = -log_stretch_bar[i] / R[start + i, start + i]
        for e in range(i, x.size):
            R_bar[start + e, start + i] -= z[e] * x_bar[i]
        for e in range(z_later.size):
            R_bar[stop + e, start + i] = -z_later[e] * x_bar[i]
            later_bar[e] -= R[stop + e, start + i] * x_bar[i]
    return x_bar, later_bar, R_bar, w_bar
