"""The kernels of sequences as native functions; `symbols.py` compiles them and gives them their names."""

from __future__ import annotations

from typing import Any

from numba import carray  # type: ignore[attr-defined]

from unfunnel.charts import kernels_sequences
from unfunnel.charts.signatures import signature


def _solve(
    x: Any,
    y: Any,
    numbers: Any,
    scale: Any,
    offset: Any,
    v: Any,
    w: Any,
    log_stretch: Any,
    precision: Any,
    pull: Any,
    f: Any,
    size: Any,
    shared: Any,
    n: Any,
    n_c: Any,
    steps: Any,
) -> None:
    found = kernels_sequences.sequence_solve(
        carray(x, (size,)),
        carray(y, (shared,)),
        carray(numbers, (size * (2 + shared) + shared * shared + shared,)),
        carray(scale, (n, 3)),
        carray(offset, (n_c, 1)),
        f,
        steps,
    )
    carray(v, (size,))[:] = found[0]
    carray(w, (size,))[:] = found[1]
    carray(log_stretch, (size,))[:] = found[2]
    carray(precision, (size,))[:] = found[3]
    carray(pull, (size,))[:] = found[4]


def _solve_pullback(
    x: Any,
    y: Any,
    numbers: Any,
    scale: Any,
    offset: Any,
    v: Any,
    w: Any,
    log_stretch: Any,
    precision: Any,
    pull: Any,
    v_bar: Any,
    w_bar: Any,
    log_stretch_bar: Any,
    x_bar: Any,
    y_bar: Any,
    scale_bar: Any,
    offset_bar: Any,
    f_bar: Any,
    f: Any,
    size: Any,
    shared: Any,
    n: Any,
    n_c: Any,
    steps: Any,
    v_size: Any,
    w_size: Any,
    log_stretch_size: Any,
) -> None:
    found = kernels_sequences.sequence_solve_pullback(
        carray(x, (size,)),
        carray(y, (shared,)),
        carray(numbers, (size * (2 + shared) + shared * shared + shared,)),
        carray(scale, (n, 3)),
        carray(offset, (n_c, 1)),
        f,
        carray(v, (size,)),
        carray(w, (size,)),
        carray(log_stretch, (size,)),
        carray(precision, (size,)),
        carray(pull, (size,)),
        carray(v_bar, (v_size,)),
        carray(w_bar, (w_size,)),
        carray(log_stretch_bar, (log_stretch_size,)),
        carray(v_bar, (0,)),
        carray(v_bar, (0,)),
        steps,
    )
    carray(x_bar, (size,))[:] = found[0]
    carray(y_bar, (shared,))[:] = found[1]
    carray(scale_bar, (n, 3))[:] = found[2]
    carray(offset_bar, (n_c, 1))[:] = found[3]
    f_bar[0] = found[4]


def _factor(
    numbers: Any,
    scale: Any,
    offset: Any,
    S: Any,
    b0: Any,
    R: Any,
    w: Any,
    P: Any,
    b: Any,
    f: Any,
    size: Any,
    shared: Any,
    n: Any,
    n_c: Any,
    steps: Any,
) -> None:
    found = kernels_sequences.sequence_factor(
        carray(numbers, (size * (2 + shared) + shared * shared + shared,)),
        carray(scale, (n, 3)),
        carray(offset, (n_c, 1)),
        f,
        carray(S, (shared,)),
        carray(b0, (shared,)),
        steps,
    )
    carray(R, (shared, shared))[:] = found[0]
    carray(w, (shared,))[:] = found[1]
    carray(P, (shared, shared))[:] = found[2]
    carray(b, (shared,))[:] = found[3]


def _factor_pullback(
    numbers: Any,
    scale: Any,
    offset: Any,
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
    scale_bar: Any,
    offset_bar: Any,
    f_bar: Any,
    S_bar: Any,
    b0_bar: Any,
    f: Any,
    size: Any,
    shared: Any,
    n: Any,
    n_c: Any,
    steps: Any,
    R_rows: Any,
    w_size: Any,
    P_rows: Any,
    b_size: Any,
) -> None:
    square = (shared, shared)
    found = kernels_sequences.sequence_factor_pullback(
        carray(numbers, (size * (2 + shared) + shared * shared + shared,)),
        carray(scale, (n, 3)),
        carray(offset, (n_c, 1)),
        f,
        carray(S, (shared,)),
        carray(b0, (shared,)),
        carray(R, square),
        carray(w, (shared,)),
        carray(P, square),
        carray(b, (shared,)),
        carray(R_bar, (R_rows, R_rows)),
        carray(w_bar, (w_size,)),
        carray(P_bar, (P_rows, P_rows)),
        carray(b_bar, (b_size,)),
        steps,
    )
    carray(scale_bar, (n, 3))[:] = found[0]
    carray(offset_bar, (n_c, 1))[:] = found[1]
    f_bar[0] = found[2]
    carray(S_bar, (shared,))[:] = found[3]
    carray(b0_bar, (shared,))[:] = found[4]


NATIVE = {
    "sequence_solve": (_solve, signature(10, 1, 5)),
    "sequence_solve_pullback": (_solve_pullback, signature(18, 1, 8)),
    "sequence_factor": (_factor, signature(9, 1, 5)),
    "sequence_factor_pullback": (_factor_pullback, signature(18, 1, 9)),
}
"""Functions of pointers and sizes, with their signatures, by the name of the kernel."""
