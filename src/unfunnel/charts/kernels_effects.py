"""The kernels of the effects: one loop over groups forward and one backward, compiled by numba.

The formulas are those of `factors.py`. The pullback goes back through the solution, the pull of the evidence and the
factor of the group, in this order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts import kernels_single as single
from unfunnel.charts.kernels import check_later, check_parents, full, kernel, taken_apart
from unfunnel.charts.kernels_lanes import (
    LANES,
    group_factor,
    group_factor_pullback,
    residual,
    solve_lower,
    solve_upper,
)


@kernel
def effects_solve(x: Any, v_later: Any, y: Any, numbers: Any, scale: Any, offset: Any, f: float) -> Any:
    """Give v and log_stretch (K,) of the effect before those of `v_later`."""
    v, log_stretch = np.empty(x.size), np.empty(x.size)
    fill_effects(x, v_later, y, numbers, scale, offset, f, v, log_stretch)
    return v, log_stretch


@kernel
def fill_effects(
    x: Any, v_later: Any, y: Any, numbers: Any, scale: Any, offset: Any, f: float, v: Any, log_stretch: Any
) -> None:
    """Fill v and log_stretch (K,) of the effect before those of `v_later`."""
    groups, effects = x.size, scale.shape[1]
    h, H, E, _, _ = taken_apart(numbers, groups, effects, y.size)
    check_parents(scale, offset, groups, effects)
    check_later(v_later, groups, effects)
    if effects == 1:
        left = single.residual(y, h.ravel(), H.ravel(), E, offset)
        single.solve(x, H.ravel(), left, single.scales(scale, groups), f, v, log_stretch)
        return
    j = effects - 1 - v_later.shape[1]
    L, R = np.empty((effects, LANES)), np.empty((effects, effects, LANES))
    pull = np.empty((j + 1, LANES))
    for first in range(0, groups, LANES):
        count = min(LANES, groups - first)
        group_factor(scale, H, f, first, count, L, R)
        residual(y, h, H, E, offset, first, count, pull)
        for a in range(j + 1):
            for k in range(count):
                pull[a, k] *= L[a, k] * f
        solve_lower(R, pull, count)
        for k in range(count):
            v[first + k] = x[first + k] + pull[j, k]
        for a in range(j + 1, effects):
            for k in range(count):
                v[first + k] -= R[a, j, k] * v_later[first + k, a - j - 1]
        for k in range(count):
            v[first + k] /= R[j, j, k]
        for k in range(count):
            log_stretch[first + k] = -np.log(R[j, j, k])


@kernel
def effects_solve_pullback(
    x: Any,
    v_later: Any,
    y: Any,
    numbers: Any,
    scale: Any,
    offset: Any,
    f: float,
    v: Any,
    log_stretch: Any,
    v_bar: Any,
    log_stretch_bar: Any,
) -> Any:
    """Cotangents of x, v_later, y, scale, offset and f."""
    x_bar = np.empty(x.size)
    others = fill_effects_pullback(
        x, v_later, y, numbers, scale, offset, f, v, log_stretch, v_bar, log_stretch_bar, x_bar
    )
    return x_bar, others[0], others[1], others[2], others[3], others[4]


@kernel
def fill_effects_pullback(
    x: Any,
    v_later: Any,
    y: Any,
    numbers: Any,
    scale: Any,
    offset: Any,
    f: float,
    v: Any,
    log_stretch: Any,
    v_bar: Any,
    log_stretch_bar: Any,
    x_bar: Any,
) -> Any:
    """Fill the cotangent of x; give those of v_later, y, scale, offset and f."""
    groups, effects = x.size, scale.shape[1]
    h, H, E, _, _ = taken_apart(numbers, groups, effects, y.size)
    check_parents(scale, offset, groups, effects)
    check_later(v_later, groups, effects)
    later_bar, offset_bar = np.zeros(v_later.shape), np.zeros(offset.shape)
    if effects == 1:
        left, taus = single.residual(y, h.ravel(), H.ravel(), E, offset), single.scales(scale, groups)
        left_bar, each, f_bar = single.solve_pullback(H.ravel(), left, taus, f, v, v_bar, log_stretch_bar, x_bar)
        if offset.shape[0] > 0:
            for k in range(groups):
                offset_bar[k, 0] = -H[k, 0, 0] * left_bar[k]
        y_bar, scale_bar = single.shared_bar(left_bar, E, y.size), single.in_shape(each, scale)
        return later_bar, y_bar, scale_bar, offset_bar, f_bar
    v_bar, log_stretch_bar = full(v_bar, groups), full(log_stretch_bar, groups)
    y_bar, scale_bar, f_bar = np.zeros(y.size), np.zeros(scale.shape), 0.0
    j = effects - 1 - v_later.shape[1]
    L, R = np.empty((effects, LANES)), np.empty((effects, effects, LANES))
    L_bar, bar = np.empty((effects, LANES)), np.empty((effects, effects, LANES))
    e, pull, back = np.empty((j + 1, LANES)), np.empty((j + 1, LANES)), np.empty((j + 1, LANES))
    for first in range(0, groups, LANES):
        count = min(LANES, groups - first)
        group_factor(scale, H, f, first, count, L, R)
        residual(y, h, H, E, offset, first, count, e)
        for a in range(j + 1):
            for k in range(count):
                pull[a, k] = L[a, k] * f * e[a, k]
        solve_lower(R, pull, count)
        back[:] = 0.0
        for k in range(count):
            back[j, k] = v_bar[first + k] / R[j, j, k]
        for k in range(count):
            x_bar[first + k] = back[j, k]
        solve_upper(R, back, count)
        bar[:] = 0.0
        for a in range(j + 1):
            for b in range(a + 1):
                for k in range(count):
                    bar[a, b, k] = -back[a, k] * pull[b, k]
        for k in range(count):
            bar[j, j, k] -= x_bar[first + k] * v[first + k] + log_stretch_bar[first + k] / R[j, j, k]
        for a in range(j + 1, effects):
            for k in range(count):
                bar[a, j, k] = -x_bar[first + k] * v_later[first + k, a - j - 1]
            for k in range(count):
                later_bar[first + k, a - j - 1] = -R[a, j, k] * x_bar[first + k]
        group_factor_pullback(R, bar, count)
        f_bar += _to_scales(H, f, first, count, L, bar, L_bar)
        for a in range(j + 1):
            total = 0.0
            for k in range(count):
                total += back[a, k] * L[a, k] * e[a, k]
                L_bar[a, k] += f * back[a, k] * e[a, k]
            f_bar += total
            # From here on `back` is the cotangent of the residual.
            for k in range(count):
                back[a, k] *= f * L[a, k]
            for i in range(y.size):
                total = 0.0
                for k in range(count):
                    total += E[first + k, a, i] * back[a, k]
                y_bar[i] -= total
            if offset.shape[0] > 0:
                for b in range(effects):
                    for k in range(count):
                        offset_bar[first + k, b] -= H[first + k, a, b] * back[a, k]
        for a in range(effects):
            total = 0.0
            for k in range(count):
                total += L_bar[a, k]
            if scale.shape[0] == 1:
                scale_bar[0, a] += total
            else:
                for k in range(count):
                    scale_bar[first + k, a] = L_bar[a, k]
    return later_bar, y_bar, scale_bar, offset_bar, f_bar


@kernel
def _to_scales(H: Any, f: float, first: int, count: int, L: Any, bar: Any, L_bar: Any) -> Any:
    """From the cotangent of ``M_k`` (lower triangle), fill that of ``L_k``, and give that of f."""
    f_bar = 0.0
    L_bar[:] = 0.0
    for a in range(L.shape[0]):
        for b in range(a + 1):
            total = 0.0
            for k in range(count):
                total += bar[a, b, k] * H[first + k, a, b] * L[a, k] * L[b, k]
            f_bar += total
            for k in range(count):
                L_bar[a, k] += f * bar[a, b, k] * H[first + k, a, b] * L[b, k]
            for k in range(count):
                L_bar[b, k] += f * bar[a, b, k] * H[first + k, a, b] * L[a, k]
    return f_bar
