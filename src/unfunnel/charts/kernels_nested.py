"""The kernels of nested levels: one pass from the leaves to the shared parameters, and one back.

The elements of all levels are in one line, leaves first and level by level, so that an element's parent comes after it.
Given what its children tell, an element u has the information W, the pull q and the coupling F to the shared parameters
y; its location is ``c + l t + A·y`` with t its parent's value. With ``M = 1 + τ² W``, integrating it out leaves

    on t:  information  l² W / M,  pull  l (q - W c) / M,  coupling  l (F + W A) / M
    on y:  information  (W A A' + F A' + A F') / M - τ² F F' / M
           pull  ((q - W c) A - c F) / M - τ² q F / M

and no two large numbers are subtracted where only effects are observed (F = 0), at any scale.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts.kernels import factorise, full, kernel, solve_lower
from unfunnel.charts.kernels_shared import whitening_pullback


@kernel
def sections(numbers: Any, levels: int, total: int, shared: int) -> Any:
    """Views of the sizes, h, H, C, parents, l, A, D and g in the flat vector of numbers."""
    width, start = total * shared, levels + 2 * total
    if numbers.size != levels + 4 * total + 2 * width + shared * shared + shared:
        raise ValueError("unfunnel: the evidence on nested levels has another size than its levels need")
    middle = start + width
    last = middle + 2 * total
    end = last + width
    return (
        numbers[:levels],
        numbers[levels : levels + total],
        numbers[levels + total : start],
        numbers[start:middle].reshape((total, shared)),
        numbers[middle : middle + total],
        numbers[middle + total : last],
        numbers[last:end].reshape((total, shared)),
        numbers[end : end + shared * shared].reshape((shared, shared)),
        numbers[end + shared * shared :],
    )


@kernel
def nested_factor(
    numbers: Any, scale: Any, offset: Any, f: float, S: Any, b0: Any, levels: int, total: int
) -> tuple[Any, Any, Any, Any, Any, Any, Any]:
    """R, w, W, q, F, P and b."""
    shared = S.size
    sizes, h, H, C, parents, slopes, A, D, g = sections(numbers, levels, total, shared)
    W, q, F = f * H, f * h, f * C
    P, b = f * D, f * g
    start = 0
    for level in range(levels):
        stop = start + int(sizes[level])
        for i in range(start, stop):
            tau = scale[i] if scale.size == total else scale[level]
            c = offset[i] if offset.size > 0 else 0.0
            known, pull = W[i], q[i] - W[i] * c
            inverse = 1.0 / (1.0 + tau * tau * known)
            spread = tau * tau * inverse
            for a in range(shared):
                b[a] += (pull * A[i, a] - c * F[i, a]) * inverse - spread * q[i] * F[i, a]
                for e in range(a + 1):
                    crossed = F[i, a] * A[i, e] + A[i, a] * F[i, e]
                    P[a, e] += (known * A[i, a] * A[i, e] + crossed) * inverse - spread * F[i, a] * F[i, e]
            if level + 1 < levels:
                j, slope = stop + int(parents[i]), slopes[i]
                W[j] += slope * slope * known * inverse
                q[j] += slope * pull * inverse
                for a in range(shared):
                    F[j, a] += slope * (F[i, a] + known * A[i, a]) * inverse
        start = stop
    R, w = np.zeros((shared, shared)), np.empty(shared)
    for i in range(shared):
        for j in range(i + 1):
            P[j, i] = P[i, j]
            R[i, j] = S[i] * P[i, j] * S[j] + (1.0 if i == j else 0.0)
    for i in range(shared):
        left = b[i]
        for j in range(shared):
            left -= P[i, j] * b0[j]
        w[i] = S[i] * left
    factorise(R)
    solve_lower(R, w)
    return R, w, W, q, F, P, b


@kernel
def nested_factor_pullback(
    numbers: Any,
    scale: Any,
    offset: Any,
    f: float,
    S: Any,
    b0: Any,
    R: Any,
    w: Any,
    W: Any,
    q: Any,
    F: Any,
    P: Any,
    b: Any,
    R_bar: Any,
    w_bar: Any,
    W_bar: Any,
    q_bar: Any,
    F_bar: Any,
    levels: int,
) -> tuple[Any, Any, Any, Any, Any]:
    """Cotangents of scale, offset, f, S and b0."""
    shared, total = S.size, W.size
    sizes, h, H, C, parents, slopes, A, D, g = sections(numbers, levels, total, shared)
    square = shared * shared
    S_bar, b0_bar, to_P, to_b = whitening_pullback(
        S,
        b0,
        R,
        w,
        P,
        b,
        full(R_bar.ravel(), square).reshape((shared, shared)),
        full(w_bar, shared),
        np.zeros((shared, shared)),
        np.zeros(shared),
    )
    of_W, of_q, of_F = full(W_bar, total).copy(), full(q_bar, total).copy(), np.zeros((total, shared))
    if F_bar.size > 0:
        of_F[:] = F_bar
    scale_bar, offset_bar = np.zeros(scale.size), np.zeros(offset.size)
    PA, PF = np.empty(shared), np.empty(shared)
    f_bar, stop = 0.0, total
    for level in range(levels - 1, -1, -1):
        start = stop - int(sizes[level])
        for i in range(start, stop):
            tau = scale[i] if scale.size == total else scale[level]
            c = offset[i] if offset.size > 0 else 0.0
            known, pull = W[i], q[i] - W[i] * c
            inverse = 1.0 / (1.0 + tau * tau * known)
            spread = tau * tau * inverse
            nested = level + 1 < levels
            slope = slopes[i] if nested else 0.0
            j = stop + int(parents[i]) if nested else i
            up, along = slope * slope * of_W[j], slope * of_q[j]
            # Inner products of A and F with the cotangents of the parent's coupling, of b, and of P.
            GF, GA, bF, bA, FPF, FPA, APA = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            for a in range(shared):
                PA[a], PF[a] = 0.0, 0.0
                for e in range(shared):
                    PA[a] += to_P[a, e] * A[i, e]
                    PF[a] += to_P[a, e] * F[i, e]
                GF += slope * of_F[j, a] * F[i, a]
                GA += slope * of_F[j, a] * A[i, a]
                bF += to_b[a] * F[i, a]
                bA += to_b[a] * A[i, a]
                FPF += F[i, a] * PF[a]
                FPA += F[i, a] * PA[a]
                APA += A[i, a] * PA[a]
            through = up * known + along * pull + GF + known * GA + bA * pull - bF * c + 2.0 * FPA + known * APA
            lost = bF * q[i] + FPF
            of_M = -inverse * inverse * (through - tau * tau * lost)
            of_tau = 2.0 * tau * (of_M * known - inverse * lost)
            of_W[i] += inverse * (up - along * c + GA - bA * c + APA) + of_M * tau * tau
            of_q[i] += inverse * (along + bA) - spread * bF
            for a in range(shared):
                of_parent = slope * of_F[j, a]
                of_F[i, a] += inverse * (of_parent - to_b[a] * c + 2.0 * PA[a])
                of_F[i, a] -= spread * (to_b[a] * q[i] + 2.0 * PF[a])
                f_bar += of_F[i, a] * C[i, a]
            f_bar += of_W[i] * H[i] + of_q[i] * h[i]
            if offset.size > 0:
                offset_bar[i] = -inverse * (along * known + bA * known + bF)
            scale_bar[i if scale.size == total else level] += of_tau
        stop = start
    for a in range(shared):
        f_bar += to_b[a] * g[a]
        for e in range(shared):
            f_bar += to_P[a, e] * D[a, e]
    return scale_bar, offset_bar, f_bar, S_bar, b0_bar


@kernel
def nested_solve(
    x: Any, above: Any, y: Any, numbers: Any, scale: Any, offset: Any, W: Any, q: Any, F: Any, levels: int, level: int
) -> tuple[Any, Any]:
    """Standardised elements of one level and the logarithms of their stretch, given their parents' values."""
    _, _, _, _, parents, slopes, A, _, _ = sections(numbers, levels, W.size, y.size)
    start = _start(numbers, level)
    v, log_stretch = np.empty(x.size), np.empty(x.size)
    for k in range(x.size):
        i = start + k
        tau = scale[i] if scale.size == W.size else scale[level]
        location = offset[i] if offset.size > 0 else 0.0
        if above.size > 0:
            location += slopes[i] * above[int(parents[i])]
        pull = q[i]
        for a in range(y.size):
            location += A[i, a] * y[a]
            pull -= F[i, a] * y[a]
        M = 1.0 + tau * tau * W[i]
        v[k] = x[k] / np.sqrt(M) + tau * (pull - W[i] * location) / M
        log_stretch[k] = -0.5 * np.log(M)
    return v, log_stretch


@kernel
def nested_solve_pullback(
    x: Any,
    above: Any,
    y: Any,
    numbers: Any,
    scale: Any,
    offset: Any,
    W: Any,
    q: Any,
    F: Any,
    v_bar: Any,
    log_stretch_bar: Any,
    levels: int,
    level: int,
) -> tuple[Any, Any, Any, Any, Any, Any, Any, Any]:
    """Cotangents of x, above, y, scale, offset, W, q and F."""
    total, shared = W.size, y.size
    _, _, _, _, parents, slopes, A, _, _ = sections(numbers, levels, total, shared)
    start = _start(numbers, level)
    x_bar, above_bar, y_bar = np.empty(x.size), np.zeros(above.size), np.zeros(shared)
    scale_bar, offset_bar = np.zeros(scale.size), np.zeros(offset.size)
    W_bar, q_bar, F_bar = np.zeros(total), np.zeros(total), np.zeros((total, shared))
    for k in range(x.size):
        i = start + k
        tau = scale[i] if scale.size == total else scale[level]
        location = offset[i] if offset.size > 0 else 0.0
        if above.size > 0:
            location += slopes[i] * above[int(parents[i])]
        pull = q[i]
        for a in range(shared):
            location += A[i, a] * y[a]
            pull -= F[i, a] * y[a]
        inverse = 1.0 / (1.0 + tau * tau * W[i])
        root, left = np.sqrt(inverse), pull - W[i] * location
        given = v_bar[k] if v_bar.size > 0 else 0.0
        of_stretch = log_stretch_bar[k if log_stretch_bar.size > 1 else 0] if log_stretch_bar.size > 0 else 0.0
        x_bar[k] = given * root
        of_left = given * tau * inverse
        of_M = -inverse * (given * (0.5 * x[k] * root + tau * left * inverse) + 0.5 * of_stretch)
        scale_bar[i if scale.size == total else level] += given * left * inverse + 2.0 * of_M * tau * W[i]
        W_bar[i] = of_M * tau * tau - of_left * location
        q_bar[i] = of_left
        of_location = -of_left * W[i]
        if offset.size > 0:
            offset_bar[i] = of_location
        if above.size > 0:
            above_bar[int(parents[i])] += of_location * slopes[i]
        for a in range(shared):
            F_bar[i, a] = -of_left * y[a]
            y_bar[a] += of_location * A[i, a] - of_left * F[i, a]
    return x_bar, above_bar, y_bar, scale_bar, offset_bar, W_bar, q_bar, F_bar


@kernel
def _start(numbers: Any, level: int) -> int:
    """Where a level begins among all elements."""
    start = 0
    for lower in range(level):
        start += int(numbers[lower])
    return start
