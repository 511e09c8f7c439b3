"""The operations of sequences for numba; importing this registers them with PyTensor."""

from __future__ import annotations

from typing import Any

import numpy as np
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_and_cache_key

from unfunnel.charts.fused import Fused
from unfunnel.charts.fused_numba import plain
from unfunnel.charts.kernels import check_shared, groups_of
from unfunnel.charts.kernels_sequences import check_series
from unfunnel.charts.sequences import SequenceFactor, SequenceFactorPullback, SequenceSolve, SequenceSolvePullback
from unfunnel.charts.symbols import external, provide, symbol

_solve = external("sequence_solve")
_solve_pullback = external("sequence_solve_pullback")
_factor = external("sequence_factor")
_factor_pullback = external("sequence_factor_pullback")


def _makes_solve(steps: int) -> Any:
    @numba_njit
    def sequence_solve(x: Any, y: Any, numbers: Any, scale: Any, offset: Any, f: Any) -> Any:
        x, y, numbers, scale, offset = plain(x), plain(y), plain(numbers), plain(scale), plain(offset)
        size, shared = x.size, y.size
        check_shared(groups_of(numbers, 1, shared), size)
        check_series(scale, offset, size, steps)
        v, w, log_stretch = np.empty(size), np.empty(size), np.empty(size)
        precision, pull = np.empty(size), np.empty(size)
        _solve(
            x.ctypes,
            y.ctypes,
            numbers.ctypes,
            scale.ctypes,
            offset.ctypes,
            v.ctypes,
            w.ctypes,
            log_stretch.ctypes,
            precision.ctypes,
            pull.ctypes,
            f.item(),
            size,
            shared,
            scale.shape[0],
            offset.shape[0],
            steps,
        )
        return v, w, log_stretch, precision, pull

    return sequence_solve


def _makes_solve_pullback(steps: int) -> Any:
    @numba_njit
    def sequence_solve_pullback(
        x: Any,
        y: Any,
        numbers: Any,
        scale: Any,
        offset: Any,
        f: Any,
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
    ) -> Any:
        x, y, numbers, scale, offset = plain(x), plain(y), plain(numbers), plain(scale), plain(offset)
        v, w, log_stretch, precision, pull = plain(v), plain(w), plain(log_stretch), plain(precision), plain(pull)
        v_bar, w_bar, log_stretch_bar = plain(v_bar), plain(w_bar), plain(log_stretch_bar)
        size, shared = x.size, y.size
        x_bar, y_bar, f_bar = np.empty(size), np.empty(shared), np.empty(1)
        scale_bar, offset_bar = np.empty(scale.shape), np.empty(offset.shape)
        _solve_pullback(
            x.ctypes,
            y.ctypes,
            numbers.ctypes,
            scale.ctypes,
            offset.ctypes,
            v.ctypes,
            w.ctypes,
            log_stretch.ctypes,
            precision.ctypes,
            pull.ctypes,
            v_bar.ctypes,
            w_bar.ctypes,
            log_stretch_bar.ctypes,
            x_bar.ctypes,
            y_bar.ctypes,
            scale_bar.ctypes,
            offset_bar.ctypes,
            f_bar.ctypes,
            f.item(),
            size,
            shared,
            scale.shape[0],
            offset.shape[0],
            steps,
            v_bar.size,
            w_bar.size,
            log_stretch_bar.size,
        )
        return x_bar, y_bar, scale_bar, offset_bar, np.asarray(f_bar[0])

    return sequence_solve_pullback


def _makes_factor(steps: int) -> Any:
    @numba_njit
    def sequence_factor(numbers: Any, scale: Any, offset: Any, f: Any, S: Any, b0: Any) -> Any:
        numbers, scale, offset, S, b0 = plain(numbers), plain(scale), plain(offset), plain(S), plain(b0)
        shared = S.size
        size = groups_of(numbers, 1, shared)
        check_series(scale, offset, size, steps)
        check_shared(b0.size, shared)
        R, w, P, b = np.empty((shared, shared)), np.empty(shared), np.empty((shared, shared)), np.empty(shared)
        _factor(
            numbers.ctypes,
            scale.ctypes,
            offset.ctypes,
            S.ctypes,
            b0.ctypes,
            R.ctypes,
            w.ctypes,
            P.ctypes,
            b.ctypes,
            f.item(),
            size,
            shared,
            scale.shape[0],
            offset.shape[0],
            steps,
        )
        return R, w, P, b

    return sequence_factor


def _makes_factor_pullback(steps: int) -> Any:
    @numba_njit
    def sequence_factor_pullback(
        numbers: Any,
        scale: Any,
        offset: Any,
        f: Any,
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
    ) -> Any:
        numbers, scale, offset, S, b0 = plain(numbers), plain(scale), plain(offset), plain(S), plain(b0)
        R, w, P, b = plain(R), plain(w), plain(P), plain(b)
        R_bar, w_bar, P_bar, b_bar = plain(R_bar), plain(w_bar), plain(P_bar), plain(b_bar)
        shared = S.size
        scale_bar, offset_bar, f_bar = np.empty(scale.shape), np.empty(offset.shape), np.empty(1)
        S_bar, b0_bar = np.empty(shared), np.empty(shared)
        _factor_pullback(
            numbers.ctypes,
            scale.ctypes,
            offset.ctypes,
            S.ctypes,
            b0.ctypes,
            R.ctypes,
            w.ctypes,
            P.ctypes,
            b.ctypes,
            R_bar.ctypes,
            w_bar.ctypes,
            P_bar.ctypes,
            b_bar.ctypes,
            scale_bar.ctypes,
            offset_bar.ctypes,
            f_bar.ctypes,
            S_bar.ctypes,
            b0_bar.ctypes,
            f.item(),
            groups_of(numbers, 1, shared),
            shared,
            scale.shape[0],
            offset.shape[0],
            steps,
            R_bar.shape[0],
            w_bar.size,
            P_bar.shape[0],
            b_bar.size,
        )
        return scale_bar, offset_bar, np.asarray(f_bar[0]), S_bar, b0_bar

    return sequence_factor_pullback


_MAKES = {
    "sequence_solve": _makes_solve,
    "sequence_solve_pullback": _makes_solve_pullback,
    "sequence_factor": _makes_factor,
    "sequence_factor_pullback": _makes_factor_pullback,
}


@register_funcify_and_cache_key(SequenceSolve)  # type: ignore[no-untyped-call, untyped-decorator]
@register_funcify_and_cache_key(SequenceSolvePullback)  # type: ignore[no-untyped-call, untyped-decorator]
@register_funcify_and_cache_key(SequenceFactor)  # type: ignore[no-untyped-call, untyped-decorator]
@register_funcify_and_cache_key(SequenceFactorPullback)  # type: ignore[no-untyped-call, untyped-decorator]
def compiled(operation: Fused, node: Any = None, **arguments: Any) -> tuple[Any, str]:
    """The compiled function of an operation, and the key of its place in PyTensor's cache."""
    provide(operation.kernel)
    steps = operation.settings["steps"]
    return _MAKES[operation.kernel](steps), f"{symbol(operation.kernel)}_{steps}"
