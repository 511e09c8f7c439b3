"""The kernels of nested levels as native functions; `symbols.py` compiles them and gives them their names."""

from __future__ import annotations

from typing import Any

from numba import carray  # type: ignore[attr-defined]

from unfunnel.charts import kernels_nested
from unfunnel.charts.signatures import signature


def _nested_factor(
    numbers: Any,
    scale: Any,
    offset: Any,
    S: Any,
    b0: Any,
    R: Any,
    w: Any,
    W: Any,
    q: Any,
    F: Any,
    P: Any,
    b: Any,
    f: Any,
    size: Any,
    n: Any,
    n_c: Any,
    shared: Any,
    levels: Any,
    total: Any,
) -> None:
    found = kernels_nested.nested_factor(
        carray(numbers, (size,)),
        carray(scale, (n,)),
        carray(offset, (n_c,)),
        f,
        carray(S, (shared,)),
        carray(b0, (shared,)),
        levels,
        total,
    )
    carray(R, (shared, shared))[:] = found[0]
    carray(w, (shared,))[:] = found[1]
    carray(W, (total,))[:] = found[2]
    carray(q, (total,))[:] = found[3]
    carray(F, (total, shared))[:] = found[4]
    carray(P, (shared, shared))[:] = found[5]
    carray(b, (shared,))[:] = found[6]


def _nested_factor_pullback(
    numbers: Any,
    scale: Any,
    offset: Any,
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
    scale_bar: Any,
    offset_bar: Any,
    f_bar: Any,
    S_bar: Any,
    b0_bar: Any,
    f: Any,
    size: Any,
    n: Any,
    n_c: Any,
    shared: Any,
    levels: Any,
    total: Any,
    R_rows: Any,
    w_size: Any,
    W_size: Any,
    q_size: Any,
    F_rows: Any,
) -> None:
    square = (shared, shared)
    found = kernels_nested.nested_factor_pullback(
        carray(numbers, (size,)),
        carray(scale, (n,)),
        carray(offset, (n_c,)),
        f,
        carray(S, (shared,)),
        carray(b0, (shared,)),
        carray(R, square),
        carray(w, (shared,)),
        carray(W, (total,)),
        carray(q, (total,)),
        carray(F, (total, shared)),
        carray(P, square),
        carray(b, (shared,)),
        carray(R_bar, (R_rows, R_rows)),
        carray(w_bar, (w_size,)),
        carray(W_bar, (W_size,)),
        carray(q_bar, (q_size,)),
        carray(F_bar, (F_rows, shared)),
        levels,
    )
    carray(scale_bar, (n,))[:] = found[0]
    carray(offset_bar, (n_c,))[:] = found[1]
    carray(f_bar, (1,))[0] = found[2]
    carray(S_bar, (shared,))[:] = found[3]
    carray(b0_bar, (shared,))[:] = found[4]


def _nested_solve(
    x: Any,
    above: Any,
    y: Any,
    numbers: Any,
    scale: Any,
    offset: Any,
    W: Any,
    q: Any,
    F: Any,
    v: Any,
    log_stretch: Any,
    own: Any,
    parents: Any,
    shared: Any,
    size: Any,
    n: Any,
    n_c: Any,
    total: Any,
    levels: Any,
    level: Any,
) -> None:
    found = kernels_nested.nested_solve(
        carray(x, (own,)),
        carray(above, (parents,)),
        carray(y, (shared,)),
        carray(numbers, (size,)),
        carray(scale, (n,)),
        carray(offset, (n_c,)),
        carray(W, (total,)),
        carray(q, (total,)),
        carray(F, (total, shared)),
        levels,
        level,
    )
    carray(v, (own,))[:] = found[0]
    carray(log_stretch, (own,))[:] = found[1]


def _nested_solve_pullback(
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
    x_bar: Any,
    above_bar: Any,
    y_bar: Any,
    scale_bar: Any,
    offset_bar: Any,
    W_bar: Any,
    q_bar: Any,
    F_bar: Any,
    own: Any,
    parents: Any,
    shared: Any,
    size: Any,
    n: Any,
    n_c: Any,
    total: Any,
    v_size: Any,
    stretch_size: Any,
    levels: Any,
    level: Any,
) -> None:
    found = kernels_nested.nested_solve_pullback(
        carray(x, (own,)),
        carray(above, (parents,)),
        carray(y, (shared,)),
        carray(numbers, (size,)),
        carray(scale, (n,)),
        carray(offset, (n_c,)),
        carray(W, (total,)),
        carray(q, (total,)),
        carray(F, (total, shared)),
        carray(v_bar, (v_size,)),
        carray(log_stretch_bar, (stretch_size,)),
        levels,
        level,
    )
    carray(x_bar, (own,))[:] = found[0]
    carray(above_bar, (parents,))[:] = found[1]
    carray(y_bar, (shared,))[:] = found[2]
    carray(scale_bar, (n,))[:] = found[3]
    carray(offset_bar, (n_c,))[:] = found[4]
    carray(W_bar, (total,))[:] = found[5]
    carray(q_bar, (total,))[:] = found[6]
    carray(F_bar, (total, shared))[:] = found[7]


NATIVE = {
    "nested_factor": (_nested_factor, signature(12, 1, 6)),
    "nested_factor_pullback": (_nested_factor_pullback, signature(22, 1, 11)),
    "nested_solve": (_nested_solve, signature(11, 0, 9)),
    "nested_solve_pullback": (_nested_solve_pullback, signature(19, 0, 11)),
}
"""Functions of pointers and sizes, with their signatures, by the name of the kernel."""
