"""What a parameter of a likelihood is in every row, as a tree whose leaves are numbers or elements of variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Numbers:
    """Numbers that are known; dims (), (row,) or (row, column)."""

    values: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Single:
    """One number of the model, the same in every row."""

    source: Any


@dataclass(frozen=True, eq=False)
class Picked:
    """Elements of an expression of the model, by their positions in it as it is raveled.

    Parameters
    ----------
    source, shape
        The expression, and its shape.
    at
        Positions; dims (row,) or (row, column).
    """

    source: Any
    shape: tuple[int, ...]
    at: Ints


@dataclass(frozen=True, eq=False)
class Applied:
    """An operation, element by element."""

    op: Any
    parts: tuple[Tree, ...]


@dataclass(frozen=True, eq=False)
class Summed:
    """A sum over columns."""

    part: Tree


@dataclass(frozen=True, eq=False)
class Product:
    """Known numbers, dims (row, column), times a vector of the model."""

    matrix: NDArray[Any]
    vector: Any


Tree = Numbers | Single | Picked | Applied | Summed | Product


def leaves(tree: Tree) -> Iterator[NDArray[Any]]:
    """All that differs from row to row; dims (row,) or (row, column)."""
    match tree:
        case Numbers(values):
            yield values
        case Picked(at=at):
            yield at
        case Applied(parts=parts):
            for part in parts:
                yield from leaves(part)
        case Summed(part):
            yield from leaves(part)
        case Product(matrix):
            yield matrix


def expression(tree: Tree, rows: Ints) -> Any:
    """The parameter in some of the rows, in the model's own graph."""
    match tree:
        case Numbers(values):
            return pt.constant(once_if_equal(values[rows] if values.ndim else values))
        case Single(source):
            return source
        case Picked(source, shape, at):
            return _picked(source, shape, at[rows])
        case Applied(op, parts):
            return op(*(expression(part, rows) for part in parts))
        case Summed(part):
            return expression(part, rows).sum(axis=1)
        case Product(matrix, vector):
            return pt.dot(matrix[rows], vector)  # type: ignore[no-untyped-call]


def once_if_equal(values: NDArray[Any]) -> NDArray[Any]:
    """A vector of equal numbers as one number."""
    return np.asarray(values[0]) if values.ndim == 1 and (values == values[0]).all() else values


def _picked(source: Any, shape: tuple[int, ...], at: Ints) -> Any:
    """Elements of a source, written as a person would, so that the structure of the new model can be read."""
    axes = np.unravel_index(at, shape)
    if at.ndim == 2:
        return _columns(source, shape, axes)
    index = tuple(
        int(axis[0]) if (axis == axis[0]).all() and len(shape) > 1 else _all_or(axis, length)
        for axis, length in zip(axes, shape, strict=True)
    )
    whole = sum(isinstance(part, slice) for part in index)
    if whole == len(index) == 1:
        return source
    # Several axes from end to end go in step here, and not through every combination.
    return source[axes] if whole > 1 or not _numbers_beside(index, whole) else source[index]


def _numbers_beside(index: tuple[Any, ...], whole: int) -> bool:
    """Whether a slice has nothing but numbers beside it: an array would go through every combination with it."""
    return whole == 0 or all(isinstance(part, slice | int) for part in index)


def _columns(source: Any, shape: tuple[int, ...], axes: tuple[Ints, ...]) -> Any:
    """Whole rows of a matrix where it is that."""
    whole = len(shape) == 2 and axes[1].shape[1] == shape[1] and (axes[1] == np.arange(shape[1])).all()
    if not (whole and (axes[0] == axes[0][:, :1]).all()):
        return source[axes]
    rows = _all_or(axes[0][:, 0], shape[0])
    return source if isinstance(rows, slice) else source[rows]


def _all_or(axis: Ints, length: int) -> Any:
    return slice(None) if np.array_equal(axis, np.arange(length)) else axis
