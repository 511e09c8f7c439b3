"""What every chart of a real-valued, elementwise variable has in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pymc.logprob.transforms import Transform

from unfunnel.charts.context import context_of


@dataclass(frozen=True)
class Anchor:
    """How a chart finds its way among the inputs of a random variable.

    Parameters
    ----------
    reference
        Gives location and scale on the unconstrained line from the parameters of the family.
    parameters
        The parameters of the family, from the inputs of the random variable.
    carrier
        Which parameter the context rides on.
    line
        The transform that maps the family's support to the line, or None where it is the line already.
    """

    reference: Callable[..., tuple[Any, Any]]
    parameters: Callable[[Sequence[Any]], list[Any]]
    carrier: int
    line: Transform | None

    def read(self, rv_inputs: Sequence[Any]) -> tuple[Any, Any, list[Any]]:
        """Location, scale and context; as floats, because a constant 1000 is an int16 whose square overflows."""
        parameters = self.parameters(rv_inputs)
        # The parameters keep their context, so that they are the very ones in the prior's density, and cancel there.
        location, scale = (expression.astype("float64") for expression in self.reference(*parameters))
        return location, scale, context_of(parameters[self.carrier])


class AffineChart(Transform):  # type: ignore[misc]
    """A chart in which a variable's standardised value is affine in the coordinate x.

    The standardised value is ``v = (u - location) / scale``, and ``v = shift + stretch * (x - origin)``. A subclass
    says what shift, stretch (positive) and origin are (`parts`); inverse and Jacobian follow. The coordinate is
    unconstrained and has the dims of the variable.

    Going by way of v, and not straight from x to u, is what keeps tiny scales safe: PyTensor then simplifies the
    prior's ``(u - location) / scale`` to v itself. Computed from u it would round to zero where the scale is lost
    beside the location, and a spurious mode would open there.
    """

    ndim_supp = 0
    name: str

    def __init__(self, anchor: Anchor) -> None:
        self.anchor = anchor

    @abstractmethod
    def parts(self, location: Any, scale: Any, context: list[Any]) -> tuple[Any, Any, Any]:
        """Shift, stretch and origin, given the reference of the variable and its context."""

    def forward(self, value: Any, *inputs: Any) -> Any:
        """From the variable to the coordinate."""
        location, scale, context = self.anchor.read(inputs)
        shift, stretch, origin = self.parts(location, scale, context)
        line = self.anchor.line
        standardised = ((value if line is None else line.forward(value)) - location) / scale
        return origin + (standardised - shift) / stretch

    def backward(self, value: Any, *inputs: Any) -> Any:
        """From the coordinate to the variable."""
        on_line, line = self._on_line(value, inputs), self.anchor.line
        return on_line if line is None else line.backward(on_line)

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Log of the derivative of `backward`."""
        location, scale, context = self.anchor.read(inputs)
        _, stretch, _ = self.parts(location, scale, context)
        log_slope = scale.log() + stretch.log() + value.zeros_like()
        line = self.anchor.line
        return log_slope if line is None else log_slope + line.log_jac_det(self._on_line(value, inputs))

    def _on_line(self, x: Any, inputs: Any) -> Any:
        location, scale, context = self.anchor.read(inputs)
        shift, stretch, origin = self.parts(location, scale, context)
        return location + scale * (shift + stretch * (x - origin))
