"""Reading, from a model's graph, what a parameter of a likelihood is in every row."""

from __future__ import annotations

from typing import Any

import numpy as np
from pytensor.compile.ops import ViewOp
from pytensor.tensor.basic import Alloc
from pytensor.tensor.elemwise import DimShuffle, Elemwise
from pytensor.tensor.math import Sum
from pytensor.tensor.shape import Reshape, SpecifyShape
from pytensor.tensor.subtensor import AdvancedSubtensor, Subtensor

from unfunnel.compression.constants import Constants, Shape
from unfunnel.compression.refused import Refused
from unfunnel.compression.tree import Applied, Ints, Numbers, Picked, Product, Single, Summed, Tree
from unfunnel.errors import Reason
from unfunnel.structure.affine import is_product

_ARRANGES = (AdvancedSubtensor, Alloc, DimShuffle, Reshape, SpecifyShape, Subtensor, ViewOp)
"""Operations that pick, repeat or arrange elements of their first input."""


class Rows:
    """Reads parameters of one likelihood.

    Parameters
    ----------
    model
        A PyMC model; it is only read.
    constants
        The numbers of its graph.
    shape
        Of the observed variable; a row is one of its elements.
    """

    def __init__(self, model: Any, constants: Constants, shape: Shape) -> None:
        self._constants, self._shape = constants, shape
        self.count = int(np.prod(shape))
        self._free, self._deterministics = set(model.free_RVs), set(model.deterministics)

    def read(self, parameter: Any) -> Tree:
        """What a parameter is in every row.

        Raises
        ------
        Refused
            If a row's value is made of more than can be told apart by a few numbers of that row.
        """
        return self._read(parameter, _broadcast(self._constants.shape(parameter), self._shape))

    def _read(self, expression: Any, at: Ints) -> Tree:
        """What the elements of an expression at some positions are."""
        if self._constants.are(expression):
            values = self._constants.values(expression)
            return Numbers(values.ravel()[0] if values.size == 1 else values.ravel()[at])
        shape = self._constants.shape(expression)
        size = int(np.prod(shape))
        if size == 1:
            return Single(_scalar(expression))
        # A long Deterministic is looked behind: it is the likelihood's own rows under a name.
        if expression in self._free or (expression in self._deterministics and size < self.count):
            return Picked(expression, shape, at)
        node = expression.owner
        if node is None:
            raise Refused(Reason.ROWS_NOT_READ)
        if isinstance(node.op, _ARRANGES):
            return self._read(node.inputs[0], self._arranged(node).ravel()[at])
        if size < self.count and not self._crosses(node, size):
            return Picked(expression, shape, at)
        return self._made(node, shape, at)

    def _crosses(self, node: Any, size: int) -> bool:
        """Whether it combines every element of one thing with every element of another, as rows do."""
        return isinstance(node.op, Elemwise) and all(np.prod(self._constants.shape(i)) < size for i in node.inputs)

    def _made(self, node: Any, shape: Shape, at: Ints) -> Tree:
        if isinstance(node.op, Elemwise):
            parts = (self._read(part, _broadcast(self._constants.shape(part), shape)[at]) for part in node.inputs)
            return Applied(node.op, tuple(parts))
        if isinstance(node.op, Sum) and at.ndim == 1:
            return self._summed(node, at)
        if is_product(node.op) and at.ndim == 1:
            return self._product(node, at)
        raise Refused(Reason.ROWS_NOT_READ)

    def _arranged(self, node: Any) -> Ints:
        """For every element of an arrangement its position in what is arranged."""
        source, *others = node.inputs
        if not all(self._constants.are(other) for other in others):
            raise Refused(Reason.ROWS_NOT_READ)
        shape = self._constants.shape(source)
        storage: list[Any] = [None]
        positions = np.arange(np.prod(shape, dtype=int)).reshape(shape)
        node.op.perform(node, [positions, *map(self._constants.values, others)], [storage])
        return np.asarray(storage[0])

    def _summed(self, node: Any, at: Ints) -> Tree:
        (part,) = node.inputs
        shape = self._constants.shape(part)
        axes = tuple(range(len(shape))) if node.op.axis is None else node.op.axis
        kept = [axis for axis in range(len(shape)) if axis not in axes]
        columns = int(np.prod([shape[axis] for axis in axes]))
        positions = np.arange(np.prod(shape, dtype=int)).reshape(shape).transpose(*kept, *axes)
        return Summed(self._read(part, positions.reshape(-1, columns)[at]))

    def _product(self, node: Any, at: Ints) -> Tree:
        matrix, vector = node.inputs
        single_column = vector.type.ndim == 1 or vector.type.shape[1:] == (1,)
        if not (self._constants.are(matrix) and matrix.type.ndim == 2 and single_column):
            raise Refused(Reason.ROWS_NOT_READ)
        unsqueezed = vector.owner.inputs[0] if vector.owner and isinstance(vector.owner.op, DimShuffle) else vector
        flat = unsqueezed if unsqueezed.type.ndim == 1 else vector.ravel()
        return Product(self._constants.values(matrix)[at], flat)


def _broadcast(shape: Shape, wanted: Shape) -> Ints:
    """For every element of a broadcast array its position in the array, as both are raveled."""
    return np.broadcast_to(np.arange(np.prod(shape, dtype=int)).reshape(shape), wanted).ravel()


def _scalar(expression: Any) -> Any:
    """An expression of one element without its axes."""
    while expression.owner is not None and isinstance(expression.owner.op, DimShuffle):
        expression = expression.owner.inputs[0]
    return expression[(0,) * expression.type.ndim] if expression.type.ndim else expression
