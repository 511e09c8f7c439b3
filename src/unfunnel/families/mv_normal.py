"""MvNormal: effects that are correlated within a group; their scale is a matrix, the Cholesky factor of the covariance.

A tau is inverted and factored in every gradient, as in PyMC's own density; a chol is taken as it is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pymc.logprob.abstract import _logprob
from pymc.logprob.transform_value import TransformedValue
from pytensor.scalar import Second
from pytensor.tensor.elemwise import DimShuffle, Elemwise
from pytensor.tensor.random.basic import MvNormalRV

from unfunnel.charts.context import WithContext, context_of
from unfunnel.families.base import Family, parameters_of


def reference(mean: Any, covariance: Any) -> tuple[Any, Any]:
    """Mean; and the lower triangular factor of the covariance, dims (component, component)."""
    return as_given(mean), factor(covariance)


def as_given(mean: Any) -> Any:
    """The mean before PyMC broadcast it to the covariance, on which it then seems to depend."""
    node = mean.owner
    if node is None:
        return mean
    if isinstance(node.op, DimShuffle) and node.op.new_order == ("x", *range(node.inputs[0].type.ndim)):
        return as_given(node.inputs[0])
    if isinstance(node.op, Elemwise) and isinstance(node.op.scalar_op, Second):
        return as_given(node.inputs[1])
    return mean


def factor(covariance: Any) -> Any:
    """The factor that PyMC made the covariance from, or else its Cholesky factor."""
    node = covariance.owner
    if node is not None and isinstance(node.op, DimShuffle) and node.op.new_order == ("x", 0, 1):
        return factor(node.inputs[0])
    if node is not None and len(node.inputs) == 2:
        one, other = node.inputs
        transposed = other.owner is not None and isinstance(other.owner.op, DimShuffle) and other.owner.inputs[0] is one
        # PyMC marks what it was given as `chol`.
        if transposed and getattr(one.tag, "lower_triangular", False):
            return one
    return pt.linalg.cholesky(covariance, lower=True)


class FromStandardised(MvNormalRV):
    """A charted variable's operation: the same random variable, with the density below."""


@_logprob.register(FromStandardised)  # type: ignore[untyped-decorator]
def density(rv_op: Any, values: Any, *inputs: Any, **settings: Any) -> Any:
    """Log density, from the standardised vectors and the factor's determinant where a chart hands them on."""
    (value,) = values
    handed_on = value.owner.inputs[0] if value.owner and isinstance(value.owner.op, TransformedValue) else value
    if handed_on.owner is None or not isinstance(handed_on.owner.op, WithContext):
        return pm.MvNormal.logp(value, *parameters_of(rv_op, inputs))
    v, log_determinant = context_of(handed_on)
    return -0.5 * (pt.sqr(v).sum(axis=-1) + v.shape[-1] * np.log(2.0 * np.pi)) - log_determinant


FAMILY = Family(
    name="MvNormal",
    op=lambda rv_op: isinstance(rv_op, MvNormalRV),
    reference=reference,
    multivariate=True,
    prepare=lambda rv_op: FromStandardised(**rv_op._props_dict()),
)
