"""The kernels of sequences: loops over steps, forward and backward, compiled by numba.

A series of T steps has deviations ``w_t = ρ w_(t-1) + s_t v_t`` from its location, with ``s_0`` the spread of its first
step and ``s_t = τ`` after that. What the data from step t on say of ``w_t`` is the precision Λ and the pull κ, with
``q_t = 1 + s_t² Λ_t`` and r the data's own pull:

    Λ_t = f H_t + ρ² Λ_(t+1) / q_(t+1)        κ_t = r_t + ρ κ_(t+1) / q_(t+1)
    v_t = x_t / √q_t + s_t (κ_t - Λ_t ρ w_(t-1)) / q_t

Nothing in Λ and q is subtracted, so that they keep their digits however small or large s and H are. With ``K_t`` the
pull of the rows of E, of what they say to the shared parameters the series take away ``f² Σ s_t² K_t K_t' / q_t``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts.kernels import check_shared, factorise, floored, full, kernel, solve_lower, taken_apart
from unfunnel.charts.kernels_shared import whitening_pullback


@kernel
def check_series(scale: Any, offset: Any, size: int, steps: int) -> None:
    """Refuse shapes that the loops would read beyond."""
    if steps < 1 or size % steps != 0:
        raise ValueError("unfunnel: the elements of a sequence must be so many series of so many steps")
    if scale.shape[1] != 3 or (scale.shape[0] != 1 and scale.shape[0] * steps != size):
        raise ValueError("unfunnel: the scales of a sequence must have the shape (1 or series, 3)")
    if offset.shape[0] != 0 and offset.shape[0] != size:
        raise ValueError("unfunnel: the offset of a sequence must have one number for each element, or none")


@kernel
def scales_at(scale: Any, series: int) -> Any:
    """First spread, spread of innovations and persistence of a series."""
    row = scale[series if scale.shape[0] > 1 else 0]
    return floored(row[0]), floored(row[1]), row[2]


@kernel
def sequence_solve(x: Any, y: Any, numbers: Any, scale: Any, offset: Any, f: float, steps: int) -> Any:
    """v, w, log_stretch, Λ and κ (N,)."""
    size, shared = x.size, y.size
    h, H, E, _, _ = taken_apart(numbers, size, 1, shared)
    check_series(scale, offset, size, steps)
    v, w, log_stretch, precision, pull = (
        np.empty(size),
        np.empty(size),
        np.empty(size),
        np.empty(size),
        np.empty(size),
    )
    for k in range(size // steps):
        first, spread, rho = scales_at(scale, k)
        for i in range((k + 1) * steps - 1, k * steps - 1, -1):
            residual = h[i, 0]
            if offset.shape[0] > 0:
                residual -= H[i, 0, 0] * offset[i, 0]
            for j in range(shared):
                residual -= E[i, 0, j] * y[j]
            precision[i], pull[i] = f * H[i, 0, 0], f * residual
            if i < (k + 1) * steps - 1:
                passed = rho / (1.0 + spread * spread * precision[i + 1])
                precision[i] += rho * passed * precision[i + 1]
                pull[i] += passed * pull[i + 1]
        before = 0.0
        for i in range(k * steps, (k + 1) * steps):
            s = first if i == k * steps else spread
            known = s * s * precision[i]
            root = np.sqrt(1.0 + known)
            v[i] = (x[i] + s * (pull[i] - precision[i] * before) / root) / root
            w[i] = before + s * v[i]
            log_stretch[i] = -0.5 * np.log1p(known)
            before = rho * w[i]
    return v, w, log_stretch, precision, pull


@kernel
def sequence_solve_pullback(
    x: Any,
    y: Any,
    numbers: Any,
    scale: Any,
    offset: Any,
    f: float,
    v: Any,
    w: Any,
    log_stretch: Any,
    precision: Any,
    pull: Any,
    v_bar: Any,
    w_bar: Any,
    log_stretch_bar: Any,
    precision_bar: Any,
    pull_bar: Any,
    steps: int,
) -> Any:
    """Cotangents of x, y, scale, offset and f; Λ and κ pass none on."""
    size, shared = x.size, y.size
    h, H, E, _, _ = taken_apart(numbers, size, 1, shared)
    check_series(scale, offset, size, steps)
    of_v, of_w, of_stretch = full(v_bar, size), full(w_bar, size), full(log_stretch_bar, size)
    x_bar, y_bar, scale_bar = np.empty(size), np.zeros(shared), np.zeros(scale.shape)
    offset_bar, f_bar = np.zeros(offset.shape), 0.0
    to_precision, to_pull = np.empty(size), np.empty(size)
    for k in range(size // steps):
        first, spread, rho = scales_at(scale, k)
        of_first, of_spread, of_rho, of_before = 0.0, 0.0, 0.0, 0.0
        for i in range((k + 1) * steps - 1, k * steps - 1, -1):
            begins = i == k * steps
            s, before = (first, 0.0) if begins else (spread, rho * w[i - 1])
            q = 1.0 + s * s * precision[i]
            root = np.sqrt(q)
            of_rho += of_before * w[i]
            moved = of_w[i] + rho * of_before
            total = of_v[i] + moved * s
            left = (pull[i] - precision[i] * before) / q
            of_q = -0.5 * (total * (v[i] + s * left) + of_stretch[i]) / q
            x_bar[i] = total / root
            of_s = moved * v[i] + total * left + 2.0 * s * precision[i] * of_q
            to_pull[i] = total * s / q
            to_precision[i] = s * s * of_q - to_pull[i] * before
            of_before = moved - to_pull[i] * precision[i]
            if begins:
                of_first += of_s
            else:
                of_spread += of_s
        for i in range(k * steps, (k + 1) * steps):
            if i > k * steps:
                # What the pull and the precision of this step were to those of the step before.
                g = 1.0 / (1.0 + spread * spread * precision[i])
                along = rho * g * to_pull[i - 1]
                both = along * pull[i] + rho * rho * g * precision[i] * to_precision[i - 1]
                of_rho += g * (pull[i] * to_pull[i - 1] + 2.0 * rho * precision[i] * to_precision[i - 1])
                of_spread -= 2.0 * spread * precision[i] * g * both
                to_precision[i] += rho * rho * g * g * to_precision[i - 1] - spread * spread * g * along * pull[i]
                to_pull[i] += along
            residual = h[i, 0]
            if offset.shape[0] > 0:
                residual -= H[i, 0, 0] * offset[i, 0]
                offset_bar[i, 0] = -f * H[i, 0, 0] * to_pull[i]
            for j in range(shared):
                residual -= E[i, 0, j] * y[j]
                y_bar[j] -= f * E[i, 0, j] * to_pull[i]
            f_bar += H[i, 0, 0] * to_precision[i] + residual * to_pull[i]
        row = k if scale.shape[0] > 1 else 0
        scale_bar[row, 0] += of_first
        scale_bar[row, 1] += of_spread
        scale_bar[row, 2] += of_rho
    return x_bar, y_bar, scale_bar, offset_bar, f_bar


@kernel
def sequence_factor(numbers: Any, scale: Any, offset: Any, f: float, S: Any, b0: Any, steps: int) -> Any:
    """R, w, P and b."""
    shared = S.size
    check_shared(b0.size, shared)
    size = (numbers.size - shared * shared - shared) // (2 + shared)
    h, H, E, D, g = taken_apart(numbers, size, 1, shared)
    check_series(scale, offset, size, steps)
    P, b, pulls = np.zeros((shared, shared)), np.zeros(shared), np.empty(shared + 1)
    for k in range(size // steps):
        first, spread, rho = scales_at(scale, k)
        precision, passed = 0.0, 0.0
        pulls[:] = 0.0
        for i in range((k + 1) * steps - 1, k * steps - 1, -1):
            s = first if i == k * steps else spread
            precision = f * H[i, 0, 0] + rho * passed * precision
            _add_rows(h, H, E, offset, i, passed, pulls)
            q = 1.0 + s * s * precision
            weight = s * s / q
            for j in range(shared):
                b[j] -= f * f * weight * pulls[j] * pulls[shared]
                if offset.shape[0] > 0:
                    b[j] -= f * E[i, 0, j] * offset[i, 0]
                for e in range(j + 1):
                    P[j, e] -= f * f * weight * pulls[j] * pulls[e]
            passed = rho / q
    R, w = np.zeros((shared, shared)), np.empty(shared)
    for i in range(shared):
        b[i] += f * g[i]
        for j in range(i + 1):
            P[i, j] += f * D[i, j]
            P[j, i] = P[i, j]
            R[i, j] = S[i] * P[i, j] * S[j] + (1.0 if i == j else 0.0)
    for i in range(shared):
        total = b[i]
        for j in range(shared):
            total -= P[i, j] * b0[j]
        w[i] = S[i] * total
    factorise(R)
    solve_lower(R, w)
    return R, w, P, b


@kernel
def _add_rows(h: Any, H: Any, E: Any, offset: Any, i: int, passed: float, pulls: Any) -> None:
    """From the pulls of the step after to those of step i: of every shared parameter, and last of the data."""
    shared = pulls.size - 1
    for j in range(shared):
        pulls[j] = E[i, 0, j] + passed * pulls[j]
    residual = h[i, 0]
    if offset.shape[0] > 0:
        residual -= H[i, 0, 0] * offset[i, 0]
    pulls[shared] = residual + passed * pulls[shared]


@kernel
def sequence_factor_pullback(
    numbers: Any,
    scale: Any,
    offset: Any,
    f: float,
    S: Any,
    b0: Any,
    R: Any,
    w: Any,
    P: Any,
    b: Any,
    R_bar: Any,
    w_bar: Any,
    P_bar: Any,
    b_bar: Any,
    steps: int,
) -> Any:
    """Cotangents of scale, offset, f, S and b0."""
    shared = S.size
    square = shared * shared
    size = (numbers.size - square - shared) // (2 + shared)
    h, H, E, D, g = taken_apart(numbers, size, 1, shared)
    check_series(scale, offset, size, steps)
    S_bar, b0_bar, to_P, to_b = whitening_pullback(
        S,
        b0,
        R,
        w,
        P,
        b,
        full(R_bar.ravel(), square).reshape((shared, shared)),
        full(w_bar, shared),
        full(P_bar.ravel(), square).reshape((shared, shared)),
        full(b_bar, shared),
    )
    scale_bar, offset_bar, f_bar = np.zeros(scale.shape), np.zeros(offset.shape), 0.0
    precision, pulls = np.empty(steps), np.empty((steps, shared + 1))
    to_pulls, to_next = np.empty(shared + 1), np.empty(shared + 1)
    for k in range(size // steps):
        first, spread, rho = scales_at(scale, k)
        passed = 0.0
        for t in range(steps - 1, -1, -1):
            i = k * steps + t
            precision[t] = f * H[i, 0, 0]
            if t < steps - 1:
                passed = rho / (1.0 + spread * spread * precision[t + 1])
                precision[t] += rho * passed * precision[t + 1]
                pulls[t] = pulls[t + 1]
            else:
                pulls[t] = 0.0
            _add_rows(h, H, E, offset, i, passed, pulls[t])
        of_first, of_spread, of_rho, of_precision = 0.0, 0.0, 0.0, 0.0
        to_pulls[:] = 0.0
        for t in range(steps):
            i, s = k * steps + t, first if t == 0 else spread
            q = 1.0 + s * s * precision[t]
            weight = s * s / q
            # Cotangent of the weight, and of the pulls through what is taken away here.
            of_weight = 0.0
            for j in range(shared):
                to_next[j] = to_b[j] * pulls[t, shared]
                for e in range(shared):
                    to_next[j] += 2.0 * to_P[j, e] * pulls[t, e]
                    of_weight -= f * f * to_P[j, e] * pulls[t, j] * pulls[t, e]
                of_weight -= f * f * to_b[j] * pulls[t, j] * pulls[t, shared]
            to_next[shared] = 0.0
            for j in range(shared):
                to_next[shared] += to_b[j] * pulls[t, j]
            f_bar += 2.0 * of_weight * weight / f
            # From the step before: its pulls and its precision have this step's in them.
            of_s = 2.0 * s * of_weight / (q * q)
            of_this = -weight * weight * of_weight
            if t > 0:
                along = 0.0
                for j in range(shared + 1):
                    along += to_pulls[j] * pulls[t, j]
                both = rho * (along + rho * precision[t] * of_precision) / q
                of_rho += (along + 2.0 * rho * precision[t] * of_precision) / q
                of_s -= 2.0 * s * precision[t] * both / q
                of_this += (rho * rho * of_precision / q - s * s * rho * along / q) / q
            for j in range(shared + 1):
                passed_on = rho / q * to_pulls[j] if t > 0 else 0.0
                to_pulls[j] = passed_on - f * f * weight * to_next[j]
            of_precision = of_this
            f_bar += H[i, 0, 0] * of_precision
            if offset.shape[0] > 0:
                offset_bar[i, 0] = -H[i, 0, 0] * to_pulls[shared]
                for j in range(shared):
                    offset_bar[i, 0] -= f * E[i, 0, j] * to_b[j]
                    f_bar -= to_b[j] * E[i, 0, j] * offset[i, 0]
            if t == 0:
                of_first += of_s
            else:
                of_spread += of_s
        row = k if scale.shape[0] > 1 else 0
        scale_bar[row, 0] += of_first
        scale_bar[row, 1] += of_spread
        scale_bar[row, 2] += of_rho
    for i in range(shared):
        f_bar += to_b[i] * g[i]
        for j in range(shared):
            f_bar += to_P[i, j] * D[i, j]
    return scale_bar, offset_bar, f_bar, S_bar, b0_bar


@kernel
def recurrence(a: Any, b: Any) -> Any:
    """``w_t = a_t w_(t-1) + b_t``."""
    w = np.empty(b.size)
    before = 0.0
    for i in range(b.size):
        before = (a[i] * before if i > 0 else 0.0) + b[i]
        w[i] = before
    return w
