"""A block with two effects per group: two by two matrices written out in loops over all groups, compiled by numba.

The names are those of `kernels_block.py`; ``T = R⁻¹ L'``, so that ``W = T E`` and ``q = T r``, and ``N = R'⁻¹ T``, so
that ``Y = N E`` and ``p = N r``. The prior's factor L has the entries l00, l10 and l11; where the effects' priors are
independent, l10 is zero. For the way back `kept` has, each for all groups: r00, r10, r11, the inverses of r00 and r11,
l00, l10, l11, r, ``e = r - E y``, and ``f² V``.

As in `kernels_lone.py`, loops that store write one array.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts.factors import PIVOT_FLOOR
from unfunnel.charts.kernels import bare_kernel, floored
from unfunnel.charts.kernels_logarithms import logarithms
from unfunnel.charts.kernels_lone import FEW


@bare_kernel
def to_shared(h: Any, H: Any, E: Any, scale: Any, offset: Any, f: float, P: Any, b: Any, kept: Any) -> None:
    """Take what the groups know from P (lower triangle) and b; fill all of `kept` but e."""
    groups = h.shape[0]
    l00, l10, l11 = kept[5 * groups : 6 * groups], kept[6 * groups : 7 * groups], kept[7 * groups : 8 * groups]
    r0, r1 = kept[8 * groups : 9 * groups], kept[9 * groups : 10 * groups]
    _take_apart(scale, l00, l10, l11)
    _factorise(H, f, kept)
    for k in range(groups):
        r0[k] = h[k, 0]
    for k in range(groups):
        r1[k] = h[k, 1]
    if offset.shape[0] > 0:
        for k in range(groups):
            r0[k] -= H[k, 0, 0] * offset[k, 0] + H[k, 0, 1] * offset[k, 1]
        for k in range(groups):
            r1[k] -= H[k, 1, 0] * offset[k, 0] + H[k, 1, 1] * offset[k, 1]
        for k in range(groups):
            for i in range(b.size):
                b[i] -= f * (offset[k, 0] * E[k, 0, i] + offset[k, 1] * E[k, 1, i])
    if b.size > 0:
        V = kept[12 * groups : 15 * groups].reshape((3, groups))
        _variances(f, kept, V)
        _take(E, r0, r1, V, P, b)


@bare_kernel
def _take_apart(scale: Any, l00: Any, l10: Any, l11: Any) -> None:
    """Fill the entries of L."""
    full, stride = scale.shape[1] > 2, 1 if scale.shape[0] > 1 else 0
    for k in range(l00.size):
        l00[k] = floored(scale[stride * k, 0])
    if full:
        for k in range(l00.size):
            l10[k] = scale[stride * k, 1]
        for k in range(l00.size):
            l11[k] = floored(scale[stride * k, 2])
    else:
        l10[:] = 0.0
        for k in range(l00.size):
            l11[k] = floored(scale[stride * k, 1])


@bare_kernel
def _factorise(H: Any, f: float, kept: Any) -> None:
    """Fill the factor R of ``M = I + f L' H L``, and the inverses of its pivots."""
    groups = H.shape[0]
    r00, r10, r11 = kept[:groups], kept[groups : 2 * groups], kept[2 * groups : 3 * groups]
    i0, i1 = kept[3 * groups : 4 * groups], kept[4 * groups : 5 * groups]
    l00, l10, l11 = kept[5 * groups : 6 * groups], kept[6 * groups : 7 * groups], kept[7 * groups : 8 * groups]
    for k in range(groups):
        known = l00[k] * (H[k, 0, 0] * l00[k] + H[k, 1, 0] * l10[k])
        m00 = 1.0 + f * (known + l10[k] * (H[k, 1, 0] * l00[k] + H[k, 1, 1] * l10[k]))
        r00[k] = np.sqrt(PIVOT_FLOOR if m00 < PIVOT_FLOOR else m00)
    for k in range(groups):
        i0[k] = 1.0 / r00[k]
    for k in range(groups):
        r10[k] = f * l11[k] * (H[k, 1, 0] * l00[k] + H[k, 1, 1] * l10[k]) * i0[k]
    for k in range(groups):
        left = 1.0 + f * l11[k] * l11[k] * H[k, 1, 1] - r10[k] * r10[k]
        r11[k] = np.sqrt(PIVOT_FLOOR if left < PIVOT_FLOOR else left)
    for k in range(groups):
        i1[k] = 1.0 / r11[k]


@bare_kernel
def whitening(kept: Any, groups: int, k: int) -> Any:
    """The matrix ``T = R⁻¹ L'`` of a group, its later row."""
    r10, i0, i1 = kept[groups + k], kept[3 * groups + k], kept[4 * groups + k]
    l00, l10, l11 = kept[5 * groups + k], kept[6 * groups + k], kept[7 * groups + k]
    t00, t01 = l00 * i0, l10 * i0
    return t00, t01, -r10 * t00 * i1, (l11 - r10 * t01) * i1


@bare_kernel
def _variances(f: float, kept: Any, V: Any) -> None:
    """Fill ``f² V = f² T' T``: variances of the first effects, covariances, variances of the second."""
    groups, v00, v10, v11 = V.shape[1], V[0], V[1], V[2]
    for k in range(groups):
        t00, _, t10, _ = whitening(kept, groups, k)
        v00[k] = f * f * (t00 * t00 + t10 * t10)
    for k in range(groups):
        t00, t01, t10, t11 = whitening(kept, groups, k)
        v10[k] = f * f * (t00 * t01 + t10 * t11)
    for k in range(groups):
        _, t01, _, t11 = whitening(kept, groups, k)
        v11[k] = f * f * (t01 * t01 + t11 * t11)


@bare_kernel
def _take(E: Any, r0: Any, r1: Any, V: Any, P: Any, b: Any) -> None:
    """Take ``f² Σ E' V r`` from b and ``f² Σ E' V E`` from P."""
    v00, v10, v11, groups = V[0], V[1], V[2], r0.size
    if b.size > FEW:
        for k in range(groups):
            s0, s1 = v00[k] * r0[k] + v10[k] * r1[k], v10[k] * r0[k] + v11[k] * r1[k]
            for i in range(b.size):
                b[i] -= E[k, 0, i] * s0 + E[k, 1, i] * s1
                row0 = v00[k] * E[k, 0, i] + v10[k] * E[k, 1, i]
                row1 = v10[k] * E[k, 0, i] + v11[k] * E[k, 1, i]
                for j in range(i + 1):
                    P[i, j] -= row0 * E[k, 0, j] + row1 * E[k, 1, j]
        return
    for i in range(b.size):
        pull = 0.0
        for k in range(groups):
            first, second = E[k, 0, i], E[k, 1, i]
            pull += first * (v00[k] * r0[k] + v10[k] * r1[k]) + second * (v10[k] * r0[k] + v11[k] * r1[k])
        b[i] -= pull
        for j in range(i + 1):
            known = 0.0
            for k in range(groups):
                first, second = E[k, 0, i], E[k, 1, i]
                known += (v00[k] * first + v10[k] * second) * E[k, 0, j]
                known += (v10[k] * first + v11[k] * second) * E[k, 1, j]
            P[i, j] -= known


@bare_kernel
def effects(x: Any, y: Any, E: Any, f: float, kept: Any, v: Any, log_stretch: Any) -> None:
    """Fill v, and the logarithm of the stretch, the inverses of R's pivots: all first effects, then all second.

    Completes `kept`.
    """
    groups = E.shape[0]
    for k in range(groups):
        r10, i0, i1 = kept[groups + k], kept[3 * groups + k], kept[4 * groups + k]
        e0, e1 = kept[8 * groups + k], kept[9 * groups + k]
        for i in range(y.size):
            e0 -= E[k, 0, i] * y[i]
            e1 -= E[k, 1, i] * y[i]
        kept[10 * groups + k], kept[11 * groups + k] = e0, e1
        pull0 = f * (kept[5 * groups + k] * e0 + kept[6 * groups + k] * e1) * i0
        pull1 = (f * kept[7 * groups + k] * e1 - r10 * pull0) * i1
        later = (x[groups + k] + pull1) * i1
        v[groups + k] = later
        v[k] = (x[k] + pull0 - r10 * later) * i0
    logarithms(kept[3 * groups : 5 * groups], log_stretch, 1.0)
