"""Pointers into arrays and other views of them, for kernels that count no references."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core.imputils import impl_ret_borrowed
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array


def _built_in(function: Any) -> Any:
    """As numba's `intrinsic`, the type of which asks callers for the typing context."""
    return intrinsic(function)


@_built_in
def pointer(typing_context: Any, address: Any) -> Any:
    """The pointer to the doubles at an address: that of an array (`array.ctypes.data`) and an offset in bytes.

    A slice would do too, but each counts references up and down, which takes more time than a small group's arithmetic.
    Whoever asks keeps the array alive.
    """
    to_doubles = types.CPointer(types.float64)  # type: ignore[no-untyped-call]

    def made(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return to_doubles(types.intp), made


@_built_in
def flat(typing_context: Any, array: Any) -> Any:
    """A contiguous array's elements in one dimension, without the call that a reshape makes."""
    if array.layout != "C":
        return None
    wanted = array.copy(ndim=1)

    def made(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        given = make_array(array)(context, builder, arguments[0])  # type: ignore[no-untyped-call]
        view = make_array(wanted)(context, builder)  # type: ignore[no-untyped-call]
        populate_array(  # type: ignore[no-untyped-call]
            view,
            data=given.data,
            shape=[given.nitems],
            strides=[given.itemsize],
            itemsize=given.itemsize,
            meminfo=given.meminfo,
            parent=given.parent,
        )
        return impl_ret_borrowed(context, builder, wanted, view._getvalue())  # type: ignore[no-untyped-call]

    return wanted(array), made


@_built_in
def of_bits(typing_context: Any, bits: Any) -> Any:
    """The double that has these bits."""

    def made(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(types.float64))

    return types.float64(types.int64), made
