"""A chart taken out of a model: its three functions and the derivative of `backward`, compiled once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytensor.tensor as pt
from tests.graphs import charted_with_numbers, compiled, set_numbers

import unfunnel as uf
from unfunnel.rewrite.charted import Charted

ROUNDINGS = 32
"""No element of a chart goes through more roundings than this, forward and backward together."""


@dataclass(frozen=True)
class ChartInUse:
    """A chart as functions of arrays: first the coordinate or the value, then the parents by position."""

    forward: Any
    backward: Any
    numbers: dict[str, Any]
    charted: Charted | None = None
    plan: uf.Plan | None = None

    def set(self, name: str, **numbers: Any) -> None:
        """Set the numbers that the chart of this name is made of."""
        for what, value in numbers.items():
            shared = self.numbers[f"{name}::{what}"]
            shared.set_value(np.broadcast_to(np.asarray(value, dtype=float), shared.get_value().shape))

    def learn(self, name: str, evidence: uf.Evidence) -> None:
        """Set the evidence of the block of this effect."""
        assert self.charted is not None
        assert self.plan is not None
        set_numbers(self.numbers, self.charted.numbers(self.plan.learned({name: evidence}, {})))


def chart_in_use(model: Any, parameterization: Any, name: str, parents: Sequence[str]) -> ChartInUse:
    """The chart of one variable; `backward` gives the value, log|J| and, by automatic differentiation, d value / dx."""
    plan = uf.plan(model, parameterization)
    charted, numbers = charted_with_numbers(model, plan)
    rv = charted.model[name]
    chart = charted.model.rvs_to_transforms[rv]
    x, inputs = rv.type("x"), [charted.model[parent] for parent in parents]
    value = chart.backward(x, *rv.owner.inputs)
    return ChartInUse(
        compiled([rv, *inputs], chart.forward(rv, *rv.owner.inputs)),
        compiled([x, *inputs], [value, chart.log_jac_det(x, *rv.owner.inputs), pt.grad(value.sum(), x)]),
        numbers,
        charted,
        plan,
    )
