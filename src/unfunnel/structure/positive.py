"""Whether an expression of a model is positive whatever the values of its free variables, as a scale is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pymc.logprob.transforms import IntervalTransform, LogOddsTransform, LogTransform
from pytensor.graph.basic import Constant
from pytensor.scalar import (
    Abs,
    Add,
    Exp,
    Maximum,
    Minimum,
    Mul,
    Pow,
    Reciprocal,
    Sigmoid,
    Softplus,
    Sqr,
    Sqrt,
    TrueDiv,
)
from pytensor.tensor import as_tensor
from pytensor.tensor.basic import Join, MakeVector
from pytensor.tensor.subtensor import AdvancedSubtensor, Subtensor

from unfunnel.structure.graph import is_elementwise, plain

_POSITIVE = (Exp, Sqrt, Softplus, Sigmoid, Abs)
"""Operations that are positive of any number, but for single points."""

_OF_POSITIVE = (Mul, TrueDiv, Add, Sqr, Reciprocal, Minimum)
"""Operations that are positive of positive numbers."""


def is_positive(expression: Any, model: Any, free: Collection[Any]) -> bool:
    """Whether an expression is known to be positive, but for single points such as zero itself.

    Parameters
    ----------
    expression
        Of the model's graph.
    model, free
        The model, and its free variables.
    """
    expression = plain(expression)
    if expression in free:
        return _has_positive_support(expression, model, free)
    if isinstance(expression, Constant):
        return bool((expression.data > 0).all())
    node = expression.owner
    if node is None:
        return False
    if isinstance(node.op, AdvancedSubtensor | Subtensor):
        return is_positive(node.inputs[0], model, free)
    if is_elementwise(node, _POSITIVE):
        return True
    if is_elementwise(node, Maximum):
        return any(is_positive(part, model, free) for part in node.inputs)
    if is_elementwise(node, Pow):
        return is_positive(node.inputs[0], model, free)
    # The first input of a join is the axis.
    parts = node.inputs[1:] if isinstance(node.op, Join) else node.inputs
    keeps = is_elementwise(node, _OF_POSITIVE) or isinstance(node.op, Join | MakeVector)
    return keeps and all(is_positive(part, model, free) for part in parts)


def _has_positive_support(rv: Any, model: Any, free: Collection[Any]) -> bool:
    """Whether a free variable is, by the transform to its unconstrained line."""
    match model.rvs_to_transforms[rv]:
        case LogTransform() | LogOddsTransform():
            return True
        case IntervalTransform() as interval:
            lower, _ = interval.args_fn(*rv.owner.inputs)
            if lower is None:
                return False
            at_zero = isinstance(bound := plain(as_tensor(lower)), Constant) and not bound.data.any()
            return at_zero or is_positive(bound, model, free)
        case _:
            return False
