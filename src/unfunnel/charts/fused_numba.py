"""The fused operations for numba; importing this registers them with PyTensor.

What is compiled depends on nothing but the operation: all sizes are read from the arrays. So numba's cache on disk,
once filled, serves every model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import overload
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_and_cache_key

from unfunnel.charts.fused import (
    EffectsSolve,
    EffectsSolvePullback,
    Fused,
    SharedFactor,
    SharedFactorPullback,
    SharedSolve,
    SharedSolvePullback,
)
from unfunnel.charts.kernels import check_later, check_parents, check_shared, groups_of
from unfunnel.charts.symbols import external, provide, symbol

_shared_factor = external("shared_factor")
_shared_factor_pullback = external("shared_factor_pullback")
_shared_solve = external("shared_solve")
_shared_solve_pullback = external("shared_solve_pullback")
_effects_solve = external("effects_solve")
_effects_solve_pullback = external("effects_solve_pullback")


def plain(array: Any) -> Any:
    """The array as the kernels take it: contiguous."""
    return np.ascontiguousarray(array)


@overload(plain)
def plain_for(array: Any) -> Any:
    """Choose while compiling: most arrays are as they should be already."""

    # numba compares the signatures, annotations and all.
    def same(array: Any) -> Any:
        return array

    def copied(array: Any) -> Any:
        return array.copy()

    return same if array.layout == "C" else copied


@numba_njit
def shared_factor(numbers: Any, scale: Any, offset: Any, f: Any, S: Any, b0: Any) -> Any:
    """R, w, P and b."""
    numbers, scale, offset, S, b0 = plain(numbers), plain(scale), plain(offset), plain(S), plain(b0)
    effects, shared = scale.shape[1], S.size
    groups = groups_of(numbers, effects, shared)
    check_parents(scale, offset, groups, effects)
    check_shared(b0.size, shared)
    R, w, P, b = np.empty((shared, shared)), np.empty(shared), np.empty((shared, shared)), np.empty(shared)
    _shared_factor(
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
        groups,
        effects,
        shared,
        scale.shape[0],
        offset.shape[0],
    )
    return R, w, P, b


@numba_njit
def shared_factor_pullback(
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
    """Cotangents of scale, offset, f, S and b0."""
    numbers, scale, offset, S, b0 = plain(numbers), plain(scale), plain(offset), plain(S), plain(b0)
    R, w, P, b = plain(R), plain(w), plain(P), plain(b)
    R_bar, w_bar, P_bar, b_bar = plain(R_bar), plain(w_bar), plain(P_bar), plain(b_bar)
    effects, shared = scale.shape[1], S.size
    scale_bar, offset_bar, f_bar = np.empty(scale.shape), np.empty(offset.shape), np.empty(1)
    S_bar, b0_bar = np.empty(shared), np.empty(shared)
    _shared_factor_pullback(
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
        groups_of(numbers, effects, shared),
        effects,
        shared,
        scale.shape[0],
        offset.shape[0],
        R_bar.shape[0],
        w_bar.size,
        P_bar.shape[0],
        b_bar.size,
    )
    return scale_bar, offset_bar, np.asarray(f_bar[0]), S_bar, b0_bar


@numba_njit
def shared_solve(x: Any, z_later: Any, R: Any, w: Any) -> Any:
    """Give z and log_stretch of the block that ends where `z_later` begins."""
    x, z_later, R, w = plain(x), plain(z_later), plain(R), plain(w)
    check_shared(R.shape[0], w.size)
    check_shared(R.shape[1], w.size)
    check_shared(min(x.size + z_later.size, w.size), x.size + z_later.size)
    z, log_stretch = np.empty(x.size), np.empty(x.size)
    _shared_solve(
        x.ctypes,
        z_later.ctypes,
        R.ctypes,
        w.ctypes,
        z.ctypes,
        log_stretch.ctypes,
        x.size,
        z_later.size,
        w.size,
    )
    return z, log_stretch


@numba_njit
def shared_solve_pullback(
    x: Any, z_later: Any, R: Any, w: Any, z: Any, log_stretch: Any, z_bar: Any, log_stretch_bar: Any
) -> Any:
    """Cotangents of x, z_later, R and w."""
    x, z_later, R, w, z, log_stretch = plain(x), plain(z_later), plain(R), plain(w), plain(z), plain(log_stretch)
    z_bar, log_stretch_bar = plain(z_bar), plain(log_stretch_bar)
    x_bar, later_bar = np.empty(x.size), np.empty(z_later.size)
    R_bar, w_bar = np.empty(R.shape), np.empty(w.size)
    _shared_solve_pullback(
        x.ctypes,
        z_later.ctypes,
        R.ctypes,
        w.ctypes,
        z.ctypes,
        log_stretch.ctypes,
        z_bar.ctypes,
        log_stretch_bar.ctypes,
        x_bar.ctypes,
        later_bar.ctypes,
        R_bar.ctypes,
        w_bar.ctypes,
        x.size,
        z_later.size,
        w.size,
        z_bar.size,
        log_stretch_bar.size,
    )
    return x_bar, later_bar, R_bar, w_bar


@numba_njit
def effects_solve(x: Any, v_later: Any, y: Any, numbers: Any, scale: Any, offset: Any, f: Any) -> Any:
    """Give v and log_stretch (K,) of the effect before those of `v_later`."""
    x, v_later, y, numbers = plain(x), plain(v_later), plain(y), plain(numbers)
    scale, offset = plain(scale), plain(offset)
    groups, effects = x.size, scale.shape[1]
    check_shared(groups_of(numbers, effects, y.size), groups)
    check_parents(scale, offset, groups, effects)
    check_later(v_later, groups, effects)
    v, log_stretch = np.empty(groups), np.empty(groups)
    _effects_solve(
        x.ctypes,
        v_later.ctypes,
        y.ctypes,
        numbers.ctypes,
        scale.ctypes,
        offset.ctypes,
        v.ctypes,
        log_stretch.ctypes,
        f.item(),
        groups,
        effects,
        y.size,
        scale.shape[0],
        offset.shape[0],
        v_later.shape[1],
        numbers.size,
    )
    return v, log_stretch


@numba_njit
def effects_solve_pullback(
    x: Any,
    v_later: Any,
    y: Any,
    numbers: Any,
    scale: Any,
    offset: Any,
    f: Any,
    v: Any,
    log_stretch: Any,
    v_bar: Any,
    log_stretch_bar: Any,
) -> Any:
    """Cotangents of x, v_later, y, scale, offset and f."""
    x, v_later, y, numbers = plain(x), plain(v_later), plain(y), plain(numbers)
    scale, offset, v, log_stretch = plain(scale), plain(offset), plain(v), plain(log_stretch)
    v_bar, log_stretch_bar = plain(v_bar), plain(log_stretch_bar)
    x_bar, later_bar, y_bar = np.empty(x.size), np.empty(v_later.shape), np.empty(y.size)
    scale_bar, offset_bar, f_bar = np.empty(scale.shape), np.empty(offset.shape), np.empty(1)
    _effects_solve_pullback(
        x.ctypes,
        v_later.ctypes,
        y.ctypes,
        numbers.ctypes,
        scale.ctypes,
        offset.ctypes,
        v.ctypes,
        log_stretch.ctypes,
        v_bar.ctypes,
        log_stretch_bar.ctypes,
        x_bar.ctypes,
        later_bar.ctypes,
        y_bar.ctypes,
        scale_bar.ctypes,
        offset_bar.ctypes,
        f_bar.ctypes,
        f.item(),
        x.size,
        scale.shape[1],
        y.size,
        scale.shape[0],
        offset.shape[0],
        v_later.shape[1],
        numbers.size,
        v_bar.size,
        log_stretch_bar.size,
    )
    return x_bar, later_bar, y_bar, scale_bar, offset_bar, np.asarray(f_bar[0])


@register_funcify_and_cache_key(SharedFactor)  # type: ignore[no-untyped-call, untyped-decorator]
@register_funcify_and_cache_key(SharedFactorPullback)  # type: ignore[no-untyped-call, untyped-decorator]
@register_funcify_and_cache_key(SharedSolve)  # type: ignore[no-untyped-call, untyped-decorator]
@register_funcify_and_cache_key(SharedSolvePullback)  # type: ignore[no-untyped-call, untyped-decorator]
@register_funcify_and_cache_key(EffectsSolve)  # type: ignore[no-untyped-call, untyped-decorator]
@register_funcify_and_cache_key(EffectsSolvePullback)  # type: ignore[no-untyped-call, untyped-decorator]
def compiled(operation: Fused, node: Any = None, **arguments: Any) -> tuple[Any, str]:
    """The compiled function of an operation, and the key of its place in PyTensor's cache."""
    provide(operation.kernel)
    return globals()[operation.kernel], symbol(operation.kernel)
