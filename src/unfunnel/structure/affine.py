"""Whether an expression is affine in a variable, with coefficients that are numbers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pytensor.graph.traversal import ancestors
from pytensor.scalar import Add, Mul, Neg, Second, Sub, TrueDiv
from pytensor.tensor.basic import Alloc, Join, MakeVector
from pytensor.tensor.blockwise import Blockwise
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.math import Dot, Sum
from pytensor.tensor.shape import Reshape, SpecifyShape
from pytensor.tensor.subtensor import AdvancedSubtensor, Subtensor

from unfunnel.structure.graph import is_rearrangement

_OF_FIRST = (Subtensor, AdvancedSubtensor, Reshape, SpecifyShape, Sum, Alloc)
"""Operations that pick, arrange, repeat or add up elements of their first input."""


def is_affine(expression: Any, variable: Any, free: Collection[Any]) -> bool:
    """Whether an expression is ``number + numbers · variable`` for fixed values of the other free variables.

    The coefficients must not depend on any free variable; the rest of the expression may.

    Parameters
    ----------
    expression, variable
        Of one graph.
    free
        All free variables of the model.
    """
    if expression is variable:
        return True
    if not _depends(expression, {variable}):
        return True
    node = expression.owner
    if node is None or expression in free:
        return False
    if is_rearrangement(node):
        return is_affine(node.inputs[0], variable, free)
    if isinstance(node.op, Join | MakeVector):
        return all(is_affine(part, variable, free) for part in node.inputs)
    if isinstance(node.op, _OF_FIRST):
        return not _depends_any(node.inputs[1:], {variable}) and is_affine(node.inputs[0], variable, free)
    if is_product(node.op):
        return _one_factor(node.inputs, variable, free)
    return isinstance(node.op, Elemwise) and _elementwise(node, variable, free)


def _elementwise(node: Any, variable: Any, free: Collection[Any]) -> bool:
    match node.op.scalar_op:
        case Add() | Sub() | Neg() | Second():
            return all(is_affine(part, variable, free) for part in node.inputs)
        case Mul():
            return _one_factor(node.inputs, variable, free)
        case TrueDiv():
            numerator, denominator = node.inputs
            return not _depends(denominator, free) and is_affine(numerator, variable, free)
        case _:
            return False


def _one_factor(factors: list[Any], variable: Any, free: Collection[Any]) -> bool:
    """Whether one factor is affine in the variable, and the others are numbers."""
    varying = [factor for factor in factors if _depends(factor, {variable})]
    numbers = [factor for factor in factors if factor not in varying]
    return len(varying) == 1 and not _depends_any(numbers, free) and is_affine(varying[0], variable, free)


def is_product(op: Any) -> bool:
    """Whether an operation is a product of matrices or vectors."""
    return isinstance(op.core_op if isinstance(op, Blockwise) else op, Dot)


def _depends(expression: Any, variables: Collection[Any]) -> bool:
    return any(ancestor in variables for ancestor in ancestors([expression]))


def _depends_any(expressions: list[Any], variables: Collection[Any]) -> bool:
    return any(_depends(expression, variables) for expression in expressions)
