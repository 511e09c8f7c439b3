"""Pointers into arrays, for kernels that are called by the name of their symbol."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic


@intrinsic
def pointer(typing_context: Any, address: Any) -> Any:
    """The pointer to the doubles at an address: that of an array (`array.ctypes.data`) and an offset in bytes.

    A slice would do too, but each counts references up and down, which takes more time than a small group's arithmetic.
    Whoever asks keeps the array alive.
    """
    to_doubles = types.CPointer(types.float64)  # type: ignore[no-untyped-call]

    def made(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return to_doubles(types.intp), made
