"""A block with two effects per group, group by group: two by two matrices written out, compiled by numba.

The names are those of `kernels_block.py`; ``T = R⁻¹ L'``, so that ``W = T E`` and ``q = T r``, and ``N = R'⁻¹ T``, so
that ``Y = N E`` and ``p = N r``. The prior's factor L has the entries l00, l10 and l11; where the effects' priors are
independent, l10 is zero. For every group `kept` has the entries of R, those of L, and r.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts.factors import PIVOT_FLOOR
from unfunnel.charts.kernels import LOWEST_ROOT, at, floored, kernel

KEPT = 8
"""Numbers kept for every group."""


@kernel
def to_shared(h: Any, H: Any, E: Any, scale: Any, offset: Any, f: float, P: Any, b: Any, kept: Any) -> None:
    """Take what the groups know from P (lower triangle) and b; fill `kept`."""
    shared, full, stride = b.size, scale.shape[1] > 2, 1 if scale.shape[0] > 1 else 0
    for k in range(h.shape[0]):
        l00 = floored(scale[stride * k, 0])
        l10 = scale[stride * k, 1] if full else 0.0
        l11 = floored(scale[stride * k, 2 if full else 1])
        r00, r10, r11 = _root(l00, l10, l11, H[k, 0, 0], H[k, 1, 0], H[k, 1, 1], f)
        r0, r1, c0, c1 = h[k, 0], h[k, 1], 0.0, 0.0
        if offset.shape[0] > 0:
            c0, c1 = offset[k, 0], offset[k, 1]
            r0 -= H[k, 0, 0] * c0 + H[k, 0, 1] * c1
            r1 -= H[k, 1, 0] * c0 + H[k, 1, 1] * c1
        at_k = KEPT * k
        kept[at_k], kept[at_k + 1], kept[at_k + 2] = r00, r10, r11
        kept[at_k + 3], kept[at_k + 4], kept[at_k + 5] = l00, l10, l11
        kept[at_k + 6], kept[at_k + 7] = r0, r1
        t00, t01, t10, t11 = _whitening(r00, r10, r11, l00, l10, l11)
        v00 = f * f * (t00 * t00 + t10 * t10)
        v10 = f * f * (t00 * t01 + t10 * t11)
        v11 = f * f * (t01 * t01 + t11 * t11)
        s0, s1 = v00 * r0 + v10 * r1 + f * c0, v10 * r0 + v11 * r1 + f * c1
        for i in range(shared):
            e0, e1 = E[k, 0, i], E[k, 1, i]
            b[i] -= e0 * s0 + e1 * s1
            row0, row1 = v00 * e0 + v10 * e1, v10 * e0 + v11 * e1
            for j in range(i + 1):
                P[i, j] -= row0 * E[k, 0, j] + row1 * E[k, 1, j]


@kernel
def _root(l00: float, l10: float, l11: float, H00: float, H10: float, H11: float, f: float) -> Any:
    """The factor R of ``M = I + f L' H L``."""
    known0, known1 = H10 * l00 + H11 * l10, H11 * l11
    m00 = 1.0 + f * (l00 * (H00 * l00 + H10 * l10) + l10 * known0)
    m11 = 1.0 + f * l11 * known1
    r00 = np.sqrt(PIVOT_FLOOR if m00 < PIVOT_FLOOR else m00)
    r10 = f * l11 * known0 / r00
    left = m11 - r10 * r10
    return r00, r10, np.sqrt(PIVOT_FLOOR if left < PIVOT_FLOOR else left)


@kernel
def _whitening(r00: float, r10: float, r11: float, l00: float, l10: float, l11: float) -> Any:
    """The matrix ``T = R⁻¹ L'``."""
    t00, t01 = l00 / r00, l10 / r00
    return t00, t01, -r10 * t00 / r11, (l11 - r10 * t01) / r11


@kernel
def effects(x: Any, y: Any, E: Any, f: float, kept: Any, v: Any, stretch: Any) -> None:
    """Fill v, and the pivots of R into `stretch`; first the first effect of every group, then the second."""
    groups = E.shape[0]
    for k in range(groups):
        at_k = KEPT * k
        r00, r10, r11 = kept[at_k], kept[at_k + 1], kept[at_k + 2]
        e0, e1 = kept[at_k + 6], kept[at_k + 7]
        for i in range(y.size):
            e0 -= E[k, 0, i] * y[i]
            e1 -= E[k, 1, i] * y[i]
        pull0 = f * (kept[at_k + 3] * e0 + kept[at_k + 4] * e1) / r00
        pull1 = (f * kept[at_k + 5] * e1 - r10 * pull0) / r11
        later = (x[groups + k] + pull1) / r11
        v[groups + k] = later
        v[k] = (x[k] + pull0 - r10 * later) / r00
        stretch[k], stretch[groups + k] = r00, r11


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
    groups, f_bar = E.shape[0], 0.0
    full, stride = scale_bar.shape[1] > 2, 1 if scale_bar.shape[0] > 1 else 0
    for k in range(groups):
        at_k = KEPT * k
        r00, r10, r11 = kept[at_k], kept[at_k + 1], kept[at_k + 2]
        l00, l10, l11 = kept[at_k + 3], kept[at_k + 4], kept[at_k + 5]
        e0, e1 = kept[at_k + 6], kept[at_k + 7]
        for i in range(y.size):
            e0 -= E[k, 0, i] * y[i]
            e1 -= E[k, 1, i] * y[i]
        pull0 = f * (l00 * e0 + l10 * e1) / r00
        pull1 = (f * l11 * e1 - r10 * pull0) / r11
        x0_bar = at(v_bar, k) / r00
        x1_bar = (at(v_bar, groups + k) - r10 * x0_bar) / r11
        x_bar[k], x_bar[groups + k] = x0_bar, x1_bar
        back1 = x1_bar / r11
        back0 = (x0_bar - r10 * back1) / r00
        r00_bar = -back0 * pull0 - v[k] * x0_bar - at(stretch_bar, k) / r00
        r10_bar = -back1 * pull0 - v[groups + k] * x0_bar
        r11_bar = -back1 * pull1 - v[groups + k] * x1_bar - at(stretch_bar, groups + k) / r11
        m11_bar = 0.0 if r11 <= LOWEST_ROOT else 0.5 * r11_bar / r11
        m10_bar = (r10_bar - 2.0 * m11_bar * r10) / r00
        m00_bar = 0.0 if r00 <= LOWEST_ROOT else 0.5 * (r00_bar - r10 * m10_bar) / r00
        a00, a01 = H[k, 0, 0] * l00 + H[k, 0, 1] * l10, H[k, 0, 1] * l11
        a10, a11 = H[k, 1, 0] * l00 + H[k, 1, 1] * l10, H[k, 1, 1] * l11
        f_bar += m00_bar * (l00 * a00 + l10 * a10) + m10_bar * l11 * a10 + m11_bar * l11 * a11
        f_bar += (l00 * e0 + l10 * e1) * back0 + l11 * e1 * back1
        scale_bar[stride * k, 0] += f * (2.0 * a00 * m00_bar + a01 * m10_bar + e0 * back0)
        if full:
            scale_bar[stride * k, 1] += f * (2.0 * a10 * m00_bar + a11 * m10_bar + e1 * back0)
        scale_bar[stride * k, 2 if full else 1] += f * (a10 * m10_bar + 2.0 * a11 * m11_bar + e1 * back1)
        e0_bar, e1_bar = f * l00 * back0, f * (l10 * back0 + l11 * back1)
        for i in range(y.size):
            y_bar[i] -= E[k, 0, i] * e0_bar + E[k, 1, i] * e1_bar
        if offset_bar.shape[0] > 0:
            offset_bar[k, 0] = -H[k, 0, 0] * e0_bar - H[k, 1, 0] * e1_bar
            offset_bar[k, 1] = -H[k, 0, 1] * e0_bar - H[k, 1, 1] * e1_bar
    return f_bar


@kernel
def to_shared_pullback(
    H: Any, E: Any, offset: Any, f: float, kept: Any, to_P: Any, to_b: Any, scale_bar: Any, offset_bar: Any
) -> Any:
    """Back through what the groups took from P and b: add to the cotangents of scale and offset; give that of f."""
    shared, f_bar = to_b.size, 0.0
    full, stride = scale_bar.shape[1] > 2, 1 if scale_bar.shape[0] > 1 else 0
    for k in range(E.shape[0]):
        at_k = KEPT * k
        r00, r10, r11 = kept[at_k], kept[at_k + 1], kept[at_k + 2]
        l00, l10, l11 = kept[at_k + 3], kept[at_k + 4], kept[at_k + 5]
        a00, a10, a11, b0, b1 = 0.0, 0.0, 0.0, 0.0, 0.0
        for i in range(shared):
            row0, row1 = 0.0, 0.0
            for j in range(shared):
                row0 += to_P[i, j] * E[k, 0, j]
                row1 += to_P[i, j] * E[k, 1, j]
            a00 += E[k, 0, i] * row0
            a10 += E[k, 1, i] * row0
            a11 += E[k, 1, i] * row1
            b0 += E[k, 0, i] * to_b[i]
            b1 += E[k, 1, i] * to_b[i]
        t00, t01, t10, t11 = _whitening(r00, r10, r11, l00, l10, l11)
        n10, n11 = t10 / r11, t11 / r11
        n00, n01 = (t00 - r10 * n10) / r00, (t01 - r10 * n11) / r00
        p0, p1 = n00 * kept[at_k + 6] + n01 * kept[at_k + 7], n10 * kept[at_k + 6] + n11 * kept[at_k + 7]
        s0, s1 = n00 * b0 + n01 * b1, n10 * b0 + n11 * b1
        g00, g01 = n00 * a00 + n01 * a10, n00 * a10 + n01 * a11
        g10, g11 = n10 * a00 + n11 * a10, n10 * a10 + n11 * a11
        Q00 = g00 * n00 + g01 * n01 + s0 * p0
        Q10 = g10 * n00 + g11 * n01 + 0.5 * (s1 * p0 + s0 * p1)
        Q11 = g10 * n10 + g11 * n11 + s1 * p1
        f_bar -= f * ((1.0 + r00 * r00) * Q00 + 2.0 * r00 * r10 * Q10 + (1.0 + r10 * r10 + r11 * r11) * Q11)
        scale_bar[stride * k, 0] -= 2.0 * f * f * (Q00 - l10 * Q10 / l11) / l00
        if full:
            scale_bar[stride * k, 1] -= 2.0 * f * f * Q10 / l11
        scale_bar[stride * k, 2 if full else 1] -= 2.0 * f * f * Q11 / l11
        if offset.shape[0] > 0:
            f_bar -= b0 * offset[k, 0] + b1 * offset[k, 1]
            later = s1 / l11
            offset_bar[k, 1] -= f * later
            offset_bar[k, 0] -= f * (s0 - l10 * later) / l00
    return f_bar
