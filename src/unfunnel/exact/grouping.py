"""Which observation belongs to which group: indices, labels, and per-group moments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError
from unfunnel.exact.arrays import FloatArray, IntArray, same_length, whole


def group_moments(values: FloatArray, index: IntArray, size: int) -> tuple[IntArray, FloatArray, FloatArray]:
    """Count, mean (0 for an empty group) and sum of squared deviations of each group.

    Two passes, the second of which corrects the mean of the first, so that a large common offset costs no
    digits.

    References
    ----------
    T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing the sample variance", The American
    Statistician 37 (1983), equation 1.7.
    """
    count = np.bincount(index, minlength=size).astype(np.int64)
    divisor = np.maximum(count, 1)
    mean = np.bincount(index, weights=values, minlength=size) / divisor
    deviation = values - mean[index]
    correction = np.bincount(index, weights=deviation, minlength=size) / divisor
    scatter = np.bincount(index, weights=deviation**2, minlength=size) - count * correction**2
    return count, mean + correction, np.where(count > 1, np.maximum(scatter, 0.0), 0.0)


def group_number(call: str, index: IntArray, labels: Sequence[Any] | None, groups: int | None) -> int:
    """Return how many groups there are, from whichever argument says it; refuse indices beyond."""
    number = None if groups is None else whole(call, "groups", groups)
    if number is not None and labels is not None and len(labels) != number:
        raise InvalidArgumentError(f"{call}: groups is {number}, but there are {len(labels)} labels; leave one out.")
    largest = int(index.max()) if index.size else -1
    size = number if number is not None else len(labels) if labels is not None else largest + 1
    if size == 0:
        raise InvalidArgumentError(f"{call}: there are no groups; at least one is needed.")
    if largest >= size:
        at = int(np.argmax(index))
        raise InvalidArgumentError(
            f"{call}: group_index must lie between 0 and {size - 1} for {size} group(s), but group_index[{at}] "
            f"is {largest}."
        )
    return size


def group_labels(call: str, labels: Any, size: int) -> NDArray[Any]:
    """Return one distinct label per group, 0, 1, 2, ... if none were given."""
    if labels is None:
        return np.arange(size)
    array = np.array(labels)
    if array.dtype == object and all(isinstance(label, str) for label in array.flat):
        array = array.astype(str)
    if array.ndim != 1:
        raise InvalidArgumentError(f"{call}: labels must be one-dimensional, but they have shape {array.shape}.")
    same_length(call, "labels", array.size, "count", size)
    seen: set[Any] = set()
    for label in array.tolist():
        if label in seen:
            raise InvalidArgumentError(f"{call}: labels must be distinct, but {label!r} comes more than once.")
        seen.add(label)
    return array


def check_scatter(call: str, scatter: FloatArray, count: IntArray) -> None:
    """Refuse a sum of squares that is negative, or positive where there is at most one observation."""
    bad = np.flatnonzero((scatter < 0) | ((scatter > 0) & (count < 2)))
    if bad.size:
        allowed = ">= 0" if count[bad[0]] > 1 else f"0 for a group of {count[bad[0]]} observation(s)"
        raise InvalidArgumentError(
            f"{call}: sum_of_squares must be {allowed}, but sum_of_squares[{bad[0]}] is {scatter[bad[0]]:g}."
        )
