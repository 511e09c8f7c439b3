"""Checking and freezing the arrays that parameterizations hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from unfunnel.errors import InvalidArgumentError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def same(first: Any, second: Any) -> bool:
    """Equality that also works for arrays."""
    if isinstance(first, np.ndarray) or isinstance(second, np.ndarray):
        return np.array_equal(first, second)
    return bool(first == second)


def frozen(values: NDArray[Any]) -> NDArray[Any]:
    """A read-only copy."""
    copy = np.array(values)
    copy.flags.writeable = False
    return copy


def array(call: str, argument: str, values: ArrayLike) -> NDArray[Any]:
    """An array, or a clear refusal."""
    try:
        return np.asarray(values)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(f"{call}: {argument} must be an array, got {values!r}.") from error


def real(call: str, argument: str, values: ArrayLike) -> Floats:
    """Finite float64, or a clear refusal."""
    if np.ma.is_masked(values):
        raise InvalidArgumentError(f"{call}: {argument} has masked elements; leave them out, or fill them.")
    try:
        if np.iscomplexobj(values):
            raise TypeError
        number = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(f"{call}: {argument} must hold numbers, got {values!r}.") from error
    if not np.all(np.isfinite(number)):
        raise InvalidArgumentError(f"{call}: {argument} must be finite, got {np.asarray(values).tolist()!r}.")
    return number


def of_shape(call: str, argument: str, values: Floats, shape: tuple[int, ...], variable: str) -> Floats:
    """The values broadcast to the shape of the effect, or a clear refusal."""
    if values.ndim and values.shape != shape:
        raise InvalidArgumentError(
            f"{call}: {argument} has shape {values.shape}, but {variable!r} has shape {shape}; give one value per"
            " element."
        )
    return np.broadcast_to(values, shape).copy()
