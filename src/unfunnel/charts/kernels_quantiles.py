"""The logarithms of quantiles of `quantiles.py`, as native functions.

Tail probabilities come from the side on which x is, so that none is lost to rounding; beyond 38 standard deviations a
double cannot hold them, and what is returned is not finite.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numba import cfunc, njit, types
from numba.extending import get_cython_function_address

from unfunnel.charts.kernels import VERSION, of_this_version

_SIGNATURE: Any = types.float64(types.float64)
_inverse_normal: Any = types.ExternalFunction("unfunnel_ndtri", _SIGNATURE)
_ROOT_TWO, _HALF_PI = math.sqrt(2.0), 0.5 * math.pi
_DENSITY = 1.0 / math.sqrt(2.0 * math.pi)

_kernel = njit(error_model="numpy")


@_kernel
def _tail(x: float) -> float:
    """P(X > |x|) of a standard normal."""
    return 0.5 * math.erfc(abs(x) / _ROOT_TWO)


def half_normal(x: Any) -> Any:
    """Of the half-normal."""
    tail = _tail(x)
    if x >= 0.0:
        return math.log(-_inverse_normal(0.5 * tail))
    near = _inverse_normal(0.5 + 0.5 * tail)
    # That is good in absolute terms only; one step of Newton's method makes it so in relative ones.
    return math.log(near - (math.erf(near / _ROOT_TWO) - tail) / (2.0 * _DENSITY * math.exp(-0.5 * near * near)))


def half_cauchy(x: Any) -> Any:
    """Of the half-Cauchy, whose quantile at -x is 1 / q."""
    below = math.log(math.tan(_HALF_PI * _tail(x)))
    return -below if x > 0.0 else below


def exponential(x: Any) -> Any:
    """Of the exponential."""
    tail = _tail(x)
    return math.log(-math.log(tail) if x > 0.0 else -math.log1p(-tail))


_NATIVE = {function.__name__: function for function in (half_normal, half_cauchy, exponential)}


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
    native: Any = cfunc(_SIGNATURE, cache=True, error_model="numpy")(of_this_version(_NATIVE[name]))
    add_symbol(symbol(name), native.address)
    # It must live as long as what was compiled against it, so as long as the process.
    return native


def from_python(name: str, x: float) -> float:
    """Call a kernel."""
    return float(np.float64(provide(name).ctypes(x)))
