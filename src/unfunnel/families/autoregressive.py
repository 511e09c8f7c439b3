"""AR of the first order, without a constant term: each step keeps a share ρ of the one before."""

from __future__ import annotations

from typing import Any

from pymc.distributions.timeseries import AutoRegressiveRV

from unfunnel.families import step_by_step
from unfunnel.families.base import Family, parameters_of
from unfunnel.families.written_out import written_out


def accepts(rv: Any) -> bool:
    """Whether it is of the first order, and starts normal."""
    op = rv.owner.op
    _, _, first, _ = parameters_of(op, rv.owner.inputs)
    return op.ar_order == 1 and not op.constant_term and step_by_step.is_normal(first)


def reference(rho: Any, sigma: Any, first: Any, steps: Any) -> tuple[Any, Any]:
    """Location of every step, dims (*series, step) or 1 in place of all steps; and the scales, dims (*series, 3)."""
    start, spread = step_by_step.normal_parameters(first)
    persistence = _last(rho.astype("float64"))
    at = _last(start)[..., None]
    # A location that is zero throughout must not seem to depend on ρ.
    if not step_by_step.is_zero(start):
        at = at * persistence[..., None] ** step_by_step.numbered(steps)
    return at, step_by_step.scales(_last(spread), sigma.astype("float64"), persistence)


def _last(parameter: Any) -> Any:
    """Without the axis of the order, which is 1."""
    return parameter[..., 0] if parameter.type.ndim else parameter


FAMILY = Family(
    name="AR",
    op=AutoRegressiveRV,
    carrier=3,
    accepts=accepts,
    reference=reference,
    shape=lambda rv: step_by_step.shape(rv, parameters_of(rv.owner.op, rv.owner.inputs)[3]),
    sequential=True,
    prepare=lambda rv_op: written_out(
        rv_op, step_by_step.StepByStep, ar_order=rv_op.ar_order, constant_term=rv_op.constant_term
    ),
)
