"""The types of native kernels: pointers, numbers and sizes."""

from __future__ import annotations

from typing import Any

from numba import types


def signature(arrays: int, numbers: int, sizes: int) -> Any:
    """So many arrays, then single numbers, then sizes."""
    pointer = types.CPointer(types.float64)  # type: ignore[no-untyped-call]
    return types.void(*[pointer] * arrays, *[types.float64] * numbers, *[types.int64] * sizes)
