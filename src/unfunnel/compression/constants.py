"""Numbers and shapes in a model's graph, found without compiling anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.graph.basic import Constant
from pytensor.graph.replace import clone_replace
from pytensor.graph.traversal import ancestors
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.random.type import RandomType

from unfunnel.structure.graph import numbers_of

Shape = tuple[int, ...]


class Constants:
    """The parts of a model's graph that are numbers.

    Parameters
    ----------
    model
        A PyMC model; it is only read.
    shapes
        Of its free variables, by name.
    """

    def __init__(self, model: Any, shapes: Mapping[str, Shape]) -> None:
        self._random = set(model.basic_RVs)
        self._shapes = {rv: shapes[rv.name] for rv in model.free_RVs}
        self._data = set(model.data_vars)
        self.read: set[str] = set()
        """Names of the `pymc.Data` whose present values were taken."""

    def are(self, expression: Any) -> bool:
        """Whether an expression depends on nothing random."""
        if isinstance(expression, Constant):
            return True
        found = set(ancestors([expression]))
        return not (found & self._random or any(isinstance(variable.type, RandomType) for variable in found))

    def values(self, expression: Any) -> NDArray[Any]:
        """The numbers that an expression is at present."""
        self.read |= {str(leaf.name) for leaf in ancestors([expression]) if leaf in self._data}
        return numbers_of(expression)

    def shape(self, expression: Any) -> Shape:
        """The shape that an expression has at present."""
        if expression in self._shapes:
            return self._shapes[expression]
        if None not in expression.type.shape:
            return tuple(expression.type.shape)
        node = expression.owner
        if node is not None and isinstance(node.op, Elemwise):
            return np.broadcast_shapes(*map(self.shape, node.inputs))
        # Any numbers will do: only the shape of what comes out is looked at.
        ones = {rv: pt.ones(shape, dtype=rv.dtype) for rv, shape in self._shapes.items()}
        stand_in: Any = clone_replace([expression], ones, rebuild_strict=False)[0]
        if None not in stand_in.type.shape:
            return tuple(stand_in.type.shape)
        return tuple(int(length) for length in numbers_of(stand_in.shape))
