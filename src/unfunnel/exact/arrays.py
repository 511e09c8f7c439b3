"""Turning what a caller hands in into checked one-dimensional arrays."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

#: Squares and ratios of squares of anything up to this size stay inside double precision.
LARGEST = 1e60


def numbers(call: str, name: str, values: Any, *, positive: bool = False) -> FloatArray:
    """Values as a new one-dimensional float array of finite numbers, or a sentence on what came instead."""
    given = _sequence(call, name, values)
    if given.dtype.kind not in "iuf":
        _refuse_first(call, name, given)
    array: FloatArray = given.astype(np.float64)
    bad = np.flatnonzero(~np.isfinite(array) | (np.abs(array) > LARGEST))
    if bad.size:
        raise InvalidArgumentError(
            f"{call}: {name} must hold finite numbers of magnitude up to {LARGEST:g}, but {name}[{bad[0]}] is "
            f"{array[bad[0]]:g}; drop or mend that entry."
        )
    if positive:
        require_positive(call, name, array)
    return array


def require_positive(call: str, name: str, array: FloatArray) -> None:
    """Refuse scales that are zero, negative, or too small to be squared."""
    bad = np.flatnonzero(array < 1 / LARGEST)
    if bad.size:
        raise InvalidArgumentError(
            f"{call}: {name} must be > 0 (at least {1 / LARGEST:g}), but {name}[{bad[0]}] is {array[bad[0]]:g}."
        )


def integers(call: str, name: str, values: Any) -> IntArray:
    """Values as a new one-dimensional array of non-negative integers."""
    given = _sequence(call, name, values)
    if given.size and given.dtype.kind not in "iu":
        raise InvalidArgumentError(
            f"{call}: {name} must hold integers, but it holds {given.dtype}; convert it with .astype(int) if the "
            "values are whole."
        )
    array: IntArray = given.astype(np.int64)
    bad = np.flatnonzero(array < 0)
    if bad.size:
        raise InvalidArgumentError(f"{call}: {name} must be >= 0, but {name}[{bad[0]}] is {array[bad[0]]}.")
    return array


def number(call: str, name: str, value: Any, *, positive: bool = False) -> float:
    """One finite number."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise InvalidArgumentError(f"{call}: {name} must be a number, but {value!r} came.")
    result = float(value)
    if not abs(result) <= LARGEST or (positive and result < 1 / LARGEST):
        least = f"{1 / LARGEST:g}" if positive else f"{-LARGEST:g}"
        raise InvalidArgumentError(f"{call}: {name} must lie between {least} and {LARGEST:g}, but it is {result:g}.")
    return result


def whole(call: str, name: str, value: Any) -> int:
    """One integer that is at least 1."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise InvalidArgumentError(f"{call}: {name} must be an integer >= 1, but {value!r} came.")
    return int(value)


def same_length(call: str, name: str, length: int, other: str, expected: int) -> None:
    """Refuse two arguments that disagree in length."""
    if length != expected:
        raise InvalidArgumentError(
            f"{call}: {name} has {length} entries and {other} has {expected}; they must have the same length."
        )


def _sequence(call: str, name: str, values: Any) -> NDArray[Any]:
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise InvalidArgumentError(f"{call}: {name} has masked entries; drop them first.")
    if not isinstance(values, str | bytes):
        try:
            array = np.asarray(values)
            if array.dtype.kind in "US":  # numbers among texts have become texts as well: undo that
                array = np.asarray(values, dtype=object)
        except ValueError as error:
            raise InvalidArgumentError(f"{call}: {name} must be one-dimensional, but it is ragged.") from error
        if array.ndim == 1:
            return array
        raise InvalidArgumentError(f"{call}: {name} must be one-dimensional, but it has shape {array.shape}.")
    raise InvalidArgumentError(f"{call}: {name} must be a sequence, but {values!r} came.")


def _refuse_first(call: str, name: str, given: NDArray[Any]) -> None:
    for position, entry in enumerate(given.tolist()):
        if isinstance(entry, bool) or not isinstance(entry, Real):
            raise InvalidArgumentError(
                f"{call}: {name} must hold numbers, but {name}[{position}] is {entry!r} "
                f"({type(entry).__name__}); drop or mend that entry."
            )
