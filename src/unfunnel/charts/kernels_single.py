"""The commonest case, one effect per group, compiled by numba as plain loops over all groups.

Every loop writes one array or none: with more, the compiler cannot tell that they do not overlap, and takes one group
at a time. Arrays are one-dimensional for the same reason. `taus` holds a scale for every group.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts.factors import PIVOT_FLOOR
from unfunnel.charts.kernels import floored, kernel
from unfunnel.charts.kernels_logarithms import logarithms


@kernel
def precision(f: float, tau: float, H: float) -> Any:
    """``1 + f L² H``, never below the floor of pivots."""
    pivot = 1.0 + f * tau * tau * H
    return PIVOT_FLOOR if pivot < PIVOT_FLOOR else pivot


@kernel
def scales(scale: Any, groups: int) -> Any:
    """A scale for every group."""
    taus = np.empty(groups)
    if scale.shape[0] == 1:
        taus[:] = floored(scale[0, 0])
    else:
        for k in range(groups):
            taus[k] = floored(scale[k, 0])
    return taus


@kernel
def residual(y: Any, h: Any, H: Any, E: Any, offset: Any) -> Any:
    """``h_k - H_k c_k - E_k y``, the last term where y has a length."""
    left = h.copy()
    if offset.shape[0] > 0:
        for k in range(h.size):
            left[k] -= H[k] * offset[k, 0]
    if y.size == 1:
        column = E.ravel()
        for k in range(h.size):
            left[k] -= column[k] * y[0]
    elif y.size > 1:
        for k in range(h.size):
            total = 0.0
            for i in range(y.size):
                total += E[k, 0, i] * y[i]
            left[k] -= total
    return left


@kernel
def to_shared(H: Any, E: Any, left: Any, offset: Any, taus: Any, f: float) -> Any:
    """What the groups take from P and b where there is one shared parameter; `left` is ``h_k - H_k c_k``."""
    information, pull = 0.0, 0.0
    for k in range(H.size):
        spread = f * taus[k] * taus[k] / precision(f, taus[k], H[k])
        information += E[k] * spread * E[k]
        pull += E[k] * spread * left[k]
    if offset.shape[0] > 0:
        for k in range(H.size):
            pull += E[k] * offset[k, 0]
    return -f * information, -f * pull


@kernel
def to_shared_pullback(
    H: Any, E: Any, left: Any, offset: Any, taus: Any, f: float, to_P: float, to_b: float, offset_bar: Any
) -> Any:
    """The groups' cotangents of scale (for every group) and f; fills that of the offset."""
    groups = H.size
    scale_bar = np.empty(groups)
    f_bar = 0.0
    for k in range(groups):
        pivot = precision(f, taus[k], H[k])
        Q = E[k] * (E[k] * to_P + to_b * left[k]) / pivot
        scale_bar[k] = -2.0 * f * (f * taus[k] / pivot * Q)
        f_bar -= f * (taus[k] * taus[k] / pivot * (1.0 + pivot)) * Q
    if offset.shape[0] > 0:
        for k in range(groups):
            offset_bar[k, 0] = -f * E[k] * to_b / precision(f, taus[k], H[k])
        for k in range(groups):
            f_bar -= E[k] * to_b * offset[k, 0]
    return scale_bar, f_bar


@kernel
def solve(x: Any, H: Any, left: Any, taus: Any, f: float, v: Any, log_stretch: Any) -> None:
    """Fill v and log_stretch."""
    groups = x.size
    for k in range(groups):
        root = np.sqrt(precision(f, taus[k], H[k]))
        v[k] = (x[k] + taus[k] * f * left[k] / root) / root
    pivots = np.empty(groups)
    for k in range(groups):
        pivots[k] = precision(f, taus[k], H[k])
    logarithms(pivots, log_stretch, -0.5)


@kernel
def solve_pullback(H: Any, left: Any, taus: Any, f: float, v: Any, v_bar: Any, log_stretch_bar: Any, x_bar: Any) -> Any:
    """Fill the cotangent of x; give those of residual, scale (for every group) and f.

    An empty cotangent counts as zero.
    """
    groups = H.size
    left_bar, half = np.zeros(groups), np.empty(groups)
    if v_bar.size == 0:
        x_bar[:] = 0.0
        return left_bar, half, _stretch_pullback(H, taus, f, log_stretch_bar, half)
    for k in range(groups):
        x_bar[k] = v_bar[k] / np.sqrt(precision(f, taus[k], H[k]))
    for k in range(groups):
        left_bar[k] = f * taus[k] * v_bar[k] / precision(f, taus[k], H[k])
    # The cotangent of the precision: through the solution, the pull (each is divided by the root) and the logarithm.
    for k in range(groups):
        pivot = precision(f, taus[k], H[k])
        both = v_bar[k] * (v[k] + taus[k] * f * left[k] / pivot)
        half[k] = 0.0 if pivot <= PIVOT_FLOOR else -0.5 * both / pivot
    if log_stretch_bar.size > 0:
        for k in range(groups):
            pivot = precision(f, taus[k], H[k])
            half[k] -= 0.0 if pivot <= PIVOT_FLOOR else 0.5 * log_stretch_bar[k] / pivot
    f_bar = 0.0
    for k in range(groups):
        f_bar += half[k] * taus[k] * taus[k] * H[k] + left_bar[k] * left[k] / f
    # ∂M/∂τ = 2 f τ H, and the pull has the factor τ.
    for k in range(groups):
        half[k] = 2.0 * half[k] * f * taus[k] * H[k] + left_bar[k] * left[k] / taus[k]
    return left_bar, half, f_bar


@kernel
def _stretch_pullback(H: Any, taus: Any, f: float, log_stretch_bar: Any, scale_bar: Any) -> Any:
    """Fill the cotangent of the scale (for every group) from that of log_stretch alone; give that of f."""
    for k in range(H.size):
        pivot = precision(f, taus[k], H[k])
        scale_bar[k] = 0.0 if pivot <= PIVOT_FLOOR else -0.5 * log_stretch_bar[k] / pivot
    f_bar = 0.0
    for k in range(H.size):
        f_bar += scale_bar[k] * taus[k] * taus[k] * H[k]
    for k in range(H.size):
        scale_bar[k] *= 2.0 * f * taus[k] * H[k]
    return f_bar


@kernel
def shared_bar(left_bar: Any, E: Any, shared: int) -> Any:
    """The cotangent of the shared parameters from that of the residual."""
    y_bar = np.zeros(shared)
    if shared == 1:
        column, total = E.ravel(), 0.0
        for k in range(left_bar.size):
            total += column[k] * left_bar[k]
        y_bar[0] = -total
    else:
        for k in range(left_bar.size):
            for i in range(shared):
                y_bar[i] -= E[k, 0, i] * left_bar[k]
    return y_bar


@kernel
def in_shape(scale_bar: Any, scale: Any) -> Any:
    """The cotangent of the scales in their own shape: summed over groups where these share one."""
    if scale.shape[0] > 1:
        return scale_bar.reshape((scale_bar.size, 1))
    total = np.zeros((1, 1))
    for k in range(scale_bar.size):
        total[0, 0] += scale_bar[k]
    return total
