"""The commonest way back of all: one effect per group under one scale, one shared parameter, and no offset.

What `kernels_lone.py` does in a dozen loops with arrays between them is one loop here that stores nothing, because no
cotangent but that of x has an element for every group.
"""

from __future__ import annotations

from typing import Any

from unfunnel.charts.factors import PIVOT_FLOOR
from unfunnel.charts.kernels import at, bare_kernel

_HIGHEST_INVERSE = 1.0 / PIVOT_FLOOR


@bare_kernel
def effects_pullback(
    H: Any, E: Any, f: float, kept: Any, v: Any, stretch_bar: Any, x_bar: Any, scale_bar: Any, y_bar: Any
) -> Any:
    """Add to the cotangents of scale and y, from that of x, and give that of f; all stretches have one cotangent."""
    groups = v.size
    H, E = H.reshape(groups), E.reshape(groups)
    inverse, left, root = kept[:groups], kept[3 * groups : 4 * groups], kept[4 * groups : 5 * groups]
    tau, stretched = kept[2 * groups], at(stretch_bar, 0)
    along, across, pulled = 0.0, 0.0, 0.0
    for k in range(groups):
        bar = x_bar[k] * root[k]
        both = -0.5 * (bar * (v[k] + f * tau * left[k] * inverse[k]) + stretched * inverse[k])
        along += left[k] * bar
        across += (0.0 if inverse[k] >= _HIGHEST_INVERSE else both) * tau * H[k]
        pulled += E[k] * bar
    scale_bar[0, 0] += f * (along + 2.0 * across)
    y_bar[0] -= f * tau * pulled
    return tau * (along + across)


@bare_kernel
def to_shared_pullback(H: Any, E: Any, f: float, kept: Any, to_P: Any, to_b: Any, scale_bar: Any) -> Any:
    """Back through what the groups took from P and b: add to the cotangent of the scale; give that of f."""
    groups = H.shape[0]
    H, E = H.reshape(groups), E.reshape(groups)
    inverse, r, tau = kept[:groups], kept[groups : 2 * groups], kept[2 * groups]
    f_bar, total = 0.0, 0.0
    for k in range(groups):
        bent = E[k] * (E[k] * to_P[0, 0] + to_b[0] * r[k]) * tau * inverse[k]
        f_bar += (2.0 + f * tau * tau * H[k]) * inverse[k] * bent
        # V moves with τ as 2 τ / M², and as 2 τ / M where M is raised.
        total += bent * (1.0 if inverse[k] >= _HIGHEST_INVERSE else inverse[k])
    scale_bar[0, 0] -= 2.0 * f * f * total
    return -f * tau * f_bar
