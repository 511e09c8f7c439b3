"""The density of a sequence whose steps follow from the one before: from its innovations, where a chart hands them on.

Found again as differences of the steps they would lose a tiny scale beside the level of the sequence.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pymc.logprob.abstract import _logprob
from pymc.logprob.transform_value import TransformedValue
from pytensor.tensor.basic import get_underlying_scalar_constant_value
from pytensor.tensor.exceptions import NotScalarConstantError
from pytensor.tensor.random.basic import NormalRV

from unfunnel.charts.context import WithContext, context_of
from unfunnel.families.base import doubles


class StepByStep:
    """What is added to PyMC's class of a sequence, so that it has the density below."""


@_logprob.register(StepByStep)  # type: ignore[untyped-decorator]
def density(rv_op: Any, values: Any, *inputs: Any, **settings: Any) -> Any:
    """Log density of each series, from its standardised innovations and the logarithm of their scales' product."""
    (value,) = values
    handed_on = value.owner.inputs[0] if value.owner and isinstance(value.owner.op, TransformedValue) else value
    if handed_on.owner is None or not isinstance(handed_on.owner.op, WithContext):
        _, _, kind, *_ = type(rv_op).__mro__
        return _logprob.dispatch(kind)(rv_op, values, *inputs, **settings)
    v, log_scales = context_of(handed_on)
    return -0.5 * (pt.sqr(v).sum(axis=-1) + v.shape[-1] * np.log(2.0 * np.pi)) - log_scales


def is_normal(rv: Any) -> bool:
    """Whether a part of a sequence (its first step, its innovations) is normal."""
    return rv.owner is not None and isinstance(rv.owner.op, NormalRV)


def normal_parameters(rv: Any) -> list[Any]:
    """Location and scale of such a part."""
    return doubles(*rv.owner.op.dist_params(rv.owner))


def is_zero(expression: Any) -> bool:
    """Whether an expression is zero whatever happens."""
    try:
        return not get_underlying_scalar_constant_value(expression)  # type: ignore[no-untyped-call]
    except NotScalarConstantError:
        return False


def numbered(steps: Any) -> Any:
    """0, 1, 2, ..., of the first step and so many after it."""
    return pt.arange(steps + 1)  # type: ignore[no-untyped-call]


def scales(first: Any, innovation: Any, persistence: Any) -> Any:
    """Spread of the first step, spread of all others, and persistence; dims (*series, 3)."""
    return pt.stack(pt.broadcast_arrays(first, innovation, persistence), axis=-1)


def length(steps: Any) -> int | None:
    """Number of steps after the first and with it, if it is known before anything is compiled."""
    try:
        return int(get_underlying_scalar_constant_value(steps)) + 1  # type: ignore[no-untyped-call]
    except NotScalarConstantError:
        return None


def shape(rv: Any, steps: Any) -> tuple[int | None, ...]:
    """Shape of a sequence of so many steps after the first."""
    *series, last = rv.type.shape
    return (*series, length(steps) if last is None else last)
