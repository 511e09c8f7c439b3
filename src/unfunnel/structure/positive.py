"""What can be a scale whatever the values of the free variables: positive numbers, and triangular factors."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from pymc.distributions.multivariate import LKJCorrRV
from pymc.logprob.transforms import LogTransform
from pytensor.graph.basic import Constant
from pytensor.scalar import Abs, Add, Exp, Mul, Softplus, Sqrt, TrueDiv
from pytensor.tensor.basic import AllocDiag
from pytensor.tensor.blockwise import Blockwise
from pytensor.tensor.elemwise import DimShuffle, Elemwise
from pytensor.tensor.linalg.decomposition.cholesky import Cholesky
from pytensor.tensor.math import Dot
from pytensor.tensor.subtensor import AdvancedSubtensor, Subtensor

from unfunnel.structure.graph import is_rearrangement, plain


def is_positive(expression: Any, model: Any, free: Collection[Any]) -> bool:
    """Whether an expression is positive whatever the values of the free variables."""
    expression = plain(expression)
    if expression in free:
        return isinstance(model.rvs_to_transforms[expression], LogTransform)
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


def is_factor(matrix: Any, model: Any, free: Collection[Any]) -> bool:
    """Whether a matrix is lower triangular with a positive diagonal whatever the values of the free variables."""
    if matrix.type.ndim != 2:
        return False
    if getattr(matrix.tag, "lower_triangular", False):
        # PyMC's own mark: on the factors of `LKJCholeskyCov`, and on what a `MvNormal` was given as `chol`.
        return True
    if isinstance(matrix, Constant):
        return not np.triu(matrix.data, 1).any() and bool((np.diagonal(matrix.data) > 0).all())
    node = matrix.owner
    if node is None:
        return False
    core = node.op.core_op if isinstance(node.op, Blockwise) else node.op
    if isinstance(core, LKJCorrRV) or (isinstance(core, Cholesky) and core.lower):
        return True
    if isinstance(core, AllocDiag):
        return core.offset == 0 and is_positive(node.inputs[0], model, free)
    if isinstance(core, Dot):
        return all(is_factor(part, model, free) for part in node.inputs)
    if is_elementwise(node, Mul):
        factors = [part for part in node.inputs if is_factor(part, model, free)]
        others = [part for part in node.inputs if part not in factors]
        return len(factors) == 1 and all(is_positive(part, model, free) for part in others)
    named = is_rearrangement(node) and not isinstance(node.op, DimShuffle)
    return named and is_factor(node.inputs[0], model, free)


def is_elementwise(node: Any, operation: type[Any] | tuple[type[Any], ...]) -> bool:
    """Whether an application is elementwise, of one of these scalar operations."""
    return isinstance(node.op, Elemwise) and isinstance(node.op.scalar_op, operation)
