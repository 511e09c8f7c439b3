"""The commonest block with two effects per group: scales that all groups share, two shared parameters, no offset.

An intercept and a slope that vary by group, with a mean each. What `kernels_pair.py` does for any block in some fifty
loops with arrays between them takes two here, and two on the way back, beside the logarithms. Names and formulas are
the same, but for these: ``N = M⁻¹ L'``, and of `kept` the entry r10 of R and the inverses of r00 and r11 are in use,
for every group.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts.factors import PIVOT_FLOOR
from unfunnel.charts.kernels import LOWEST_ROOT, bare_kernel, floored, put, unaliased_kernel
from unfunnel.charts.kernels_logarithms import logarithms
from unfunnel.charts.pointers import flat

_HIGHEST_INVERSE = 1.0 / LOWEST_ROOT


@bare_kernel
def to_shared(h: Any, H: Any, E: Any, scale: Any, f: float, P: Any, b: Any, kept: Any) -> None:
    """Take what the groups know from P (lower triangle) and b; fill `kept`."""
    groups = h.shape[0]
    l00, l10, l11 = _entries(scale)
    b0, b1, P00, P10, P11 = _to_shared(
        flat(h), flat(H), flat(E), l00, l10, l11, f, kept[:groups], kept[groups : 2 * groups],
        kept[2 * groups : 3 * groups],
    )  # fmt: skip
    b[0] -= f * f * b0
    b[1] -= f * f * b1
    P[0, 0] -= f * f * P00
    P[1, 0] -= f * f * P10
    P[1, 1] -= f * f * P11


@bare_kernel
def _entries(scale: Any) -> Any:
    """The entries of L, which has a column for each, or none below the diagonal."""
    last = scale.shape[1] - 1
    return floored(scale[0, 0]), scale[0, 1] if last == 2 else 0.0, floored(scale[0, last])


@unaliased_kernel
def _to_shared(h: Any, H: Any, E: Any, l00: float, l10: float, l11: float, f: float, r10: Any, i0: Any, i1: Any) -> Any:
    """Fill the factors; give ``Σ W' q`` and the entries of ``Σ W' W``."""
    b0, b1, P00, P10, P11 = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(r10.size):
        H00, H10, H11 = H[4 * k], H[4 * k + 2], H[4 * k + 3]
        along = H10 * l00 + H11 * l10
        m00 = 1.0 + f * (l00 * (H00 * l00 + H10 * l10) + l10 * along)
        inverse0 = 1.0 / np.sqrt(PIVOT_FLOOR if m00 < PIVOT_FLOOR else m00)
        below = f * l11 * along * inverse0
        left = 1.0 + f * l11 * l11 * H11 - below * below
        inverse1 = 1.0 / np.sqrt(PIVOT_FLOOR if left < PIVOT_FLOOR else left)
        r10[k], i0[k], i1[k] = below, inverse0, inverse1
        t00, t01 = l00 * inverse0, l10 * inverse0
        t10, t11 = -below * t00 * inverse1, (l11 - below * t01) * inverse1
        q0, q1 = t00 * h[2 * k] + t01 * h[2 * k + 1], t10 * h[2 * k] + t11 * h[2 * k + 1]
        E00, E01, E10, E11 = E[4 * k], E[4 * k + 1], E[4 * k + 2], E[4 * k + 3]
        W00, W01, W10, W11 = t00 * E00 + t01 * E10, t00 * E01 + t01 * E11, t10 * E00 + t11 * E10, t10 * E01 + t11 * E11
        b0 += W00 * q0 + W10 * q1
        b1 += W01 * q0 + W11 * q1
        P00 += W00 * W00 + W10 * W10
        P10 += W00 * W01 + W10 * W11
        P11 += W01 * W01 + W11 * W11
    return b0, b1, P00, P10, P11


@bare_kernel
def effects(x: Any, y: Any, h: Any, E: Any, scale: Any, f: float, kept: Any, v: Any, log_stretch: Any) -> None:
    """Fill v and the logarithm of the stretch: all first effects, then all second."""
    groups = h.shape[0]
    l00, l10, l11 = _entries(scale)
    r10, i0, i1 = kept[:groups], kept[groups : 2 * groups], kept[2 * groups : 3 * groups]
    _effects(
        x[:groups], x[groups:], y[0], y[1], flat(h), flat(E), l00, l10, l11, f, r10, i0, i1, v[:groups], v[groups:]
    )
    logarithms(kept[groups : 3 * groups], log_stretch, 1.0)


@unaliased_kernel
def _effects(
    x0: Any,
    x1: Any,
    y0: float,
    y1: float,
    h: Any,
    E: Any,
    l00: float,
    l10: float,
    l11: float,
    f: float,
    r10: Any,
    i0: Any,
    i1: Any,
    v0: Any,
    v1: Any,
) -> None:
    """Fill v."""
    for k in range(r10.size):
        e0 = h[2 * k] - E[4 * k] * y0 - E[4 * k + 1] * y1
        e1 = h[2 * k + 1] - E[4 * k + 2] * y0 - E[4 * k + 3] * y1
        pull0 = f * (l00 * e0 + l10 * e1) * i0[k]
        pull1 = (f * l11 * e1 - r10[k] * pull0) * i1[k]
        later = (x1[k] + pull1) * i1[k]
        v1[k] = later
        v0[k] = (x0[k] + pull0 - r10[k] * later) * i0[k]


@bare_kernel
def effects_pullback(
    y: Any,
    h: Any,
    H: Any,
    E: Any,
    scale: Any,
    f: float,
    kept: Any,
    v: Any,
    v_bar: Any,
    stretch_bar: Any,
    x_bar: Any,
    scale_bar: Any,
    y_bar: Any,
    scratch: Any,
) -> Any:
    """Fill the cotangent of x, add to those of scale and y, and give that of f."""
    groups = h.shape[0]
    l00, l10, l11 = _entries(scale)
    if v_bar.size < 2 * groups:
        put(scratch, 0, 2 * groups, v_bar)
        v_bar = scratch[: 2 * groups]
    if stretch_bar.size < 2 * groups:
        put(scratch, 2 * groups, 4 * groups, stretch_bar)
        stretch_bar = scratch[2 * groups : 4 * groups]
    along00, along10, along11, against00, against10, against11, y0_bar, y1_bar = _effects_pullback(
        y[0], y[1], flat(h), flat(H), flat(E), l00, l10, l11, f,
        kept[:groups], kept[groups : 2 * groups], kept[2 * groups : 3 * groups], v[:groups], v[groups:],
        v_bar[:groups], v_bar[groups:], stretch_bar[:groups], stretch_bar[groups:], x_bar[:groups], x_bar[groups:],
    )  # fmt: skip
    scale_bar[0, 0] += f * (along00 + against00)
    if scale_bar.shape[1] > 2:
        scale_bar[0, 1] += f * (along10 + against10)
    scale_bar[0, scale_bar.shape[1] - 1] += f * (along11 + against11)
    y_bar[0] -= y0_bar
    y_bar[1] -= y1_bar
    # L enters twice where f enters once.
    information = 0.5 * (l00 * along00 + l10 * along10 + l11 * along11)
    return information + l00 * against00 + l10 * against10 + l11 * against11


@unaliased_kernel
def _effects_pullback(
    y0: float,
    y1: float,
    h: Any,
    H: Any,
    E: Any,
    l00: float,
    l10: float,
    l11: float,
    f: float,
    r10: Any,
    i0: Any,
    i1: Any,
    v0: Any,
    v1: Any,
    v0_bar: Any,
    v1_bar: Any,
    stretch0_bar: Any,
    stretch1_bar: Any,
    x0_bar: Any,
    x1_bar: Any,
) -> Any:
    """Fill the cotangents of x; give what L gets through H and through e, each without f, and ``E' ē``."""
    along00, along10, along11 = 0.0, 0.0, 0.0
    against00, against10, against11 = 0.0, 0.0, 0.0
    y0_bar, y1_bar = 0.0, 0.0
    for k in range(r10.size):
        H00, H10, H11 = H[4 * k], H[4 * k + 2], H[4 * k + 3]
        E00, E01, E10, E11 = E[4 * k], E[4 * k + 1], E[4 * k + 2], E[4 * k + 3]
        first = v0_bar[k] * i0[k]
        second = (v1_bar[k] - r10[k] * first) * i1[k]
        x0_bar[k], x1_bar[k] = first, second
        back1 = second * i1[k]
        back0 = (first - r10[k] * back1) * i0[k]
        e0 = h[2 * k] - E00 * y0 - E01 * y1
        e1 = h[2 * k + 1] - E10 * y0 - E11 * y1
        pull0 = f * (l00 * e0 + l10 * e1) * i0[k]
        pull1 = (f * l11 * e1 - r10[k] * pull0) * i1[k]
        r11_bar = -back1 * pull1 - v1[k] * second - stretch1_bar[k] * i1[k]
        m11 = 0.0 if i1[k] >= _HIGHEST_INVERSE else 0.5 * r11_bar * i1[k]
        m10 = (-back1 * pull0 - v1[k] * first - 2.0 * m11 * r10[k]) * i0[k]
        r00_bar = -back0 * pull0 - v0[k] * first - stretch0_bar[k] * i0[k]
        m00 = 0.0 if i0[k] >= _HIGHEST_INVERSE else 0.5 * (r00_bar - r10[k] * m10) * i0[k]
        known00, known10 = H00 * l00 + H10 * l10, H10 * l00 + H11 * l10
        along00 += 2.0 * known00 * m00 + H10 * l11 * m10
        along10 += 2.0 * known10 * m00 + H11 * l11 * m10
        along11 += known10 * m10 + 2.0 * H11 * l11 * m11
        against00 += e0 * back0
        against10 += e1 * back0
        against11 += e1 * back1
        e0_bar, e1_bar = f * l00 * back0, f * (l10 * back0 + l11 * back1)
        y0_bar += E00 * e0_bar + E10 * e1_bar
        y1_bar += E01 * e0_bar + E11 * e1_bar
    return along00, along10, along11, against00, against10, against11, y0_bar, y1_bar


@bare_kernel
def to_shared_pullback(
    h: Any, H: Any, E: Any, scale: Any, f: float, kept: Any, to_P: Any, to_b: Any, scale_bar: Any
) -> Any:
    """Back through what the groups took from P and b: add to the cotangent of the scales; give that of f."""
    groups = h.shape[0]
    l00, l10, l11 = _entries(scale)
    r10, i0, i1 = kept[:groups], kept[groups : 2 * groups], kept[2 * groups : 3 * groups]
    Q00, Q10, Q11, information = _information_bar(
        flat(h), flat(H), flat(E), l00, l10, l11, r10, i0, i1, to_P[0, 0], to_P[1, 0], to_P[1, 1], to_b[0], to_b[1]
    )
    scale_bar[0, 0] -= 2.0 * f * f * (Q00 - l10 * Q10 / l11) / l00
    if scale_bar.shape[1] > 2:
        scale_bar[0, 1] -= 2.0 * f * f * Q10 / l11
    scale_bar[0, scale_bar.shape[1] - 1] -= 2.0 * f * f * Q11 / l11
    return -f * (2.0 * (Q00 + Q11) + f * information)


@unaliased_kernel
def _information_bar(
    h: Any,
    H: Any,
    E: Any,
    l00: float,
    l10: float,
    l11: float,
    r10: Any,
    i0: Any,
    i1: Any,
    P00: float,
    P10: float,
    P11: float,
    b0: float,
    b1: float,
) -> Any:
    """The entries of ``Σ Q`` with ``Q = N (E P̄ E') N' + sym(N E b̄ p')``, and ``Σ tr(L' H L Q)``."""
    total00, total10, total11, information = 0.0, 0.0, 0.0, 0.0
    for k in range(r10.size):
        H00, H10, H11 = H[4 * k], H[4 * k + 2], H[4 * k + 3]
        E00, E01, E10, E11 = E[4 * k], E[4 * k + 1], E[4 * k + 2], E[4 * k + 3]
        t00, t01 = l00 * i0[k], l10 * i0[k]
        n10, n11 = -r10[k] * t00 * i1[k] * i1[k], (l11 - r10[k] * t01) * i1[k] * i1[k]
        n00, n01 = (t00 - r10[k] * n10) * i0[k], (t01 - r10[k] * n11) * i0[k]
        Y00, Y01, Y10, Y11 = n00 * E00 + n01 * E10, n00 * E01 + n01 * E11, n10 * E00 + n11 * E10, n10 * E01 + n11 * E11
        p0, p1 = n00 * h[2 * k] + n01 * h[2 * k + 1], n10 * h[2 * k] + n11 * h[2 * k + 1]
        s0, s1 = Y00 * b0 + Y01 * b1, Y10 * b0 + Y11 * b1
        C00, C01 = Y00 * P00 + Y01 * P10, Y00 * P10 + Y01 * P11
        C10, C11 = Y10 * P00 + Y11 * P10, Y10 * P10 + Y11 * P11
        Q00 = C00 * Y00 + C01 * Y01 + s0 * p0
        Q10 = C10 * Y00 + C11 * Y01 + 0.5 * (s1 * p0 + s0 * p1)
        Q11 = C10 * Y10 + C11 * Y11 + s1 * p1
        total00 += Q00
        total10 += Q10
        total11 += Q11
        known10 = H10 * l00 + H11 * l10
        information += (l00 * (H00 * l00 + H10 * l10) + l10 * known10) * Q00
        information += l11 * (2.0 * known10 * Q10 + l11 * H11 * Q11)
    return total00, total10, total11, information
