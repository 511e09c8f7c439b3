"""Which operations leave an expression affine in a variable with coefficients that are numbers, and which do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest

from unfunnel.structure.affine import is_affine

INDEX = np.array([0, 2, 2, 1])
MATRIX = np.arange(12.0).reshape(4, 3)
NUMBERS = np.array([1.0, 2.0, 3.0])
Expression = Callable[[Any, Any], Any]
"""Of a variable x (shape 3) and another free variable z (shape 3)."""

AFFINE: dict[str, Expression] = {
    "itself": lambda x, z: x,
    "a number": lambda x, z: pt.constant(NUMBERS),
    "another variable alone": lambda x, z: pt.exp(z),
    "sum": lambda x, z: x + z + 1.0,
    "sum with a function of another": lambda x, z: pt.exp(z) * z + x,
    "difference": lambda x, z: z - x,
    "negative": lambda x, z: -x,
    "product with numbers": lambda x, z: 2.0 * x * NUMBERS,
    "quotient by numbers": lambda x, z: x / NUMBERS,
    "sum of products": lambda x, z: 2.0 * x + (x + 1.0) * NUMBERS,
    "data as a factor": lambda x, z: pm.Data("data", NUMBERS, model=pm.Model()) * x,
    "cast": lambda x, z: x.astype("float32").astype("float64"),
    "axes": lambda x, z: x[None, :] + x[:, None],
    "name": lambda x, z: pm.Deterministic("name", x, model=pm.Model()),
    "slice": lambda x, z: x[1:],
    "element": lambda x, z: x[0] + z,
    "index": lambda x, z: x[INDEX],
    "mask": lambda x, z: x[np.array([True, False, True])],
    "matrix product": lambda x, z: pt.dot(MATRIX, x) + 1.0,
    "operator @": lambda x, z: MATRIX @ x,
    "dot from the left": lambda x, z: pt.dot(x, MATRIX.T),
    "sum over an axis": lambda x, z: (MATRIX * x).sum(axis=1),
    "reshape": lambda x, z: x.reshape((3, 1)),
    "concatenate": lambda x, z: pt.concatenate([x, z, [1.0]]),
    "stack": lambda x, z: pt.stack([x, z]),
    "broadcast": lambda x, z: pt.broadcast_to(x, (2, 3)),
    "zeros like it": lambda x, z: x + pt.ones_like(x),
}

NOT_AFFINE: dict[str, Expression] = {
    "product with another": lambda x, z: x * z,
    "product with itself": lambda x, z: x * x,
    "square": lambda x, z: x**2,
    "quotient by another": lambda x, z: x / z,
    "quotient by itself": lambda x, z: 1.0 / x,
    "exponential": lambda x, z: pt.exp(x),
    "maximum": lambda x, z: pt.maximum(x, 0.0),
    "absolute value": lambda x, z: abs(x),
    "switch": lambda x, z: pt.switch(x > 0, x, 0.0),
    "matrix product with another": lambda x, z: pt.dot(x, z),
    "matrix product with itself": lambda x, z: pt.dot(x, x),
    "product over an axis": lambda x, z: x.prod(),
    "maximum over an axis": lambda x, z: x.max(),
    "index that depends on it": lambda x, z: pt.constant(NUMBERS)[(x > 0).astype("int64")],
    "scale of another inside": lambda x, z: (x + 1.0) * pt.exp(z),
    "cumulated sum": lambda x, z: pt.cumsum(x),  # affine, but nobody has asked for it yet
    "mean": lambda x, z: x - x.mean(),  # nor for this: it is divided by the length of x, an expression of x
    "whole numbers": lambda x, z: pt.floor(x),
}


def variables() -> tuple[Any, Any]:
    with pm.Model():
        return pm.Normal("x", shape=3), pm.Normal("z", shape=3)


@pytest.mark.parametrize("make", AFFINE.values(), ids=AFFINE)
def test_affine(make: Expression) -> None:
    x, z = variables()
    assert is_affine(make(x, z), x, {x, z})


@pytest.mark.parametrize("make", NOT_AFFINE.values(), ids=NOT_AFFINE)
def test_not_affine(make: Expression) -> None:
    x, z = variables()
    assert not is_affine(make(x, z), x, {x, z})


def test_behind_another_variable_it_is_not_looked_for() -> None:
    """What depends on x through a free variable of its own does not depend on x once that variable is known."""
    with pm.Model():
        x = pm.Normal("x", shape=3)
        child = pm.Normal("child", x, shape=3)
    assert not is_affine(child + x * child, x, {x, child})
