"""How the support of a family is mapped to the unconstrained line: the transform that PyMC gives it by default."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pymc.distributions.continuous import bounded_cont_transform
from pymc.distributions.transforms import CholeskyCovPacked, Interval, ZeroSumTransform
from pymc.logprob.transforms import LogOddsTransform, LogTransform, Transform
from pytensor.tensor.basic import get_underlying_scalar_constant_value
from pytensor.tensor.exceptions import NotScalarConstantError

_DEFAULT_BOUNDS = bounded_cont_transform.__qualname__ + "."


class Support(StrEnum):
    """Where the values of a family lie."""

    REAL = "real"
    """The line itself; no transform."""
    POSITIVE = "positive"
    """The positive numbers, by the logarithm."""
    UNIT = "unit"
    """The interval from 0 to 1, by the log odds."""
    INTERVAL = "interval"
    """Between the last two parameters, of which either may be infinite, by PyMC's interval transform."""
    ZERO_SUM = "zero sum"
    """Arrays whose last axes sum to zero, by an orthonormal basis of one element less an axis."""
    FACTOR = "factor"
    """Packed Cholesky factors of covariances, which have no line but that of a chart of their own."""

    def line(self, axes: int = 1) -> Transform | None:
        """The transform from this support to the line; it may read the inputs of the random variable.

        Parameters
        ----------
        axes
            How many axes an element has where elements are arrays (zero-sum ones), 0 for any other support.
        """
        match self:
            case Support.REAL | Support.FACTOR:
                return None
            case Support.POSITIVE:
                return LogTransform()
            case Support.UNIT:
                return LogOddsTransform()
            case Support.INTERVAL:
                return Interval(bounds_fn=interval_bounds)
            case Support.ZERO_SUM:
                return ZeroSumTransform(tuple(range(-axes, 0)))

    def has_default(self, transform: Transform | None) -> bool:
        """Whether a transform is the one that PyMC chooses by itself."""
        match self:
            case Support.REAL:
                return transform is None
            case Support.POSITIVE:
                return isinstance(transform, LogTransform)
            case Support.UNIT:
                return isinstance(transform, LogOddsTransform)
            case Support.INTERVAL:
                # An author's own interval is of the same class; PyMC's default reads its bounds through this closure.
                return isinstance(transform, Interval) and transform.args_fn.__qualname__.startswith(_DEFAULT_BOUNDS)
            case Support.ZERO_SUM:
                return isinstance(transform, ZeroSumTransform)
            case Support.FACTOR:
                return isinstance(transform, CholeskyCovPacked)


def interval_bounds(*rv_inputs: Any) -> tuple[Any, Any]:
    """Lower and upper bound, the last two inputs of the random variable; None where known to be infinite."""
    lower, upper = rv_inputs[-2:]
    return finite_or_none(lower), finite_or_none(upper)


def finite_or_none(bound: Any) -> Any:
    """A bound, or None where the graph says that it is infinite."""
    bound = pt.as_tensor_variable(bound)
    try:
        value = get_underlying_scalar_constant_value(bound)  # type: ignore[no-untyped-call]
    except NotScalarConstantError:
        return bound
    return None if np.isinf(value) else bound
