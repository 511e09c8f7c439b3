"""The commonest block of all, compiled by numba: one effect per group under one scale, one shared parameter, no offset.

What `kernels_lone.py` does in two dozen loops with arrays between them takes two here, and three on the way back,
beside the logarithms: no cotangent but that of x has an element for every group. Names and formulas are the same. Of
`kept` 1 / M and 1 / √M are in use, and one number, the scale.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts.factors import PIVOT_FLOOR
from unfunnel.charts.kernels import at, bare_kernel, floored, unaliased_kernel
from unfunnel.charts.kernels_logarithms import logarithms
from unfunnel.charts.pointers import flat

_HIGHEST_INVERSE = 1.0 / PIVOT_FLOOR


@bare_kernel
def to_shared(h: Any, H: Any, E: Any, scale: float, f: float, P: Any, b: Any, kept: Any) -> None:
    """Take what the groups know from P and b; fill 1 / M and its root."""
    groups, tau = h.shape[0], floored(scale)
    pull, known = _to_shared(flat(h), flat(H), flat(E), tau, f, kept[:groups], kept[groups : 2 * groups])
    kept[2 * groups] = tau
    b[0] -= f * f * tau * tau * pull
    P[0, 0] -= f * f * tau * tau * known


@unaliased_kernel
def _to_shared(h: Any, H: Any, E: Any, tau: float, f: float, inverse: Any, root: Any) -> Any:
    """Fill 1 / M and its root; give what P and b lose, in units of ``f² τ²``."""
    pull, known = 0.0, 0.0
    for k in range(inverse.size):
        M = 1.0 + f * tau * tau * H[k]
        one = 1.0 / (PIVOT_FLOOR if M < PIVOT_FLOOR else M)
        inverse[k], root[k] = one, np.sqrt(one)
        spread = one * E[k]
        pull += spread * h[k]
        known += spread * E[k]
    return pull, known


@bare_kernel
def effects(x: Any, y: float, h: Any, E: Any, f: float, kept: Any, v: Any, log_stretch: Any) -> None:
    """Fill v, and the logarithm of the stretch, 1 / √M."""
    groups = v.size
    inverse, root, tau = kept[:groups], kept[groups : 2 * groups], kept[2 * groups]
    _effects(x, flat(h), flat(E), y, f * tau, inverse, root, v)
    logarithms(inverse, log_stretch, 0.5)


@unaliased_kernel
def _effects(x: Any, h: Any, E: Any, y: float, reach: float, inverse: Any, root: Any, v: Any) -> None:
    """Fill v."""
    for k in range(v.size):
        v[k] = x[k] * root[k] + reach * (h[k] - E[k] * y) * inverse[k]


@bare_kernel
def effects_pullback(
    y: Any,
    h: Any,
    H: Any,
    E: Any,
    f: float,
    kept: Any,
    v: Any,
    v_bar: Any,
    stretch_bar: Any,
    x_bar: Any,
    scale_bar: Any,
    y_bar: Any,
) -> Any:
    """Fill the cotangent of x, add to those of scale and y, and give that of f."""
    groups = v.size
    h, H, E = flat(h), flat(H), flat(E)
    inverse, root, tau, shift = kept[:groups], kept[groups : 2 * groups], kept[2 * groups], y[0]
    if v_bar.size == groups:
        for k in range(groups):
            x_bar[k] = v_bar[k] * root[k]
    else:
        same = at(v_bar, 0)
        for k in range(groups):
            x_bar[k] = same * root[k]
    # Of a single group too, a cotangent of one number is that of all.
    stretched = at(stretch_bar, 0) if stretch_bar.size < 2 else 0.0
    along, across, pulled = 0.0, 0.0, 0.0
    for k in range(groups):
        bar, left = x_bar[k] * root[k], h[k] - E[k] * shift
        both = bar * (v[k] + f * tau * left * inverse[k]) + stretched * inverse[k]
        along += left * bar
        across += (0.0 if inverse[k] >= _HIGHEST_INVERSE else both) * H[k]
        pulled += E[k] * bar
    if stretch_bar.size > 1:
        for k in range(groups):
            across += (0.0 if inverse[k] >= _HIGHEST_INVERSE else stretch_bar[k] * inverse[k]) * H[k]
    scale_bar[0, 0] += f * (along - tau * across)
    y_bar[0] -= f * tau * pulled
    return tau * (along - 0.5 * tau * across)


@bare_kernel
def to_shared_pullback(h: Any, H: Any, E: Any, f: float, kept: Any, to_P: float, to_b: float, scale_bar: Any) -> Any:
    """Back through what the groups took from P and b: add to the cotangent of the scale; give that of f."""
    groups = H.shape[0]
    h, H, E = flat(h), flat(H), flat(E)
    inverse, tau = kept[:groups], kept[2 * groups]
    f_bar, total = 0.0, 0.0
    for k in range(groups):
        bent = E[k] * (E[k] * to_P + to_b * h[k]) * tau * inverse[k]
        f_bar += (2.0 + f * tau * tau * H[k]) * inverse[k] * bent
        # V moves with τ as 2 τ / M², and as 2 τ / M where M is raised.
        total += bent * (1.0 if inverse[k] >= _HIGHEST_INVERSE else inverse[k])
    scale_bar[0, 0] -= 2.0 * f * f * total
    return -f * tau * f_bar
