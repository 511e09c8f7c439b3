"""Whether each element of an effect has one element of another as its location: classes in schools."""

from __future__ import annotations

from typing import Any

from pytensor.graph.traversal import ancestors
from pytensor.tensor.basic import Alloc
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.shape import Reshape, SpecifyShape
from pytensor.tensor.subtensor import AdvancedSubtensor, Subtensor

from unfunnel.structure.graph import is_rearrangement

_OF_FIRST = (Alloc, AdvancedSubtensor, Reshape, SpecifyShape, Subtensor)
"""Operations that pick, arrange or repeat elements of their first input."""


def takes_one(expression: Any, variable: Any) -> bool:
    """Whether every element of an expression depends on at most one element of a variable.

    ``district[district_of]``, and sums and products of it with what does not depend on the variable.

    Parameters
    ----------
    expression, variable
        Of one graph.
    """
    if expression is variable:
        return True
    node = expression.owner
    if node is None:
        return False
    dependent = [position for position, given in enumerate(node.inputs) if variable in set(ancestors([given]))]
    if len(dependent) != 1:
        return False
    (position,) = dependent
    goes_on = is_rearrangement(node) or isinstance(node.op, Elemwise)
    goes_on |= isinstance(node.op, _OF_FIRST) and position == 0
    return goes_on and takes_one(node.inputs[position], variable)
