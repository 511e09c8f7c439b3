"""A block with one effect per group, group by group: plain numbers in place of small matrices, compiled by numba.

Here ``M = 1 + f τ² H``, ``V = τ² / M`` and ``r = h - H c``; a pivot M below the floor is raised to it, and passes no
gradient on. For every group `kept` has M, r and τ. Rows of E have d entries, one for each shared parameter.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts.factors import PIVOT_FLOOR
from unfunnel.charts.kernels import at, floored, kernel

KEPT = 3
"""Numbers kept for every group."""


@kernel
def to_shared(h: Any, H: Any, E: Any, scale: Any, offset: Any, f: float, P: Any, b: Any, kept: Any) -> None:
    """Take what the groups know from P (lower triangle) and b; fill `kept`."""
    shared = b.size
    for k in range(h.shape[0]):
        tau = floored(scale[k if scale.shape[0] > 1 else 0, 0])
        c = offset[k, 0] if offset.shape[0] > 0 else 0.0
        M, r = 1.0 + f * tau * tau * H[k, 0, 0], h[k, 0] - H[k, 0, 0] * c
        M = PIVOT_FLOOR if M < PIVOT_FLOOR else M
        kept[KEPT * k], kept[KEPT * k + 1], kept[KEPT * k + 2] = M, r, tau
        spread = f * f * tau * tau / M
        pull = spread * r + f * c
        for i in range(shared):
            b[i] -= pull * E[k, 0, i]
            row = spread * E[k, 0, i]
            for j in range(i + 1):
                P[i, j] -= row * E[k, 0, j]


@kernel
def effects(x: Any, y: Any, E: Any, f: float, kept: Any, v: Any, stretch: Any) -> None:
    """Fill v, and the roots of M into `stretch`."""
    for k in range(v.size):
        M, left, tau = kept[KEPT * k], kept[KEPT * k + 1], kept[KEPT * k + 2]
        for i in range(y.size):
            left -= E[k, 0, i] * y[i]
        root = np.sqrt(M)
        v[k] = (x[k] + f * tau * left / root) / root
        stretch[k] = root


@kernel
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
) -> Any:
    """Fill the cotangents of x and offset, add to those of scale and y, and give that of f."""
    f_bar = 0.0
    for k in range(v.size):
        M, left, tau = kept[KEPT * k], kept[KEPT * k + 1], kept[KEPT * k + 2]
        for i in range(y.size):
            left -= E[k, 0, i] * y[i]
        bar = at(v_bar, k) / M
        M_bar = -0.5 * (bar * (v[k] + f * tau * left / M) + at(stretch_bar, k) / M)
        M_bar = 0.0 if M <= PIVOT_FLOOR else M_bar
        known = tau * H[k, 0, 0]
        left_bar = f * tau * bar
        x_bar[k] = bar * np.sqrt(M)
        scale_bar[k if scale_bar.shape[0] > 1 else 0, 0] += f * (left * bar + 2.0 * M_bar * known)
        f_bar += tau * (left * bar + M_bar * known)
        for i in range(y.size):
            y_bar[i] -= E[k, 0, i] * left_bar
        if offset_bar.shape[0] > 0:
            offset_bar[k, 0] = -H[k, 0, 0] * left_bar
    return f_bar


@kernel
def to_shared_pullback(
    H: Any, E: Any, offset: Any, f: float, kept: Any, to_P: Any, to_b: Any, scale_bar: Any, offset_bar: Any
) -> Any:
    """Back through what the groups took from P and b: add to the cotangents of scale and offset; give that of f."""
    shared, f_bar = to_b.size, 0.0
    for k in range(H.shape[0]):
        M, r, tau = kept[KEPT * k], kept[KEPT * k + 1], kept[KEPT * k + 2]
        straight, bent = 0.0, 0.0
        for i in range(shared):
            row = 0.5 * E[k, 0, i] * to_P[i, i]
            for j in range(i):
                row += E[k, 0, j] * to_P[i, j]
            straight += E[k, 0, i] * to_b[i]
            bent += 2.0 * row * E[k, 0, i]
        bent += straight * r
        # V moves with τ as 2 τ / M², and as 2 τ / M where M is raised.
        slope = tau / M if M <= PIVOT_FLOOR else tau / (M * M)
        scale_bar[k if scale_bar.shape[0] > 1 else 0, 0] -= 2.0 * f * f * slope * bent
        f_bar -= f * (2.0 + f * tau * tau * H[k, 0, 0]) * tau * tau / (M * M) * bent
        if offset.shape[0] > 0:
            f_bar -= straight * offset[k, 0]
            offset_bar[k, 0] -= f * straight / M
    return f_bar
