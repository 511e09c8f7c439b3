"""The elimination of nested levels for numba; importing this registers it with PyTensor.

Of the operation nothing but the number of its levels is compiled in; the sizes are read from the arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_and_cache_key

from unfunnel.charts.fused_numba import plain
from unfunnel.charts.kernels import check_shared
from unfunnel.charts.nested import NestedFactor, NestedFactorPullback, NestedSolve, NestedSolvePullback
from unfunnel.charts.symbols import external, provide, symbol

_nested_factor = external("nested_factor")
_nested_factor_pullback = external("nested_factor_pullback")
_nested_solve = external("nested_solve")
_nested_solve_pullback = external("nested_solve_pullback")


@numba_njit
def _total(numbers: Any, levels: int, shared: int) -> int:
    """How many elements all levels have."""
    rest = numbers.size - levels - shared * shared - shared
    each = 4 + 2 * shared
    check_shared(rest % each, 0)
    return int(rest // each)


@numba_njit
def _check(scale: Any, offset: Any, levels: int, total: int) -> None:
    """Refuse sizes that the loops would read beyond."""
    check_shared(levels if scale.size == levels else total, scale.size)
    check_shared(0 if offset.size == 0 else total, offset.size)


@register_funcify_and_cache_key(NestedFactor)  # type: ignore[no-untyped-call, untyped-decorator]
def factor(operation: NestedFactor, node: Any = None, **arguments: Any) -> tuple[Any, str]:
    """The compiled function, and the key of its place in PyTensor's cache."""
    provide("nested_factor")
    levels = len(operation.sizes)

    @numba_njit
    def nested_factor(numbers: Any, scale: Any, offset: Any, f: Any, S: Any, b0: Any) -> Any:
        numbers, scale, offset, S, b0 = plain(numbers), plain(scale), plain(offset), plain(S), plain(b0)
        shared = S.size
        total = _total(numbers, levels, shared)
        _check(scale, offset, levels, total)
        check_shared(b0.size, shared)
        R, w, P, b = np.empty((shared, shared)), np.empty(shared), np.empty((shared, shared)), np.empty(shared)
        W, q, F = np.empty(total), np.empty(total), np.empty((total, shared))
        _nested_factor(
            numbers.ctypes,
            scale.ctypes,
            offset.ctypes,
            S.ctypes,
            b0.ctypes,
            R.ctypes,
            w.ctypes,
            W.ctypes,
            q.ctypes,
            F.ctypes,
            P.ctypes,
            b.ctypes,
            f.item(),
            numbers.size,
            scale.size,
            offset.size,
            shared,
            levels,
            total,
        )
        return R, w, W, q, F, P, b

    return nested_factor, f"{symbol('nested_factor')}_{levels}"


@register_funcify_and_cache_key(NestedFactorPullback)  # type: ignore[no-untyped-call, untyped-decorator]
def factor_pullback(operation: Any, node: Any = None, **arguments: Any) -> tuple[Any, str]:
    """The same of its pullback."""
    provide("nested_factor_pullback")
    levels = len(operation.primal.sizes)

    @numba_njit
    def nested_factor_pullback(
        numbers: Any,
        scale: Any,
        offset: Any,
        f: Any,
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
        P_bar: Any,
        b_bar: Any,
    ) -> Any:
        numbers, scale, offset, S, b0 = plain(numbers), plain(scale), plain(offset), plain(S), plain(b0)
        R, w, W, q, F, P, b = plain(R), plain(w), plain(W), plain(q), plain(F), plain(P), plain(b)
        R_bar, w_bar, W_bar, q_bar, F_bar = plain(R_bar), plain(w_bar), plain(W_bar), plain(q_bar), plain(F_bar)
        shared = S.size
        scale_bar, offset_bar, f_bar = np.empty(scale.size), np.empty(offset.size), np.empty(1)
        S_bar, b0_bar = np.empty(shared), np.empty(shared)
        _nested_factor_pullback(
            numbers.ctypes,
            scale.ctypes,
            offset.ctypes,
            S.ctypes,
            b0.ctypes,
            R.ctypes,
            w.ctypes,
            W.ctypes,
            q.ctypes,
            F.ctypes,
            P.ctypes,
            b.ctypes,
            R_bar.ctypes,
            w_bar.ctypes,
            W_bar.ctypes,
            q_bar.ctypes,
            F_bar.ctypes,
            scale_bar.ctypes,
            offset_bar.ctypes,
            f_bar.ctypes,
            S_bar.ctypes,
            b0_bar.ctypes,
            f.item(),
            numbers.size,
            scale.size,
            offset.size,
            shared,
            levels,
            W.size,
            R_bar.shape[0],
            w_bar.size,
            W_bar.size,
            q_bar.size,
            F_bar.shape[0],
        )
        return scale_bar, offset_bar, np.asarray(f_bar[0]), S_bar, b0_bar

    return nested_factor_pullback, f"{symbol('nested_factor_pullback')}_{levels}"


@register_funcify_and_cache_key(NestedSolve)  # type: ignore[no-untyped-call, untyped-decorator]
def solve(operation: NestedSolve, node: Any = None, **arguments: Any) -> tuple[Any, str]:
    """The compiled function, and the key of its place in PyTensor's cache."""
    provide("nested_solve")
    levels, level = operation.levels, operation.level

    @numba_njit
    def nested_solve(x: Any, above: Any, y: Any, numbers: Any, scale: Any, offset: Any, W: Any, q: Any, F: Any) -> Any:
        x, above, y, numbers, scale = plain(x), plain(above), plain(y), plain(numbers), plain(scale)
        offset, W, q, F = plain(offset), plain(W), plain(q), plain(F)
        _check(scale, offset, levels, W.size)
        check_shared(_total(numbers, levels, y.size), W.size)
        check_shared(int(numbers[level]), x.size)
        v, log_stretch = np.empty(x.size), np.empty(x.size)
        _nested_solve(
            x.ctypes,
            above.ctypes,
            y.ctypes,
            numbers.ctypes,
            scale.ctypes,
            offset.ctypes,
            W.ctypes,
            q.ctypes,
            F.ctypes,
            v.ctypes,
            log_stretch.ctypes,
            x.size,
            above.size,
            y.size,
            numbers.size,
            scale.size,
            offset.size,
            W.size,
            levels,
            level,
        )
        return v, log_stretch

    return nested_solve, f"{symbol('nested_solve')}_{levels}_{level}"


@register_funcify_and_cache_key(NestedSolvePullback)  # type: ignore[no-untyped-call, untyped-decorator]
def solve_pullback(operation: Any, node: Any = None, **arguments: Any) -> tuple[Any, str]:
    """The same of its pullback."""
    provide("nested_solve_pullback")
    levels, level = operation.primal.levels, operation.primal.level

    @numba_njit
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
        v: Any,
        log_stretch: Any,
        v_bar: Any,
        log_stretch_bar: Any,
    ) -> Any:
        x, above, y, numbers, scale = plain(x), plain(above), plain(y), plain(numbers), plain(scale)
        offset, W, q, F = plain(offset), plain(W), plain(q), plain(F)
        v_bar, log_stretch_bar = plain(v_bar), plain(log_stretch_bar)
        total, shared = W.size, y.size
        x_bar, above_bar, y_bar = np.empty(x.size), np.empty(above.size), np.empty(shared)
        scale_bar, offset_bar = np.empty(scale.size), np.empty(offset.size)
        W_bar, q_bar, F_bar = np.empty(total), np.empty(total), np.empty((total, shared))
        _nested_solve_pullback(
            x.ctypes,
            above.ctypes,
            y.ctypes,
            numbers.ctypes,
            scale.ctypes,
            offset.ctypes,
            W.ctypes,
            q.ctypes,
            F.ctypes,
            v_bar.ctypes,
            log_stretch_bar.ctypes,
            x_bar.ctypes,
            above_bar.ctypes,
            y_bar.ctypes,
            scale_bar.ctypes,
            offset_bar.ctypes,
            W_bar.ctypes,
            q_bar.ctypes,
            F_bar.ctypes,
            x.size,
            above.size,
            shared,
            numbers.size,
            scale.size,
            offset.size,
            total,
            v_bar.size,
            log_stretch_bar.size,
            levels,
            level,
        )
        return x_bar, above_bar, y_bar, scale_bar, offset_bar, W_bar, q_bar, F_bar

    return nested_solve_pullback, f"{symbol('nested_solve_pullback')}_{levels}_{level}"
