"""The way back of a block with two effects per group, compiled by numba; the names are those of `kernels_pair.py`."""

from __future__ import annotations

from typing import Any

from unfunnel.charts.kernels import LOWEST_ROOT, at, bare_kernel
from unfunnel.charts.kernels_lone import FEW
from unfunnel.charts.kernels_pair import whitening

_HIGHEST_INVERSE = 1.0 / LOWEST_ROOT


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
    groups = E.shape[0]
    r10, i0, i1 = kept[groups : 2 * groups], kept[3 * groups : 4 * groups], kept[4 * groups : 5 * groups]
    l00, l10, l11 = kept[5 * groups : 6 * groups], kept[6 * groups : 7 * groups], kept[7 * groups : 8 * groups]
    e0, e1 = kept[10 * groups : 11 * groups], kept[11 * groups : 12 * groups]
    x0_bar, x1_bar = x_bar[:groups], x_bar[groups:]
    back0, back1, each = scratch[:groups], scratch[groups : 2 * groups], scratch[2 * groups : 3 * groups]
    for k in range(groups):
        x0_bar[k] = at(v_bar, k) * i0[k]
    for k in range(groups):
        x1_bar[k] = (at(v_bar, groups + k) - r10[k] * x0_bar[k]) * i1[k]
    for k in range(groups):
        back1[k] = x1_bar[k] * i1[k]
    for k in range(groups):
        back0[k] = (x0_bar[k] - r10[k] * back1[k]) * i0[k]
    m00, m10, m11 = (
        scratch[3 * groups : 4 * groups],
        scratch[4 * groups : 5 * groups],
        scratch[5 * groups : 6 * groups],
    )
    _precision_bar(f, kept, v, stretch_bar, x_bar, scratch, m00, m10, m11)
    f_bar = 0.0
    for k in range(groups):
        known0, known1 = H[k, 1, 0] * l00[k] + H[k, 1, 1] * l10[k], H[k, 1, 1] * l11[k]
        f_bar += m00[k] * (l00[k] * (H[k, 0, 0] * l00[k] + H[k, 0, 1] * l10[k]) + l10[k] * known0)
        f_bar += l11[k] * (m10[k] * known0 + m11[k] * known1)
        f_bar += (l00[k] * e0[k] + l10[k] * e1[k]) * back0[k] + l11[k] * e1[k] * back1[k]
    for k in range(groups):
        known0, known1 = H[k, 0, 0] * l00[k] + H[k, 0, 1] * l10[k], H[k, 0, 1] * l11[k]
        each[k] = f * (2.0 * known0 * m00[k] + known1 * m10[k] + e0[k] * back0[k])
    _add(each, scale_bar, 0)
    if scale_bar.shape[1] > 2:
        for k in range(groups):
            known0, known1 = H[k, 1, 0] * l00[k] + H[k, 1, 1] * l10[k], H[k, 1, 1] * l11[k]
            each[k] = f * (2.0 * known0 * m00[k] + known1 * m10[k] + e1[k] * back0[k])
        _add(each, scale_bar, 1)
    for k in range(groups):
        known0, known1 = H[k, 1, 0] * l00[k] + H[k, 1, 1] * l10[k], H[k, 1, 1] * l11[k]
        each[k] = f * (known0 * m10[k] + 2.0 * known1 * m11[k] + e1[k] * back1[k])
    _add(each, scale_bar, scale_bar.shape[1] - 1)
    # From here on back has the cotangents of e.
    for k in range(groups):
        back1[k] = f * (l10[k] * back0[k] + l11[k] * back1[k])
    for k in range(groups):
        back0[k] *= f * l00[k]
    _subtract_shared(E, back0, back1, y_bar)
    if offset_bar.shape[0] > 0:
        for k in range(groups):
            offset_bar[k, 0] = -H[k, 0, 0] * back0[k] - H[k, 1, 0] * back1[k]
            offset_bar[k, 1] = -H[k, 0, 1] * back0[k] - H[k, 1, 1] * back1[k]
    return f_bar


@bare_kernel
def _precision_bar(
    f: float, kept: Any, v: Any, stretch_bar: Any, x_bar: Any, scratch: Any, m00: Any, m10: Any, m11: Any
) -> None:
    """Fill the cotangent of M: its entries (0, 0), (1, 0) for itself and its mirror image, and (1, 1)."""
    groups = x_bar.size // 2
    back0, back1 = scratch[:groups], scratch[groups : 2 * groups]
    r10, i0, i1 = kept[groups : 2 * groups], kept[3 * groups : 4 * groups], kept[4 * groups : 5 * groups]
    l00, l10, l11 = kept[5 * groups : 6 * groups], kept[6 * groups : 7 * groups], kept[7 * groups : 8 * groups]
    e0, e1 = kept[10 * groups : 11 * groups], kept[11 * groups : 12 * groups]
    pull0, pull1 = scratch[6 * groups : 7 * groups], scratch[7 * groups : 8 * groups]
    for k in range(groups):
        pull0[k] = f * (l00[k] * e0[k] + l10[k] * e1[k]) * i0[k]
    for k in range(groups):
        pull1[k] = (f * l11[k] * e1[k] - r10[k] * pull0[k]) * i1[k]
    for k in range(groups):
        r11_bar = -back1[k] * pull1[k] - v[groups + k] * x_bar[groups + k] - at(stretch_bar, groups + k) * i1[k]
        m11[k] = 0.0 if i1[k] >= _HIGHEST_INVERSE else 0.5 * r11_bar * i1[k]
    for k in range(groups):
        r10_bar = -back1[k] * pull0[k] - v[groups + k] * x_bar[k]
        m10[k] = (r10_bar - 2.0 * m11[k] * r10[k]) * i0[k]
    for k in range(groups):
        r00_bar = -back0[k] * pull0[k] - v[k] * x_bar[k] - at(stretch_bar, k) * i0[k]
        m00[k] = 0.0 if i0[k] >= _HIGHEST_INVERSE else 0.5 * (r00_bar - r10[k] * m10[k]) * i0[k]


@bare_kernel
def _add(each: Any, scale_bar: Any, column: int) -> None:
    """Add what every group gives to the cotangent of a scale."""
    if scale_bar.shape[0] > 1:
        for k in range(each.size):
            scale_bar[k, column] += each[k]
    else:
        total = 0.0
        for k in range(each.size):
            total += each[k]
        scale_bar[0, column] += total


@bare_kernel
def _subtract_shared(E: Any, e0_bar: Any, e1_bar: Any, y_bar: Any) -> None:
    """Take ``E' ē`` from the cotangent of y."""
    if y_bar.size > FEW:
        for k in range(e0_bar.size):
            for i in range(y_bar.size):
                y_bar[i] -= E[k, 0, i] * e0_bar[k] + E[k, 1, i] * e1_bar[k]
        return
    for i in range(y_bar.size):
        total = 0.0
        for k in range(e0_bar.size):
            total += E[k, 0, i] * e0_bar[k] + E[k, 1, i] * e1_bar[k]
        y_bar[i] -= total


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
    groups, f_bar = E.shape[0], 0.0
    r00, r10, r11 = kept[:groups], kept[groups : 2 * groups], kept[2 * groups : 3 * groups]
    l00, l10, l11 = kept[5 * groups : 6 * groups], kept[6 * groups : 7 * groups], kept[7 * groups : 8 * groups]
    seen = scratch[: 5 * groups].reshape((5, groups))
    _see(E, to_P, to_b, seen)
    Q = scratch[5 * groups : 8 * groups].reshape((3, groups))
    _information_bar(kept, seen, Q)
    Q00, Q10, Q11, each = Q[0], Q[1], Q[2], scratch[8 * groups : 9 * groups]
    for k in range(groups):
        f_bar -= f * ((1.0 + r00[k] * r00[k]) * Q00[k] + 2.0 * r00[k] * r10[k] * Q10[k])
        f_bar -= f * (1.0 + r10[k] * r10[k] + r11[k] * r11[k]) * Q11[k]
    for k in range(groups):
        each[k] = -2.0 * f * f * (Q00[k] - l10[k] * Q10[k] / l11[k]) / l00[k]
    _add(each, scale_bar, 0)
    if scale_bar.shape[1] > 2:
        for k in range(groups):
            each[k] = -2.0 * f * f * Q10[k] / l11[k]
        _add(each, scale_bar, 1)
    for k in range(groups):
        each[k] = -2.0 * f * f * Q11[k] / l11[k]
    _add(each, scale_bar, scale_bar.shape[1] - 1)
    if offset.shape[0] > 0:
        for k in range(groups):
            s0, s1 = _solved(kept, groups, k, seen[3, k], seen[4, k])
            f_bar -= seen[3, k] * offset[k, 0] + seen[4, k] * offset[k, 1]
            later = s1 / l11[k]
            offset_bar[k, 1] -= f * later
            offset_bar[k, 0] -= f * (s0 - l10[k] * later) / l00[k]
    return f_bar


@bare_kernel
def _see(E: Any, to_P: Any, to_b: Any, seen: Any) -> None:
    """Fill ``E P̄ E'``, its entries (0, 0), (1, 0) and (1, 1), and ``E b̄``, for every group."""
    groups = E.shape[0]
    seen[:] = 0.0
    if to_b.size > FEW:
        for k in range(groups):
            for i in range(to_b.size):
                row0, row1 = 0.0, 0.0
                for j in range(to_b.size):
                    row0 += to_P[i, j] * E[k, 0, j]
                    row1 += to_P[i, j] * E[k, 1, j]
                seen[0, k] += E[k, 0, i] * row0
                seen[1, k] += E[k, 1, i] * row0
                seen[2, k] += E[k, 1, i] * row1
                seen[3, k] += E[k, 0, i] * to_b[i]
                seen[4, k] += E[k, 1, i] * to_b[i]
        return
    a00, a10, a11, b0, b1 = seen[0], seen[1], seen[2], seen[3], seen[4]
    for i in range(to_b.size):
        for k in range(groups):
            b0[k] += E[k, 0, i] * to_b[i]
        for k in range(groups):
            b1[k] += E[k, 1, i] * to_b[i]
        for j in range(i + 1):
            half = 0.5 * to_P[i, i] if i == j else to_P[i, j]
            for k in range(groups):
                a00[k] += 2.0 * half * E[k, 0, i] * E[k, 0, j]
            for k in range(groups):
                a10[k] += half * (E[k, 1, i] * E[k, 0, j] + E[k, 0, i] * E[k, 1, j])
            for k in range(groups):
                a11[k] += 2.0 * half * E[k, 1, i] * E[k, 1, j]


@bare_kernel
def _solved(kept: Any, groups: int, k: int, b0: float, b1: float) -> Any:
    """``N b`` of a group, with ``N = M⁻¹ L'``."""
    r10, i0, i1 = kept[groups + k], kept[3 * groups + k], kept[4 * groups + k]
    t00, t01, t10, t11 = whitening(kept, groups, k)
    second = (t10 * b0 + t11 * b1) * i1
    return (t00 * b0 + t01 * b1 - r10 * second) * i0, second


@bare_kernel
def _information_bar(kept: Any, seen: Any, Q: Any) -> None:
    """Fill the entries of Q: ``Q = N (E P̄ E') N' + sym(N E b̄ p')``."""
    groups = seen.shape[1]
    a00, a10, a11, b0, b1 = seen[0], seen[1], seen[2], seen[3], seen[4]
    r0, r1 = kept[8 * groups : 9 * groups], kept[9 * groups : 10 * groups]
    Q00, Q10, Q11 = Q[0], Q[1], Q[2]
    for k in range(groups):
        s0, _ = _solved(kept, groups, k, b0[k], b1[k])
        p0, _ = _solved(kept, groups, k, r0[k], r1[k])
        c0, _ = _solved(kept, groups, k, a00[k], a10[k])
        c1, _ = _solved(kept, groups, k, a10[k], a11[k])
        first, _ = _solved(kept, groups, k, c0, c1)
        Q00[k] = first + s0 * p0
    for k in range(groups):
        s0, s1 = _solved(kept, groups, k, b0[k], b1[k])
        p0, p1 = _solved(kept, groups, k, r0[k], r1[k])
        c0, _ = _solved(kept, groups, k, a00[k], a10[k])
        c1, _ = _solved(kept, groups, k, a10[k], a11[k])
        _, second = _solved(kept, groups, k, c0, c1)
        Q10[k] = second + 0.5 * (s1 * p0 + s0 * p1)
    for k in range(groups):
        _, s1 = _solved(kept, groups, k, b0[k], b1[k])
        _, p1 = _solved(kept, groups, k, r0[k], r1[k])
        _, c0 = _solved(kept, groups, k, a00[k], a10[k])
        _, c1 = _solved(kept, groups, k, a10[k], a11[k])
        _, second = _solved(kept, groups, k, c0, c1)
        Q11[k] = second + s1 * p1
