"""The kernels as native functions with a name, so that what calls them does not compile them again.

numba links all that a compiled function calls into it, and optimizes and translates the whole anew wherever nutpie
wraps it: 6 of the 7 seconds that a small informed model took to compile. A kernel called by the name of a symbol is
translated once, kept in numba's cache on disk, and only loaded afterwards. Nothing but pointers and sizes goes through;
what calls them has seen to it that the sizes fit, because an exception could not get back.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from numba import carray, cfunc, types  # type: ignore[attr-defined]

from unfunnel.charts import kernels_effects, kernels_shared, symbols_block, symbols_nested, symbols_sequences
from unfunnel.charts.kernels import VERSION, of_this_version
from unfunnel.charts.signatures import signature


def _shared_factor(
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
    groups: Any,
    effects: Any,
    shared: Any,
    n: Any,
    n_c: Any,
) -> None:
    size = groups * effects * (1 + effects + shared) + shared * shared + shared
    found = kernels_shared.shared_factor(
        carray(numbers, (size,)),
        carray(scale, (n, effects)),
        carray(offset, (n_c, effects)),
        f,
        carray(S, (shared,)),
        carray(b0, (shared,)),
    )
    carray(R, (shared, shared))[:] = found[0]
    carray(w, (shared,))[:] = found[1]
    carray(P, (shared, shared))[:] = found[2]
    carray(b, (shared,))[:] = found[3]


def _shared_factor_pullback(
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
    groups: Any,
    effects: Any,
    shared: Any,
    n: Any,
    n_c: Any,
    R_rows: Any,
    w_size: Any,
    P_rows: Any,
    b_size: Any,
) -> None:
    size = groups * effects * (1 + effects + shared) + shared * shared + shared
    square = (shared, shared)
    found = kernels_shared.shared_factor_pullback(
        carray(numbers, (size,)),
        carray(scale, (n, effects)),
        carray(offset, (n_c, effects)),
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
    )
    carray(scale_bar, (n, effects))[:] = found[0]
    carray(offset_bar, (n_c, effects))[:] = found[1]
    carray(f_bar, (1,))[0] = found[2]
    carray(S_bar, (shared,))[:] = found[3]
    carray(b0_bar, (shared,))[:] = found[4]


def _shared_solve(
    x: Any,
    z_later: Any,
    R: Any,
    w: Any,
    z: Any,
    log_stretch: Any,
    own: Any,
    later: Any,
    shared: Any,
) -> None:
    found = kernels_shared.shared_solve(
        carray(x, (own,)), carray(z_later, (later,)), carray(R, (shared, shared)), carray(w, (shared,))
    )
    carray(z, (own,))[:] = found[0]
    carray(log_stretch, (own,))[:] = found[1]


def _shared_solve_pullback(
    x: Any,
    z_later: Any,
    R: Any,
    w: Any,
    z: Any,
    log_stretch: Any,
    z_bar: Any,
    log_stretch_bar: Any,
    x_bar: Any,
    later_bar: Any,
    R_bar: Any,
    w_bar: Any,
    own: Any,
    later: Any,
    shared: Any,
    z_size: Any,
    stretch_size: Any,
) -> None:
    found = kernels_shared.shared_solve_pullback(
        carray(x, (own,)),
        carray(z_later, (later,)),
        carray(R, (shared, shared)),
        carray(w, (shared,)),
        carray(z, (own,)),
        carray(log_stretch, (own,)),
        carray(z_bar, (z_size,)),
        carray(log_stretch_bar, (stretch_size,)),
    )
    carray(x_bar, (own,))[:] = found[0]
    carray(later_bar, (later,))[:] = found[1]
    carray(R_bar, (shared, shared))[:] = found[2]
    carray(w_bar, (shared,))[:] = found[3]


def _effects_solve(
    x: Any,
    v_later: Any,
    y: Any,
    numbers: Any,
    scale: Any,
    offset: Any,
    v: Any,
    log_stretch: Any,
    f: Any,
    groups: Any,
    effects: Any,
    shared: Any,
    n: Any,
    n_c: Any,
    later: Any,
    size: Any,
) -> None:
    kernels_effects.fill_effects(
        carray(x, (groups,)),
        carray(v_later, (groups, later)),
        carray(y, (shared,)),
        carray(numbers, (size,)),
        carray(scale, (n, effects)),
        carray(offset, (n_c, effects)),
        f,
        carray(v, (groups,)),
        carray(log_stretch, (groups,)),
    )


def _effects_solve_pullback(
    x: Any,
    v_later: Any,
    y: Any,
    numbers: Any,
    scale: Any,
    offset: Any,
    v: Any,
    log_stretch: Any,
    v_bar: Any,
    log_stretch_bar: Any,
    x_bar: Any,
    later_bar: Any,
    y_bar: Any,
    scale_bar: Any,
    offset_bar: Any,
    f_bar: Any,
    f: Any,
    groups: Any,
    effects: Any,
    shared: Any,
    n: Any,
    n_c: Any,
    later: Any,
    size: Any,
    v_size: Any,
    stretch_size: Any,
) -> None:
    found = kernels_effects.fill_effects_pullback(
        carray(x, (groups,)),
        carray(v_later, (groups, later)),
        carray(y, (shared,)),
        carray(numbers, (size,)),
        carray(scale, (n, effects)),
        carray(offset, (n_c, effects)),
        f,
        carray(v, (groups,)),
        carray(log_stretch, (groups,)),
        carray(v_bar, (v_size,)),
        carray(log_stretch_bar, (stretch_size,)),
        carray(x_bar, (groups,)),
    )
    carray(later_bar, (groups, later))[:] = found[0]
    carray(y_bar, (shared,))[:] = found[1]
    carray(scale_bar, (n, effects))[:] = found[2]
    carray(offset_bar, (n_c, effects))[:] = found[3]
    carray(f_bar, (1,))[0] = found[4]


_NATIVE = {
    "shared_factor": (_shared_factor, signature(9, 1, 5)),
    "shared_factor_pullback": (_shared_factor_pullback, signature(18, 1, 9)),
    "shared_solve": (_shared_solve, signature(6, 0, 3)),
    "shared_solve_pullback": (_shared_solve_pullback, signature(12, 0, 5)),
    "effects_solve": (_effects_solve, signature(8, 1, 7)),
    "effects_solve_pullback": (_effects_solve_pullback, signature(16, 1, 9)),
    **symbols_block.NATIVE,
    **symbols_nested.NATIVE,
    **symbols_sequences.NATIVE,
}


def external(name: str) -> Any:
    """A kernel, to be called from compiled code by the name of its symbol."""
    _, taken = _NATIVE[name]
    return types.ExternalFunction(symbol(name), taken)


def symbol(name: str) -> str:
    """The name of a kernel's symbol."""
    return f"unfunnel_{name}_{VERSION}"


@cache
def provide(name: str) -> Any:
    """Compile a kernel, or load it from numba's cache, and give it its name; at most once in a process."""
    from llvmlite.binding import add_symbol  # type: ignore[import-untyped]

    function, taken = _NATIVE[name]
    native: Any = cfunc(taken, cache=True)(of_this_version(function))
    add_symbol(symbol(name), native.address)
    # It must live as long as what was compiled against it, so as long as the process.
    return native
