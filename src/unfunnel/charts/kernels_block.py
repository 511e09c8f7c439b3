"""The kernels of a whole block: all its shared parameters and effects forward, and back, compiled by numba.

The formulas are those of `factors.py`. With ``W_k = R_k⁻¹ L_k' E_k`` and ``q_k = R_k⁻¹ L_k' (h_k - H_k c_k)``,

    P = f D - f² Σ W_k' W_k        b = f g - Σ (f² W_k' q_k + f E_k' c_k)
    z = R_B'⁻¹ (x_B + w)           v_k = R_k'⁻¹ (x_k + f (q_k - W_k y))

The way back goes through the effects first, then through the shared parameters, and then through what the groups gave
to P and b: with ``Y_k = R_k'⁻¹ W_k``, ``p_k = R_k'⁻¹ q_k``, cotangents P̄ (symmetric) and b̄, and
``Q_k = Y_k P̄ Y_k' + sym(Y_k b̄ p_k')``,

    L̄_k = -2 f² L_k'⁻¹ Q_k         c̄_k = -f L_k'⁻¹ Y_k b̄         f̄_k = -f tr((2 I + f L_k' H_k L_k) Q_k)

which subtracts nothing that nearly cancels, however large the evidence. What is done for every group is in
`kernels_one_scale.py` and `kernels_pair_common.py` (the commonest blocks of one and of two effects per group),
`kernels_lone.py` (any other of one), `kernels_pair.py` (of two) and `kernels_several.py` (of any number); the way back
of the last two is in `kernels_pair_back.py` and `kernels_several_back.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts import kernels_lone as lone
from unfunnel.charts import kernels_one_scale as one_scale
from unfunnel.charts import kernels_pair as pair
from unfunnel.charts import kernels_pair_back as pair_back
from unfunnel.charts import kernels_pair_common as pair_common
from unfunnel.charts import kernels_several as several
from unfunnel.charts import kernels_several_back as several_back
from unfunnel.charts.kernels import (
    LOWEST_ROOT,
    at,
    bare_kernel,
    factorise,
    factorise_pullback,
    kernel,
    solve_lower,
    solve_upper,
)


@bare_kernel
def block(
    x_shared: Any,
    x: Any,
    h: Any,
    H: Any,
    E: Any,
    D: Any,
    g: Any,
    scale: Any,
    offset: Any,
    f: float,
    S: Any,
    b0: Any,
    z: Any,
    z_stretch: Any,
    v: Any,
    v_stretch: Any,
    R: Any,
    w: Any,
    P: Any,
    b: Any,
    y: Any,
    kept: Any,
) -> None:
    """Fill z, v and the logarithms of their stretch; and R, w, P, b, y and `kept`, which the way back needs."""
    effects, shared = offset.shape[1], S.size
    P[:] = 0.0
    b[:] = 0.0
    common = _is_common(scale, offset, S)
    if common and effects == 1:
        one_scale.to_shared(h, H, E, scale[0, 0], f, P, b, kept)
    elif effects == 1:
        lone.to_shared(h, H, E, scale, offset, f, P, b, kept)
    elif common and effects == 2:
        pair_common.to_shared(h, H, E, scale, f, P, b, kept)
    elif effects == 2:
        pair.to_shared(h, H, E, scale, offset, f, P, b, kept)
    else:
        several.to_shared(h, H, E, scale, offset, f, P, b, kept)
    _whitening(D, g, f, S, b0, R, w, P, b)
    for i in range(shared):
        z[i] = x_shared[i] + w[i]
        z_stretch[i] = -np.log(R[i, i])
    solve_upper(R, z)
    for i in range(shared):
        y[i] = b0[i] + S[i] * z[i]
    if common and effects == 1:
        one_scale.effects(x, y[0], h, E, f, kept, v, v_stretch)
    elif effects == 1:
        lone.effects(x, y, E, f, kept, v, v_stretch)
    elif common and effects == 2:
        pair_common.effects(x, y, h, E, scale, f, kept, v, v_stretch)
    elif effects == 2:
        pair.effects(x, y, E, f, kept, v, v_stretch)
    else:
        several.effects(x, y, E, f, kept, v, v_stretch)


@bare_kernel
def _is_common(scale: Any, offset: Any, S: Any) -> Any:
    """Whether one or two effects have kernels of their own: a shared parameter each, common scales, and no offset."""
    return S.size == offset.shape[1] and scale.shape[0] == 1 and offset.shape[0] == 0


@bare_kernel
def _whitening(D: Any, g: Any, f: float, S: Any, b0: Any, R: Any, w: Any, P: Any, b: Any) -> None:
    """Complete P and b; fill R, the factor of ``I + S P S``, and w."""
    for i in range(S.size):
        b[i] += f * g[i]
        for j in range(i + 1):
            P[i, j] += f * D[i, j]
            P[j, i] = P[i, j]
            R[i, j] = S[i] * P[i, j] * S[j] + (1.0 if i == j else 0.0)
            if j < i:
                R[j, i] = 0.0
    for i in range(S.size):
        total = b[i]
        for j in range(S.size):
            total -= P[i, j] * b0[j]
        w[i] = S[i] * total
    factorise(R)
    solve_lower(R, w)


@bare_kernel
def block_pullback(
    h: Any,
    H: Any,
    E: Any,
    D: Any,
    g: Any,
    scale: Any,
    offset: Any,
    f: float,
    S: Any,
    b0: Any,
    z: Any,
    v: Any,
    R: Any,
    w: Any,
    P: Any,
    b: Any,
    y: Any,
    kept: Any,
    z_bar: Any,
    z_stretch_bar: Any,
    v_bar: Any,
    v_stretch_bar: Any,
    x_shared_bar: Any,
    x_bar: Any,
    scale_bar: Any,
    offset_bar: Any,
    S_bar: Any,
    b0_bar: Any,
    to_P: Any,
    to_b: Any,
    y_bar: Any,
    scratch: Any,
) -> Any:
    """Fill the cotangents of everything but the evidence; give that of f.

    A cotangent of length 0 counts as zero, one of length 1 holds for all elements. The last four arrays are for work.
    """
    effects, shared = offset.shape[1], S.size
    y_bar[:] = 0.0
    scale_bar[:] = 0.0
    bars = (v_bar, v_stretch_bar, x_bar, scale_bar, offset_bar, y_bar)
    common = _is_common(scale, offset, S)
    if common and effects == 1:
        f_bar = one_scale.effects_pullback(y, h, H, E, f, kept, v, v_bar, v_stretch_bar, x_bar, scale_bar, y_bar)
    elif effects == 1:
        f_bar = lone.effects_pullback(y, H, E, f, kept, v, *bars, scratch)
    elif common and effects == 2:
        f_bar = pair_common.effects_pullback(
            y, h, H, E, scale, f, kept, v, v_bar, v_stretch_bar, x_bar, scale_bar, y_bar, scratch
        )
    elif effects == 2:
        f_bar = pair_back.effects_pullback(y, H, E, f, kept, v, *bars, scratch)
    else:
        f_bar = several_back.effects_pullback(y, h, H, E, scale, offset, f, kept, v, *bars)
    if shared == 0:
        return f_bar
    for i in range(shared):
        x_shared_bar[i] = at(z_bar, i) + S[i] * y_bar[i]
    solve_lower(R, x_shared_bar)
    if shared == 1:
        _whitening_pullback_of_one(S, b0, R, w, P, b, z, x_shared_bar, at(z_stretch_bar, 0), to_P, to_b, S_bar, b0_bar)
    else:
        _whitening_pullback(S, b0, R, w, P, b, z, x_shared_bar, z_stretch_bar, to_P, to_b, S_bar, b0_bar)
    for i in range(shared):
        S_bar[i] += y_bar[i] * z[i]
        b0_bar[i] += y_bar[i]
        f_bar += to_b[i] * g[i]
        for j in range(shared):
            f_bar += to_P[i, j] * D[i, j]
    if common and effects == 1:
        f_bar += one_scale.to_shared_pullback(h, H, E, f, kept, to_P[0, 0], to_b[0], scale_bar)
    elif effects == 1:
        f_bar += lone.to_shared_pullback(H, E, offset, f, kept, to_P, to_b, scale_bar, offset_bar, scratch)
    elif common and effects == 2:
        f_bar += pair_common.to_shared_pullback(h, H, E, scale, f, kept, to_P, to_b, scale_bar)
    elif effects == 2:
        f_bar += pair_back.to_shared_pullback(H, E, offset, f, kept, to_P, to_b, scale_bar, offset_bar, scratch)
    else:
        f_bar += several_back.to_shared_pullback(h, H, E, scale, offset, f, kept, to_P, to_b, scale_bar, offset_bar)
    return f_bar


@kernel
def _whitening_pullback(
    S: Any,
    b0: Any,
    R: Any,
    w: Any,
    P: Any,
    b: Any,
    z: Any,
    w_bar: Any,
    stretch_bar: Any,
    to_P: Any,
    to_b: Any,
    S_bar: Any,
    b0_bar: Any,
) -> None:
    """Fill the cotangents of P (symmetric), b, S and b0, from those of w, of the factor in z, and of the stretch."""
    shared = S.size
    pull, A = w_bar.copy(), np.zeros((shared, shared))
    solve_upper(R, pull)
    for i in range(shared):
        for j in range(i + 1):
            A[i, j] = -z[i] * w_bar[j] - pull[i] * w[j]
        A[i, i] -= at(stretch_bar, i) / R[i, i]
    factorise_pullback(R, A)
    S_bar[:] = 0.0
    b0_bar[:] = 0.0
    for i in range(shared):
        to_b[i] = S[i] * pull[i]
        shift = b[i]
        for j in range(shared):
            both = A[i, j] if i > j else A[j, i] if j > i else 2.0 * A[i, i]
            S_bar[i] += both * P[i, j] * S[j]
            shift -= P[i, j] * b0[j]
            b0_bar[i] -= P[i, j] * S[j] * pull[j]
            to_P[i, j] = 0.5 * (both * S[i] * S[j] - S[i] * pull[i] * b0[j] - b0[i] * S[j] * pull[j])
        S_bar[i] += pull[i] * shift


@bare_kernel
def _whitening_pullback_of_one(
    S: Any,
    b0: Any,
    R: Any,
    w: Any,
    P: Any,
    b: Any,
    z: Any,
    w_bar: Any,
    stretch_bar: float,
    to_P: Any,
    to_b: Any,
    S_bar: Any,
    b0_bar: Any,
) -> None:
    """The same for one shared parameter, without arrays of its own: they would cost more than the rest."""
    root, known = R[0, 0], P[0, 0] * S[0]
    pull = w_bar[0] / root
    root_bar = -z[0] * w_bar[0] - pull * w[0] - stretch_bar / root
    both = 0.0 if root <= LOWEST_ROOT else root_bar / root
    to_b[0] = S[0] * pull
    b0_bar[0] = -known * pull
    S_bar[0] = both * known + pull * (b[0] - P[0, 0] * b0[0])
    to_P[0, 0] = 0.5 * both * S[0] * S[0] - S[0] * pull * b0[0]
