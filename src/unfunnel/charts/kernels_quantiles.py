"""The quantiles of `quantiles.py` and their first two derivatives, as native functions.

With ``q = F⁻¹(Φ(x))`` and density f, ``q' = φ(x) / f(q)``; g = log q has ``g' = q' / q`` and
``g'' = g' (d log q' / dx - g')``. Tail probabilities come from the side on which x is, so that none is lost to
rounding; beyond 38 standard deviations a double cannot hold them, and what is returned is not finite.
"""

from __future__ import annotations

import math
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numba import cfunc, njit, types
from numba.extending import get_cython_function_address

VERSION = sha256(Path(__file__).read_bytes()).hexdigest()[:16]

_SIGNATURE: Any = types.float64(types.float64)
_inverse_normal: Any = types.ExternalFunction("unfunnel_ndtri", _SIGNATURE)
_ROOT_TWO, _HALF_PI = math.sqrt(2.0), 0.5 * math.pi
_DENSITY = 1.0 / math.sqrt(2.0 * math.pi)

_kernel = njit(error_model="numpy")


@_kernel
def _tail(x: float) -> float:
    """P(X > |x|) of a standard normal."""
    return 0.5 * math.erfc(abs(x) / _ROOT_TWO)


@_kernel
def _half_normal(x: float) -> Any:
    """g, g' and ``d log q' / dx = q q' - x`` of the half-normal."""
    tail = _tail(x)
    if x >= 0.0:
        q = -_inverse_normal(0.5 * tail)
    else:
        near = _inverse_normal(0.5 + 0.5 * tail)
        # That is good in absolute terms only; one step of Newton's method makes it so in relative ones.
        q = near - (math.erf(near / _ROOT_TWO) - tail) / (2.0 * _DENSITY * math.exp(-0.5 * near * near))
    slope = 0.5 * math.exp(0.5 * (q - x) * (q + x))
    return math.log(q), slope / q, q * slope - x


@_kernel
def _half_cauchy(x: float) -> Any:
    """g, g' and ``d log q' / dx = 2 q² g' / (1 + q²) - x`` of the half-Cauchy; its quantile at -x is 1 / q."""
    below = math.tan(_HALF_PI * _tail(x))
    slope = _DENSITY * math.exp(-0.5 * x * x) * _HALF_PI * (below + 1.0 / below)
    share = below * below / (1.0 + below * below)
    if x > 0.0:
        return -math.log(below), slope, 2.0 * slope * (1.0 - share) - x
    return math.log(below), slope, 2.0 * slope * share - x


@_kernel
def _exponential(x: float) -> Any:
    """g, g' and ``d log q' / dx = q' - x`` of the exponential, whose q' is ``φ(x) / Φ(-x)``."""
    tail = _tail(x)
    above = tail if x > 0.0 else 1.0 - tail
    q = -math.log(tail) if x > 0.0 else -math.log1p(-tail)
    slope = _DENSITY * math.exp(-0.5 * x * x) / above
    return math.log(q), slope / q, slope - x


def half_normal_0(x: Any) -> Any:
    """G."""
    level, _, _ = _half_normal(x)
    return level


def half_normal_1(x: Any) -> Any:
    """G'."""
    _, slope, _ = _half_normal(x)
    return slope


def half_normal_2(x: Any) -> Any:
    """G''."""
    _, slope, bend = _half_normal(x)
    return slope * (bend - slope)


def half_cauchy_0(x: Any) -> Any:
    """G."""
    level, _, _ = _half_cauchy(x)
    return level


def half_cauchy_1(x: Any) -> Any:
    """G'."""
    _, slope, _ = _half_cauchy(x)
    return slope


def half_cauchy_2(x: Any) -> Any:
    """G''."""
    _, slope, bend = _half_cauchy(x)
    return slope * (bend - slope)


def exponential_0(x: Any) -> Any:
    """G."""
    level, _, _ = _exponential(x)
    return level


def exponential_1(x: Any) -> Any:
    """G'."""
    _, slope, _ = _exponential(x)
    return slope


def exponential_2(x: Any) -> Any:
    """G''."""
    _, slope, bend = _exponential(x)
    return slope * (bend - slope)


_NATIVE = {
    function.__name__: function
    for function in (
        half_normal_0,
        half_normal_1,
        half_normal_2,
        half_cauchy_0,
        half_cauchy_1,
        half_cauchy_2,
        exponential_0,
        exponential_1,
        exponential_2,
    )
}


def symbol(name: str) -> str:
    """The name of a kernel's symbol."""
    return f"unfunnel_{name}_{VERSION}"


def external(name: str) -> Any:
    """A kernel, to be called from compiled code by the name of its symbol."""
    provide(name)
    return types.ExternalFunction(symbol(name), _SIGNATURE)


@cache
def provide(name: str) -> Any:
    """Compile a kernel, or load it from numba's cache, and give it its name; at most once in a process."""
    from llvmlite.binding import add_symbol  # type: ignore[import-untyped]

    add_symbol("unfunnel_ndtri", get_cython_function_address("scipy.special.cython_special", "ndtri"))
    native: Any = cfunc(_SIGNATURE, cache=True, error_model="numpy")(_NATIVE[name])
    add_symbol(symbol(name), native.address)
    # It must live as long as what was compiled against it, so as long as the process.
    return native


def from_python(name: str, x: float) -> float:
    """Call a kernel."""
    return float(np.float64(provide(name).ctypes(x)))
