"""A block with one effect per group as plain loops over all groups, compiled by numba.

Here ``M = 1 + f τ² H``, ``V = τ² / M`` and ``r = h - H c``; a pivot M below the floor is raised to it, and passes no
gradient on. Rows of E have d entries, one for each shared parameter. For the way back `kept` has, each for all groups,
1 / M, r, τ, and ``e = r - E y``.

A division takes as long as ten multiplications, so that every group makes one. Loops that store write one array: with
more, the compiler cannot tell that they do not overlap, and takes one group at a time. Where there is one shared
parameter, as there is mostly, E is a column without gaps, which is read many times as fast as one of several.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts.factors import PIVOT_FLOOR
from unfunnel.charts.kernels import at, bare_kernel, floored
from unfunnel.charts.kernels_logarithms import logarithms

FEW = 4
"""Up to so many shared parameters, loops go over the groups of one; beyond, over the parameters of a group."""


@bare_kernel
def to_shared(h: Any, H: Any, E: Any, scale: Any, offset: Any, f: float, P: Any, b: Any, kept: Any) -> None:
    """Take what the groups know from P (lower triangle) and b; fill all of `kept` but e."""
    groups, stride = h.shape[0], 1 if scale.shape[0] > 1 else 0
    h, H = h.reshape(groups), H.reshape(groups)
    inverse, r, tau = kept[:groups], kept[groups : 2 * groups], kept[2 * groups : 3 * groups]
    for k in range(groups):
        tau[k] = floored(scale[stride * k, 0])
    for k in range(groups):
        M = 1.0 + f * tau[k] * tau[k] * H[k]
        inverse[k] = 1.0 / (PIVOT_FLOOR if M < PIVOT_FLOOR else M)
    if offset.shape[0] > 0:
        for k in range(groups):
            r[k] = h[k] - H[k] * offset[k, 0]
        for k in range(groups):
            for i in range(b.size):
                b[i] -= f * offset[k, 0] * E[k, 0, i]
    else:
        for k in range(groups):
            r[k] = h[k]
    if b.size > FEW:
        _take_rows(E, f, inverse, r, tau, P, b)
    else:
        _take_columns(E, f, inverse, r, tau, P, b)


@bare_kernel
def _take_columns(E: Any, f: float, inverse: Any, r: Any, tau: Any, P: Any, b: Any) -> None:
    """Take ``f² Σ E' V r`` from b and ``f² Σ E' V E`` from P."""
    if b.size == 1:
        column = E.reshape(E.size)
        pull, known = 0.0, 0.0
        for k in range(r.size):
            spread = tau[k] * tau[k] * inverse[k] * column[k]
            pull += spread * r[k]
            known += spread * column[k]
        b[0] -= f * f * pull
        P[0, 0] -= f * f * known
        return
    for i in range(b.size):
        pull = 0.0
        for k in range(r.size):
            pull += E[k, 0, i] * (tau[k] * tau[k] * inverse[k]) * r[k]
        b[i] -= f * f * pull
        for j in range(i + 1):
            known = 0.0
            for k in range(r.size):
                known += E[k, 0, i] * (tau[k] * tau[k] * inverse[k]) * E[k, 0, j]
            P[i, j] -= f * f * known


@bare_kernel
def _take_rows(E: Any, f: float, inverse: Any, r: Any, tau: Any, P: Any, b: Any) -> None:
    """The same."""
    for k in range(r.size):
        spread = f * f * tau[k] * tau[k] * inverse[k]
        for i in range(b.size):
            row = spread * E[k, 0, i]
            b[i] -= row * r[k]
            for j in range(i + 1):
                P[i, j] -= row * E[k, 0, j]


@bare_kernel
def effects(x: Any, y: Any, E: Any, f: float, kept: Any, v: Any, log_stretch: Any) -> None:
    """Fill v, and the logarithm of the stretch, 1 / √M; complete `kept`."""
    groups = v.size
    inverse, r, tau = kept[:groups], kept[groups : 2 * groups], kept[2 * groups : 3 * groups]
    left = kept[3 * groups : 4 * groups]
    if y.size == 1:
        column = E.reshape(E.size)
        for k in range(groups):
            left[k] = r[k] - column[k] * y[0]
    else:
        for k in range(groups):
            known = 0.0
            for i in range(y.size):
                known += E[k, 0, i] * y[i]
            left[k] = r[k] - known
    for k in range(groups):
        v[k] = x[k] * np.sqrt(inverse[k]) + f * tau[k] * left[k] * inverse[k]
    logarithms(inverse, log_stretch, 0.5)


@bare_kernel
def effects_pullback(
    y: Any,
    H: Any,
    E: Any,
    f: float,
    kept: Any,
    v: Any,
    v_bar: Any,
    stretch_bar: Any,
    x_bar: Any,
    scale_bar: Any,
    offset_bar: Any,
    y_bar: Any,
    scratch: Any,
) -> Any:
    """Fill the cotangents of x and offset, add to those of scale and y, and give that of f."""
    groups = v.size
    H = H.reshape(groups)
    inverse, tau, left = kept[:groups], kept[2 * groups : 3 * groups], kept[3 * groups : 4 * groups]
    bar, M_bar = scratch[:groups], scratch[groups : 2 * groups]
    _scaled(v_bar, inverse, bar)
    _scaled(stretch_bar, inverse, M_bar)
    for k in range(groups):
        x_bar[k] = bar[k] / np.sqrt(inverse[k])
    for k in range(groups):
        both = -0.5 * (bar[k] * (v[k] + f * tau[k] * left[k] * inverse[k]) + M_bar[k])
        M_bar[k] = 0.0 if inverse[k] >= 1.0 / PIVOT_FLOOR else both
    f_bar, total = 0.0, 0.0
    if scale_bar.shape[0] > 1:
        for k in range(groups):
            f_bar += tau[k] * (left[k] * bar[k] + M_bar[k] * tau[k] * H[k])
        for k in range(groups):
            scale_bar[k, 0] += f * (left[k] * bar[k] + 2.0 * M_bar[k] * tau[k] * H[k])
    else:
        for k in range(groups):
            moved = M_bar[k] * tau[k] * H[k]
            f_bar += tau[k] * (left[k] * bar[k] + moved)
            total += left[k] * bar[k] + 2.0 * moved
        scale_bar[0, 0] += f * total
    for k in range(groups):
        bar[k] *= f * tau[k]
    if y.size == 1:
        total, column = 0.0, E.reshape(E.size)
        for k in range(groups):
            total += column[k] * bar[k]
        y_bar[0] -= total
    elif y.size > FEW:
        for k in range(groups):
            for i in range(y.size):
                y_bar[i] -= E[k, 0, i] * bar[k]
    else:
        for i in range(y.size):
            total = 0.0
            for k in range(groups):
                total += E[k, 0, i] * bar[k]
            y_bar[i] -= total
    if offset_bar.shape[0] > 0:
        for k in range(groups):
            offset_bar[k, 0] = -H[k] * bar[k]
    return f_bar


@bare_kernel
def _scaled(cotangent: Any, factor: Any, out: Any) -> None:
    """Fill `out` with a cotangent (see `at`) times a factor."""
    if cotangent.size == factor.size:
        for k in range(factor.size):
            out[k] = cotangent[k] * factor[k]
    else:
        same = at(cotangent, 0)
        for k in range(factor.size):
            out[k] = same * factor[k]


@bare_kernel
def to_shared_pullback(
    H: Any,
    E: Any,
    offset: Any,
    f: float,
    kept: Any,
    to_P: Any,
    to_b: Any,
    scale_bar: Any,
    offset_bar: Any,
    scratch: Any,
) -> Any:
    """Back through what the groups took from P and b: add to the cotangents of scale and offset; give that of f."""
    groups, f_bar, scale_total = H.shape[0], 0.0, 0.0
    H = H.reshape(groups)
    inverse, r, tau = kept[:groups], kept[groups : 2 * groups], kept[2 * groups : 3 * groups]
    straight, bent = scratch[:groups], scratch[groups : 2 * groups]
    _see(E, to_P, to_b, straight, bent)
    for k in range(groups):
        bent[k] = (bent[k] + straight[k] * r[k]) * tau[k] * inverse[k]
    for k in range(groups):
        f_bar -= f * (2.0 + f * tau[k] * tau[k] * H[k]) * tau[k] * inverse[k] * bent[k]
    # V moves with τ as 2 τ / M², and as 2 τ / M where M is raised.
    for k in range(groups):
        bent[k] *= 1.0 if inverse[k] >= 1.0 / PIVOT_FLOOR else inverse[k]
    if scale_bar.shape[0] > 1:
        for k in range(groups):
            scale_bar[k, 0] -= 2.0 * f * f * bent[k]
    else:
        for k in range(groups):
            scale_total += bent[k]
        scale_bar[0, 0] -= 2.0 * f * f * scale_total
    if offset.shape[0] > 0:
        for k in range(groups):
            f_bar -= straight[k] * offset[k, 0]
        for k in range(groups):
            offset_bar[k, 0] -= f * straight[k] * inverse[k]
    return f_bar


@bare_kernel
def _see(E: Any, to_P: Any, to_b: Any, straight: Any, bent: Any) -> None:
    """Fill ``E b̄`` and ``E P̄ E'`` for every group."""
    if to_b.size == 1:
        column = E.reshape(E.size)
        for k in range(straight.size):
            straight[k] = column[k] * to_b[0]
        for k in range(straight.size):
            bent[k] = column[k] * column[k] * to_P[0, 0]
        return
    if to_b.size > FEW:
        for k in range(straight.size):
            along, across = 0.0, 0.0
            for i in range(to_b.size):
                row = 0.5 * E[k, 0, i] * to_P[i, i]
                for j in range(i):
                    row += E[k, 0, j] * to_P[i, j]
                along += E[k, 0, i] * to_b[i]
                across += 2.0 * row * E[k, 0, i]
            straight[k], bent[k] = along, across
        return
    straight[:] = 0.0
    bent[:] = 0.0
    for i in range(to_b.size):
        for k in range(straight.size):
            straight[k] += E[k, 0, i] * to_b[i]
        for j in range(i + 1):
            both = to_P[i, i] if i == j else 2.0 * to_P[i, j]
            for k in range(straight.size):
                bent[k] += both * E[k, 0, i] * E[k, 0, j]
