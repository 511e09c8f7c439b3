"""The smallest blocks, one effect per group and at most one shared parameter, without a single array of their own.

On eight schools a gradient of the model takes a microsecond, and so does making ten small arrays: the general kernels
would cost more than the model. The formulas are those of `factors.py`, differentiated by hand. `numbers` is the flat
vector of evidence, an empty cotangent counts as zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts.factors import PIVOT_FLOOR
from unfunnel.charts.kernels import floored, kernel

MOST_GROUPS = 64
"""From more groups on loops in vector registers pay for the arrays that they need."""


@kernel
def factor(
    numbers: Any, scale: Any, offset: Any, f: float, S: float, b0: float, R: Any, w: Any, P: Any, b: Any
) -> None:
    """Fill R, w, P and b."""
    groups = (numbers.size - 2) // 3
    information, pull = 0.0, 0.0
    for k in range(groups):
        tau, c = _scale(scale, k), _offset(offset, k)
        H, E = numbers[groups + k], numbers[2 * groups + k]
        spread = f * tau * tau / _pivot(1.0 + f * tau * tau * H)
        information += E * spread * E
        pull += E * (spread * (numbers[k] - H * c) + c)
    P[0, 0] = f * (numbers[3 * groups] - information)
    b[0] = f * (numbers[3 * groups + 1] - pull)
    R[0, 0] = np.sqrt(_pivot(1.0 + S * P[0, 0] * S))
    w[0] = S * (b[0] - P[0, 0] * b0) / R[0, 0]


@kernel
def factor_pullback(
    numbers: Any,
    scale: Any,
    offset: Any,
    f: float,
    S: float,
    b0: float,
    R: float,
    w: float,
    P: float,
    b: float,
    R_bar: Any,
    w_bar: Any,
    P_bar: Any,
    b_bar: Any,
    scale_bar: Any,
    offset_bar: Any,
) -> Any:
    """Fill the cotangents of scale and offset; give those of f, S and b0."""
    groups = (numbers.size - 2) // 3
    pull = w_bar[0] / R if w_bar.size else 0.0
    root_bar = (R_bar[0, 0] if R_bar.size else 0.0) - w * pull
    pivot_bar = 0.0 if 1.0 + S * P * S < PIVOT_FLOOR else 0.5 * root_bar / R
    to_P = (P_bar[0, 0] if P_bar.size else 0.0) + pivot_bar * S * S - S * b0 * pull
    to_b = (b_bar[0] if b_bar.size else 0.0) + S * pull
    scale_bar[:] = 0.0
    f_bar = (to_P * P + to_b * b) / f
    for k in range(groups):
        tau, c = _scale(scale, k), _offset(offset, k)
        H, E = numbers[groups + k], numbers[2 * groups + k]
        free = 1.0 + f * tau * tau * H
        M = _pivot(free)
        # The spread is f τ² / M, and M moves with it unless it is floored.
        slope = 1.0 / (M * M) if free >= PIVOT_FLOOR else 1.0 / M
        left = numbers[k] - H * c
        of_spread = -f * (to_P * E * E + to_b * E * left)
        scale_bar[k if scale.shape[0] > 1 else 0, 0] += of_spread * 2.0 * f * tau * slope
        f_bar += of_spread * tau * tau * slope
        if offset.shape[0] > 0:
            offset_bar[k, 0] = -f * to_b * E * (1.0 - H * f * tau * tau / M)
    return f_bar, 2.0 * pivot_bar * S * P + pull * (b - P * b0), -S * P * pull


@kernel
def effects(x: Any, y: Any, numbers: Any, scale: Any, offset: Any, f: float, v: Any, log_stretch: Any) -> None:
    """Fill v and log_stretch."""
    groups = x.size
    for k in range(groups):
        tau, M = _scale(scale, k), 0.0
        M = _pivot(1.0 + f * tau * tau * numbers[groups + k])
        root = np.sqrt(M)
        v[k] = (x[k] + tau * f * _left(y, numbers, offset, groups, k) / root) / root
        log_stretch[k] = -0.5 * np.log(M)


@kernel
def effects_pullback(
    y: Any,
    numbers: Any,
    scale: Any,
    offset: Any,
    f: float,
    v: Any,
    v_bar: Any,
    log_stretch_bar: Any,
    x_bar: Any,
    y_bar: Any,
    scale_bar: Any,
    offset_bar: Any,
) -> Any:
    """Fill the cotangents of x, y, scale and offset; give that of f."""
    groups, f_bar = v.size, 0.0
    scale_bar[:] = 0.0
    y_bar[:] = 0.0
    for k in range(groups):
        tau, H = _scale(scale, k), numbers[groups + k]
        free = 1.0 + f * tau * tau * H
        M = _pivot(free)
        left = _left(y, numbers, offset, groups, k)
        bar = v_bar[k] if v_bar.size else 0.0
        both = bar * (v[k] + tau * f * left / M) + (log_stretch_bar[k] if log_stretch_bar.size else 0.0)
        M_bar = 0.0 if free < PIVOT_FLOOR else -0.5 * both / M
        left_bar = f * tau * bar / M
        x_bar[k] = bar / np.sqrt(M)
        scale_bar[k if scale.shape[0] > 1 else 0, 0] += f * left * bar / M + M_bar * 2.0 * f * tau * H
        f_bar += tau * left * bar / M + M_bar * tau * tau * H
        if y.size:
            y_bar[0] -= numbers[2 * groups + k] * left_bar
        if offset.shape[0] > 0:
            offset_bar[k, 0] = -H * left_bar
    return f_bar


@kernel
def _left(y: Any, numbers: Any, offset: Any, groups: int, k: int) -> Any:
    """``h_k - H_k c_k - E_k y``."""
    left = numbers[k] - numbers[groups + k] * _offset(offset, k)
    return left - numbers[2 * groups + k] * y[0] if y.size else left


@kernel
def _scale(scale: Any, k: int) -> Any:
    return floored(scale[k if scale.shape[0] > 1 else 0, 0])


@kernel
def _offset(offset: Any, k: int) -> Any:
    return offset[k, 0] if offset.shape[0] > 0 else 0.0


@kernel
def _pivot(pivot: float) -> float:
    return PIVOT_FLOOR if pivot < PIVOT_FLOOR else pivot
