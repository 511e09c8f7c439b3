"""Whether an expression of a model is a triangular factor whatever the values of its free variables, as a scale is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from pymc.distributions.multivariate import LKJCorrRV
from pytensor.graph.basic import Constant
from pytensor.scalar import Mul
from pytensor.tensor.basic import AllocDiag
from pytensor.tensor.blockwise import Blockwise
from pytensor.tensor.elemwise import DimShuffle
from pytensor.tensor.linalg.decomposition.cholesky import Cholesky
from pytensor.tensor.math import Dot

from unfunnel.structure.graph import is_elementwise, is_rearrangement
from unfunnel.structure.positive import is_positive


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
