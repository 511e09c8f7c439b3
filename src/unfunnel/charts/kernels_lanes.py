"""Small linear algebra for many groups at once, compiled by numba.

Groups are taken in bundles of up to `LANES`, which lie along the last axis of every working array. The innermost loops
run over that axis, so that each arithmetic operation is done for several groups by one instruction: for matrices of
one to four rows this is several times as fast as one group after the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts.factors import PIVOT_FLOOR
from unfunnel.charts.kernels import LOWEST_ROOT, floored, kernel

LANES = 32
"""Small enough for all working arrays to stay in the nearest cache."""


@kernel
def group_factor(scale: Any, H: Any, f: float, first: int, count: int, L: Any, R: Any) -> None:
    """Scales `L` (s, lanes) and factors `R` (s, s, lanes; lower triangles) of `count` groups."""
    for a in range(L.shape[0]):
        if scale.shape[0] == 1:
            common = floored(scale[0, a])
            for k in range(count):
                L[a, k] = common
        else:
            for k in range(count):
                L[a, k] = floored(scale[first + k, a])
        for b in range(a + 1):
            one = 1.0 if a == b else 0.0
            for k in range(count):
                R[a, b, k] = f * L[a, k] * H[first + k, a, b] * L[b, k] + one
    for a in range(L.shape[0]):
        for b in range(a + 1):
            for e in range(b):
                for k in range(count):
                    R[a, b, k] -= R[a, e, k] * R[b, e, k]
            if b < a:
                for k in range(count):
                    R[a, b, k] /= R[b, b, k]
            else:
                for k in range(count):
                    R[a, a, k] = np.sqrt(PIVOT_FLOOR if R[a, a, k] < PIVOT_FLOOR else R[a, a, k])


@kernel
def group_factor_pullback(R: Any, bar: Any, count: int) -> None:
    """As `factorise_pullback`, for every lane."""
    size = R.shape[0]
    for a in range(size - 1, -1, -1):
        for i in range(size - 1, a, -1):
            for j in range(a + 1, i + 1):
                for k in range(count):
                    bar[i, a, k] -= bar[i, j, k] * R[j, a, k]
                for k in range(count):
                    bar[j, a, k] -= bar[i, j, k] * R[i, a, k]
        for j in range(a + 1, size):
            for k in range(count):
                bar[j, a, k] /= R[a, a, k]
            for k in range(count):
                bar[a, a, k] -= R[j, a, k] * bar[j, a, k]
        for k in range(count):
            bar[a, a, k] = 0.0 if R[a, a, k] <= LOWEST_ROOT else 0.5 * bar[a, a, k] / R[a, a, k]


@kernel
def solve_lower(R: Any, x: Any, count: int) -> None:
    """Apply R⁻¹ to vectors (s, lanes), in place."""
    for i in range(x.shape[0]):
        for j in range(i):
            for k in range(count):
                x[i, k] -= R[i, j, k] * x[j, k]
        for k in range(count):
            x[i, k] /= R[i, i, k]


@kernel
def solve_upper(R: Any, x: Any, count: int) -> None:
    """Apply R'⁻¹ to vectors (s, lanes), in place; only as many rows of R as the vectors have are read."""
    for i in range(x.shape[0] - 1, -1, -1):
        for j in range(i + 1, x.shape[0]):
            for k in range(count):
                x[i, k] -= R[j, i, k] * x[j, k]
        for k in range(count):
            x[i, k] /= R[i, i, k]


@kernel
def whitened(L: Any, R: Any, E: Any, first: int, count: int, W: Any) -> None:
    """Fill `W` (s, d, lanes) with ``R_k⁻¹ L_k E_k``."""
    for a in range(W.shape[0]):
        for i in range(W.shape[1]):
            for k in range(count):
                W[a, i, k] = L[a, k] * E[first + k, a, i]
            for e in range(a):
                for k in range(count):
                    W[a, i, k] -= R[a, e, k] * W[e, i, k]
            for k in range(count):
                W[a, i, k] /= R[a, a, k]


@kernel
def solve_upper_each(R: Any, W: Any, count: int) -> None:
    """Apply R'⁻¹ to matrices (s, d, lanes), in place."""
    for a in range(W.shape[0] - 1, -1, -1):
        for i in range(W.shape[1]):
            for e in range(a + 1, W.shape[0]):
                for k in range(count):
                    W[a, i, k] -= R[e, a, k] * W[e, i, k]
            for k in range(count):
                W[a, i, k] /= R[a, a, k]


@kernel
def residual(y: Any, h: Any, H: Any, E: Any, offset: Any, first: int, count: int, out: Any) -> None:
    """Fill `out` with the leading rows of ``h_k - H_k c_k - E_k y``, the last term where y has a length."""
    for a in range(out.shape[0]):
        for k in range(count):
            out[a, k] = h[first + k, a]
        if offset.shape[0] > 0:
            for e in range(h.shape[1]):
                for k in range(count):
                    out[a, k] -= H[first + k, a, e] * offset[first + k, e]
        for i in range(y.size):
            for k in range(count):
                out[a, k] -= E[first + k, a, i] * y[i]
