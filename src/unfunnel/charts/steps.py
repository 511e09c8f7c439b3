"""The informed charts of a sequence, whose steps are eliminated together; see `sequences.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pymc.logprob.transforms import Transform

from unfunnel.charts import sequences
from unfunnel.charts.base import Anchor, StandardizingChart
from unfunnel.charts.context import with_context
from unfunnel.charts.recurrence import recurrence


@dataclass(frozen=True)
class Series:
    """How a variable holds sequences: so many series of so many steps; and the number of shared parameters."""

    series: int
    steps: int
    shared: int

    @property
    def sizes(self) -> dict[str, int]:
        """As the functions of `sequences.py` take them."""
        return {"size": self.series * self.steps, "steps": self.steps, "shared": self.shared}

    def solve(self, x: Any, context: list[Any]) -> tuple[Any, Any, Any]:
        """Standardised innovations, deviations, and the logarithms of the stretch of the former, (series, step)."""
        found = sequences.sequence_solve(x.ravel(), *context, **self.sizes)
        v, deviations, log_stretch = (part.reshape((self.series, self.steps)) for part in found)
        return v, deviations, log_stretch

    def coordinate(self, v: Any, context: list[Any]) -> Any:
        """The coordinate (series, step) whose standardised innovations are v (series, step)."""
        _, _, scale, _, _ = context
        s, rho = self.spreads(scale)
        known, pull = (
            part.reshape((self.series, self.steps)) for part in sequences.sequence_conditional(*context, **self.sizes)
        )
        deviations = self.deviations(v, scale)
        before = self._before(deviations, rho)
        root = pt.sqrt(1.0 + pt.sqr(s) * known)
        return root * v - s * (pull - known * before) / root

    def deviations(self, v: Any, scale: Any) -> Any:
        """Of innovations (series, step): the map without evidence."""
        nothing = pt.zeros(2 * self.series * self.steps)
        context = [pt.zeros(0), nothing, scale, pt.zeros((0, 1)), pt.ones(())]
        _, deviations, _, _, _ = sequences.SequenceSolve(self.series * self.steps, self.steps, 0).applied(
            v.ravel(), *context
        )
        return deviations.reshape((self.series, self.steps))

    def innovations(self, deviations: Any, scale: Any) -> Any:
        """Standardised innovations (series, step) of deviations from the location."""
        s, rho = self.spreads(scale)
        return (deviations - self._before(deviations, rho)) / s

    def _before(self, deviations: Any, rho: Any) -> Any:
        """What of each step is kept from the one before."""
        parts = [pt.zeros((self.series, 1)), rho[:, None] * deviations[:, :-1]]
        return pt.concatenate(parts, axis=1)  # type: ignore[no-untyped-call]

    def partial(self, x: Any, centeredness: Any, scale: Any) -> tuple[Any, Any, Any]:
        """As `solve`, of ``x = λ w + (1 - λ) v``."""
        s, rho = self.spreads(scale)
        weight, x = (part.reshape((self.series, self.steps)) for part in (centeredness, x))
        between = weight * s + (1.0 - weight)
        later = np.arange(self.steps) > 0
        kept = later * rho[:, None] * (1.0 - weight) / between
        deviations = recurrence(kept.ravel(), (s * x / between).ravel()).reshape((self.series, self.steps))
        v = (x - weight * self._before(deviations, rho)) / between
        return v, deviations, -pt.log(between)

    def spreads(self, scale: Any) -> tuple[Any, Any]:
        """Spread of every step (series, step), and persistence (series,)."""
        rows = pt.broadcast_to(scale, (self.series, 3))
        parts = [rows[:, :1], pt.repeat(rows[:, 1:2], self.steps - 1, axis=1)]
        return pt.concatenate(parts, axis=1), rows[:, 2]  # type: ignore[no-untyped-call]

    def log_scales(self, scale: Any) -> Any:
        """Logarithm of the product of the spreads of each series' steps; dims (series,)."""
        rows = pt.broadcast_to(pt.log(scale[:, :2]), (self.series, 2))
        return rows[:, 0] + (self.steps - 1) * rows[:, 1]


class EliminatedSequence(Transform):  # type: ignore[misc]
    """Of a variable that is a sequence; the context is (y, numbers, scales, offset, f).

    The variable is handed on together with its innovations and the logarithm of their scales' product, from which its
    density is to be found (`families/step_by_step.py`).
    """

    name = "eliminated"
    ndim_supp = 1

    def __init__(self, anchor: Anchor, series: Series) -> None:
        self.anchor, self.series = anchor, series

    def forward(self, value: Any, *inputs: Any) -> Any:
        """From the variable to the coordinate."""
        location, _, context = self.anchor.read(inputs)
        deviations = (value - location).reshape((self.series.series, self.series.steps))
        v = self.series.innovations(deviations, context[2])
        return _shaped(self.series.coordinate(v, context), value)

    def backward(self, value: Any, *inputs: Any) -> Any:
        """From the coordinate to the variable."""
        location, _, context = self.anchor.read(inputs)
        v, deviations, _ = self.series.solve(value, context)
        log_scales = self.series.log_scales(context[2])
        return with_context(location + _shaped(deviations, value), _shaped(v, value), _by_series(log_scales, value))

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Log of the determinant of the derivative of `backward`, series by series."""
        *_, context = self.anchor.read(inputs)
        _, _, log_stretch = self.series.solve(value, context)
        return _by_series(log_stretch.sum(axis=1) + self.series.log_scales(context[2]), value)


class EliminatedInnovations(StandardizingChart):
    """Of the standardised innovations themselves, written so by their author; the context is the same."""

    name = "eliminated"

    def __init__(self, anchor: Anchor, series: Series) -> None:
        super().__init__(anchor)
        self.series = series

    def standardised(self, x: Any, location: Any, scale: Any, context: list[Any]) -> tuple[Any, Any]:
        """Give the innovations."""
        v, _, log_stretch = self.series.solve(x, context)
        return _shaped(v, x), _shaped(log_stretch, x)

    def coordinate(self, v: Any, location: Any, scale: Any, context: list[Any]) -> Any:
        """The inverse."""
        return _shaped(self.series.coordinate(v.reshape((self.series.series, self.series.steps)), context), v)


class PartialSequence(Transform):  # type: ignore[misc]
    """``x_t = λ_t u_t + (1 - λ_t) v_t``, between the steps u of a sequence and their innovations v.

    With ``u_t = location_t + w_t`` and ``w_t = ρ w_(t-1) + s_t v_t`` each step follows from the one before. λ = 1 is
    centered, λ = 0 noncentered. The context is λ, with a number for each step, and the scales.

    References
    ----------
    Gorinova, M., Moore, D. and Hoffman, M. (2020), Automatic reparameterisation of probabilistic programs.
    """

    name = "partial"
    ndim_supp = 1

    def __init__(self, anchor: Anchor, series: Series) -> None:
        self.anchor, self.series = anchor, series

    def forward(self, value: Any, *inputs: Any) -> Any:
        """From the variable to the coordinate."""
        location, _, (centeredness, scale) = self.anchor.read(inputs)
        v = self.series.innovations((value - location).reshape((self.series.series, self.series.steps)), scale)
        return centeredness * value + (1.0 - centeredness) * _shaped(v, value)

    def backward(self, value: Any, *inputs: Any) -> Any:
        """From the coordinate to the variable."""
        location, _, (centeredness, scale) = self.anchor.read(inputs)
        v, deviations, _ = self.series.partial(value - centeredness * location, centeredness, scale)
        handed_on = _shaped(v, value), _by_series(self.series.log_scales(scale), value)
        return with_context(location + _shaped(deviations, value), *handed_on)

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Log of the determinant of the derivative of `backward`, series by series."""
        _, _, (centeredness, scale) = self.anchor.read(inputs)
        _, _, log_stretch = self.series.partial(value, centeredness, scale)
        return _by_series(log_stretch.sum(axis=1) + self.series.log_scales(scale), value)


class PartialInnovations(StandardizingChart):
    """The same where the variable is the innovations themselves; the context is λ, the scales, and the location."""

    name = "partial"

    def __init__(self, anchor: Anchor, series: Series) -> None:
        super().__init__(anchor)
        self.series = series

    def standardised(self, x: Any, location: Any, scale: Any, context: list[Any]) -> tuple[Any, Any]:
        """Give the innovations."""
        centeredness, scales, of_walk = context
        v, _, log_stretch = self.series.partial(x - centeredness * of_walk, centeredness, scales)
        return _shaped(v, x), _shaped(log_stretch, x)

    def coordinate(self, v: Any, location: Any, scale: Any, context: list[Any]) -> Any:
        """The inverse."""
        centeredness, scales, of_walk = context
        deviations = self.series.deviations(v.reshape((self.series.series, self.series.steps)), scales)
        return centeredness * (of_walk + _shaped(deviations, v)) + (1.0 - centeredness) * v


def _shaped(parts: Any, like: Any) -> Any:
    """From (series, step) to the shape of the variable."""
    return parts.reshape(like.shape, ndim=like.type.ndim)


def _by_series(parts: Any, like: Any) -> Any:
    """From (series,) to the shape of the variable without its steps."""
    return parts.reshape(like.shape[:-1], ndim=like.type.ndim - 1)
