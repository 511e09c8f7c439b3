"""Known numbers taken out of a parameter: factors (exposures, weights) and terms (offsets)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.scalar import Abs, Add, Cast, Exp, Mul, Neg, Pow, Reciprocal, Sign, Sqr, Sqrt, Sub, TrueDiv

from unfunnel.compression.tree import Applied, Numbers, Tree
from unfunnel.structure.graph import numbers_of

Floats = NDArray[np.float64]
Split = tuple[Floats, Tree]
"""Known numbers, dims () or (row,), and what is left."""

_ONE, _ZERO = np.ones(()), np.zeros(())
_OF_FACTORS = (Abs, Cast, Reciprocal, Sign, Sqr, Sqrt)
"""Functions of which that of a product with a positive number is the product of both functions."""


def factor_out(tree: Tree) -> Split:
    """A parameter as known numbers times the rest."""
    if isinstance(tree, Numbers):
        return _floats(tree.values), Numbers(_ONE)
    if not isinstance(tree, Applied):
        return _ONE, tree
    match tree.op.scalar_op:
        case Mul() | TrueDiv():
            known, rest = zip(*map(factor_out, tree.parts), strict=True)
            return _applied(tree.op, known), _joined(tree.op, rest, 1.0)
        case Exp():
            term, left = term_out(tree.parts[0])
            return _applied(tree.op, [term]), Applied(tree.op, (left,))
        case Pow() if isinstance(tree.parts[1], Numbers):
            return _of_product(tree, [_floats(tree.parts[1].values)])
        case scalar_op if isinstance(scalar_op, _OF_FACTORS) and _is_real(tree):
            return _of_product(tree, [])
    return _ONE, tree


def _of_product(tree: Applied, others: list[Floats]) -> Split:
    """A function of a product as a product of functions; the function's other parts are known."""
    factor, left = factor_out(tree.parts[0])
    if not (factor > 0.0).all():
        return _ONE, tree
    return _applied(tree.op, [factor, *others]), Applied(tree.op, (left, *tree.parts[1:]))


def term_out(tree: Tree) -> Split:
    """A parameter as known numbers plus the rest."""
    if isinstance(tree, Numbers):
        return _floats(tree.values), Numbers(_ZERO)
    if isinstance(tree, Applied) and isinstance(tree.op.scalar_op, Add | Sub | Neg):
        known, rest = zip(*map(term_out, tree.parts), strict=True)
        return _applied(tree.op, known), _joined(tree.op, rest, 0.0)
    return _ZERO, tree


def _is_real(tree: Applied) -> bool:
    """Whether the operation keeps fractions: a cast to integers would cut them."""
    op = tree.op.scalar_op
    return not isinstance(op, Cast) or np.issubdtype(op.o_type.dtype, np.floating)


def _joined(op: Any, parts: Sequence[Tree], neutral: float) -> Tree:
    """The operation on what is left, where neutral numbers that were left behind need not be joined."""
    left = [part for part in parts if not (isinstance(part, Numbers) and (part.values == neutral).all())]
    scalar_op = op.scalar_op
    alone = isinstance(scalar_op, Add | Mul) or (isinstance(scalar_op, Sub | TrueDiv) and parts[0] in left)
    if alone and len(left) == 1:
        return left[0]
    return Applied(op, tuple(left) if left and isinstance(scalar_op, Add | Mul) else tuple(parts))


def _floats(values: NDArray[Any]) -> Floats:
    return np.asarray(values, dtype=float)


def _applied(op: Any, values: Sequence[Floats]) -> Floats:
    # Whoever asks looks whether what comes out is finite.
    with np.errstate(all="ignore"):
        return numbers_of(op(*map(pt.constant, values))).astype(float)
