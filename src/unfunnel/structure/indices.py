"""Indices that pick what is not there: compiled code does not look, and would read whatever lies beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pytensor.compile.ops import ViewOp
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant
from pytensor.graph.traversal import ancestors
from pytensor.tensor.elemwise import DimShuffle, Elemwise
from pytensor.tensor.subtensor import AdvancedSubtensor, Subtensor, indices_from_subtensor

from unfunnel.structure.graph import numbers_of

Shapes = Mapping[Any, tuple[int, ...]]
"""Shapes of the free variables, by themselves."""


@dataclass(frozen=True)
class Outside:
    """An index that picks what is not there.

    Parameters
    ----------
    user
        Name of the model's variable that uses what is picked.
    picked
        Name of what is picked from, if it has one.
    index
        The first one outside.
    length
        Of the axis that it is an index of.
    """

    user: str
    picked: str | None
    index: int
    length: int


def outside(model: Any, shapes: Mapping[str, tuple[int, ...]]) -> Iterator[Outside]:
    """The indices of a model that pick what is not there, as far as its data and shapes tell.

    Parameters
    ----------
    model
        A PyMC model; it is only read.
    shapes
        Of the free variables, by name.
    """
    known = {model[name]: shape for name, shape in shapes.items()}
    seen: set[Any] = set()
    for user in (*model.basic_RVs, *model.potentials, *model.deterministics):
        for variable in ancestors([user]):
            node = variable.owner
            if node is None or node in seen or not isinstance(node.op, AdvancedSubtensor | Subtensor):
                continue
            seen.add(node)
            yield from _of_node(node, str(user.name), known)


def _of_node(node: Any, user: str, shapes: Shapes) -> Iterator[Outside]:
    picked = node.inputs[0]
    indices = indices_from_subtensor(node.inputs[1:], node.op.idx_list)
    if any(_is_mask(index) for index in indices):
        return
    for axis, index in enumerate(indices):
        length = _length(picked, axis, shapes)
        values = None if length is None or isinstance(index, slice) else _values(index)
        if values is None or not values.size or length is None:
            continue
        low, high = int(values.min()), int(values.max())
        if low < -length or high >= length:
            yield Outside(user, picked.name, high if high >= length else low, length)


def _is_mask(index: Any) -> bool:
    return not isinstance(index, slice) and getattr(index.type, "dtype", None) == "bool"


def _length(expression: Any, axis: int, shapes: Shapes) -> int | None:
    """The length of an axis, where it follows from shapes that are known; nothing is compiled."""
    if expression in shapes:
        return shapes[expression][axis]
    static = expression.type.shape[axis]
    if static is not None:
        return int(static)
    if isinstance(expression, SharedVariable):
        return int(np.shape(expression.get_value(borrow=True))[axis])  # type: ignore[no-untyped-call]
    node = expression.owner
    if node is None:
        return None
    if isinstance(node.op, ViewOp):
        return _length(node.inputs[0], axis, shapes)
    if isinstance(node.op, DimShuffle):
        # An axis that it adds has length 1, which its type says.
        return _length(node.inputs[0], int(node.op.new_order[axis]), shapes)
    if isinstance(node.op, Elemwise):
        # An input of unknown length is as long as the others, or PyTensor refuses it.
        lengths = [_length(each, axis, shapes) for each in node.inputs if each.type.shape[axis] != 1]
        return next((length for length in lengths if length is not None), None)
    return None


def _values(index: Any) -> NDArray[Any] | None:
    """The numbers of an index that is data or made of data alone."""
    leaves = [leaf for leaf in ancestors([index]) if leaf.owner is None]
    return numbers_of(index) if all(isinstance(leaf, Constant) or _is_data(leaf) for leaf in leaves) else None


def _is_data(leaf: Any) -> bool:
    return isinstance(leaf, SharedVariable) and hasattr(leaf.type, "dtype")
