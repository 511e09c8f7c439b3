"""GaussianRandomWalk: steps that add normal innovations, the first of them normal too."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytensor.tensor as pt
from pymc.distributions.timeseries import RandomWalkRV

from unfunnel.families import step_by_step
from unfunnel.families.base import Family, parameters_of
from unfunnel.families.written_out import written_out


def accepts(rv: Any) -> bool:
    """Whether all innovations are normal, of one spread; PyMC's class is that of other walks too."""
    first, innovation, _ = parameters_of(rv.owner.op, rv.owner.inputs)
    if rv.owner.op.ndim_supp != 1 or not (step_by_step.is_normal(first) and step_by_step.is_normal(innovation)):
        return False
    parameters = [*step_by_step.normal_parameters(first), *step_by_step.normal_parameters(innovation)]
    return all(parameter.type.broadcastable[:1] == (True,) for parameter in parameters)


def reference(first: Any, innovation: Any, steps: Any) -> tuple[Any, Any]:
    """Location of every step, dims (*series, step) or 1 in place of all steps; and the scales, dims (*series, 3)."""
    (start, spread), (drift, scale) = map(step_by_step.normal_parameters, (first, innovation))
    # PyMC has an axis of steps in front of those of the series.
    location = start[0][..., None]
    if not step_by_step.is_zero(drift):
        location = location + drift[0][..., None] * step_by_step.numbered(steps)
    return location, step_by_step.scales(spread[0], scale[0], pt.ones(()))


FAMILY = Family(
    name="GaussianRandomWalk",
    op=RandomWalkRV,
    carrier=2,
    accepts=accepts,
    reference=reference,
    shape=lambda rv: step_by_step.shape(rv, parameters_of(rv.owner.op, rv.owner.inputs)[2]),
    sequential=True,
    prepare=partial(written_out, addition=step_by_step.StepByStep),
)
