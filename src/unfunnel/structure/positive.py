"""Whether an expression of a model is positive whatever the values of its free variables, as a scale is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pymc.logprob.transforms import IntervalTransform, LogOddsTransform, LogTransform
from pytensor.graph.basic import Constant
from pytensor.scalar import Abs, Add, Exp, Mul, Softplus, Sqrt, TrueDiv
from pytensor.tensor import as_tensor
from pytensor.tensor.subtensor import AdvancedSubtensor, Subtensor

from unfunnel.structure.graph import is_elementwise, plain


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
    if is_elementwise(node, (Exp, Sqrt, Softplus, Abs)):
        return True
    return is_elementwise(node, (Mul, TrueDiv, Add)) and all(is_positive(part, model, free) for part in node.inputs)


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
