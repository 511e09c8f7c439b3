"""Small linear algebra for one matrix, compiled by numba, and what else the kernels of the elimination share."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numba.core.compiler import CompilerBase, DefaultPassBuilder

from unfunnel.charts.factors import PIVOT_FLOOR

VERSION = sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))).hexdigest()[:16]
"""A digest of all that kernels are made of."""

# Sums may be reordered, so that they run in vector registers; NaN and infinity keep their meaning. Division by zero
# gives infinity as in NumPy: raising an exception instead would keep loops from being vectorised.
_OPTIONS: Any = {"cache": True, "fastmath": {"reassoc", "contract", "nsz"}, "error_model": "numpy"}
_WITH_ARRAYS: Any = _OPTIONS | {"_nrt": True}
# Without numba's runtime, which counts references: a kernel with thirty arrays counts hundreds of times in a call.
_BARE: Any = _OPTIONS | {"_nrt": False}


def of_this_version(function: Any) -> Any:
    """A function that numba caches under a name of its own for every version of the kernels.

    Numba looks for changes in the file of what it has cached, not in what that calls. An installer leaves the cache
    where it is, so that another version of this package would run kernels of the one before.
    """
    function.__qualname__ = f"{function.__qualname__}_{VERSION}"
    return function


def kernel(function: Any) -> Any:
    """Compile a kernel, or load it from numba's cache, when it is first called."""
    return njit(**_WITH_ARRAYS)(of_this_version(function))


def bare_kernel(function: Any) -> Any:
    """The same of a kernel that neither makes nor gives back arrays."""
    return njit(**_BARE)(of_this_version(function))


class _Unaliased(CompilerBase):
    """Numba's own compiler, told that what one argument points to is reached through no other."""

    def define_pipelines(self) -> Any:
        """As always."""
        self.state.flags.noalias = True
        return [DefaultPassBuilder.define_nopython_pipeline(self.state)]  # type: ignore[no-untyped-call]


def unaliased_kernel(function: Any) -> Any:
    """The same of a bare kernel of which no two arguments overlap.

    Where it stores several arrays in one loop, LLVM would otherwise compare all of them with one another before the
    loop, or leave it out of vector registers.
    """
    return njit(**_BARE, pipeline_class=_Unaliased)(of_this_version(function))


def literal_kernel(function: Any) -> Any:
    """The same of one whose sums must be taken as they are written."""
    return njit(**_BARE | {"fastmath": {"contract", "nsz"}}, pipeline_class=_Unaliased)(of_this_version(function))


SMALLEST_SCALE = 1e-150
"""Smaller scales count as this one: nothing else changes, and an exact zero does not become 0 / 0."""

LOWEST_ROOT = float(np.sqrt(PIVOT_FLOOR))


@bare_kernel
def starts(groups: int, effects: int, shared: int) -> tuple[int, int, int, int]:
    """Where H, E, D and g begin in the flat vector of evidence."""
    first = groups * effects
    second = first + first * effects
    third = second + first * shared
    return first, second, third, third + shared * shared


@kernel
def taken_apart(numbers: Any, groups: int, effects: int, shared: int) -> Any:
    """Views of h, H, E, D and g in the flat vector of evidence."""
    first, second, third, fourth = starts(groups, effects, shared)
    if numbers.size != fourth + shared:
        raise ValueError("unfunnel: the evidence has another size than groups, effects and shared parameters need")
    return (
        numbers[:first].reshape((groups, effects)),
        numbers[first:second].reshape((groups, effects, effects)),
        numbers[second:third].reshape((groups, effects, shared)),
        numbers[third:fourth].reshape((shared, shared)),
        numbers[fourth:],
    )


@kernel
def check_parents(scale: Any, offset: Any, groups: int, effects: int) -> None:
    """Refuse shapes that the loops would read beyond."""
    if scale.shape[1] != effects or (scale.shape[0] != 1 and scale.shape[0] != groups):
        raise ValueError("unfunnel: the scales of the effects must have the shape (1 or groups, effects)")
    if offset.shape[1] != effects or (offset.shape[0] != 0 and offset.shape[0] != groups):
        raise ValueError("unfunnel: the offset of the effects must have the shape (0 or groups, effects)")


@kernel
def check_later(v_later: Any, groups: int, effects: int) -> None:
    """Refuse later siblings that the loops would read beyond."""
    if v_later.shape[1] >= effects or (v_later.shape[0] != groups and v_later.size > 0):
        raise ValueError("unfunnel: the later effects must have the shape (groups, effects after this one)")


@bare_kernel
def check_shared(found: int, wanted: int) -> None:
    """Refuse arrays of the shared parameters, or evidence, of another size than the others."""
    if found != wanted:
        raise ValueError("unfunnel: arrays of the shared parameters, or of the evidence, do not fit one another")


@kernel
def groups_of(numbers: Any, effects: int, shared: int) -> int:
    """How many groups the flat vector of evidence is for."""
    rest = numbers.size - shared * shared - shared
    each = effects * (1 + effects + shared)
    if rest < 0 or rest % each != 0:
        raise ValueError("unfunnel: the evidence has another size than groups, effects and shared parameters need")
    return int(rest // each)


@kernel
def full(cotangent: Any, size: int) -> Any:
    """A cotangent, zero where it is empty."""
    return np.zeros(size) if cotangent.size == 0 else cotangent


@bare_kernel
def at(cotangent: Any, k: int) -> Any:
    """Element k of a cotangent: of length 0 it is zero everywhere, of length 1 the same everywhere."""
    if cotangent.size == 0:
        return 0.0
    return cotangent[k if cotangent.size > 1 else 0]


@bare_kernel
def put(whole: Any, start: int, stop: int, cotangent: Any) -> None:
    """Write a cotangent out from one place to another."""
    for i in range(stop - start):
        whole[start + i] = at(cotangent, i)


@bare_kernel
def floored(scale: float) -> float:
    """The scale, kept from zero; NaN stays NaN."""
    return SMALLEST_SCALE if scale < SMALLEST_SCALE else scale


@bare_kernel
def factorise(R: Any) -> None:
    """Turn a lower triangle into its Cholesky factor, in place, pivots below the floor raised to it."""
    for i in range(R.shape[0]):
        for k in range(i + 1):
            total = R[i, k]
            for j in range(k):
                total -= R[i, j] * R[k, j]
            if k < i:
                R[i, k] = total / R[k, k]
            else:
                R[i, i] = np.sqrt(PIVOT_FLOOR if total < PIVOT_FLOOR else total)


@bare_kernel
def factorise_pullback(R: Any, bar: Any) -> None:
    """Turn the cotangent of a Cholesky factor into that of the lower triangle it was made from, in place.

    The entries below the diagonal stand for both of their mirror images. A raised pivot passes nothing on. This is
    the unblocked reverse algorithm of Smith (1995).
    """
    for k in range(R.shape[0] - 1, -1, -1):
        for i in range(R.shape[0] - 1, k, -1):
            for j in range(k + 1, i + 1):
                bar[i, k] -= bar[i, j] * R[j, k]
                bar[j, k] -= bar[i, j] * R[i, k]
        for j in range(k + 1, R.shape[0]):
            bar[j, k] /= R[k, k]
            bar[k, k] -= R[j, k] * bar[j, k]
        bar[k, k] = 0.0 if R[k, k] <= LOWEST_ROOT else 0.5 * bar[k, k] / R[k, k]


@bare_kernel
def solve_lower(R: Any, x: Any) -> None:
    """Apply R⁻¹ to a vector, in place."""
    for i in range(x.size):
        total = x[i]
        for j in range(i):
            total -= R[i, j] * x[j]
        x[i] = total / R[i, i]


@bare_kernel
def solve_upper(R: Any, x: Any) -> None:
    """Apply R'⁻¹ to a vector, in place."""
    for i in range(x.size - 1, -1, -1):
        total = x[i]
        for j in range(i + 1, x.size):
            total -= R[j, i] * x[j]
        x[i] = total / R[i, i]
