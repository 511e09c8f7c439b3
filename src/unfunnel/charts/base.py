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
        """Location, scale and context."""
        parameters = self.parameters(rv_inputs)
        parameters[self.carrier], context = context_of(parameters[self.carrier])
        location, scale = self.reference(*parameters)
        return location, scale, context


class AffineChart(Transform):  # type: ignore[misc]
    """A chart ``line(value) = offset + slope * x`` whose offset and slope the parents decide.

    A subclass says what offset and slope are (`parts`); inverse and Jacobian follow. The slope is positive.
    """

    ndim_supp = 0
    name: str

    def __init__(self, anchor: Anchor) -> None:
        self.anchor = anchor

    @abstractmethod
    def parts(self, location: Any, scale: Any, context: list[Any]) -> tuple[Any, Any]:
        """Offset and slope, given the reference of the variable and its context."""

    def forward(self, value: Any, *inputs: Any) -> Any:
        """From the variable to the coordinate."""
        offset, slope = self.parts(*self.anchor.read(inputs))
        line = self.anchor.line
        return ((value if line is None else line.forward(value)) - offset) / slope

    def backward(self, value: Any, *inputs: Any) -> Any:
        """From the coordinate to the variable."""
        offset, slope = self.parts(*self.anchor.read(inputs))
        line = self.anchor.line
        on_line = offset + slope * value
        return on_line if line is None else line.backward(on_line)

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Log of the derivative of `backward`."""
        offset, slope = self.parts(*self.anchor.read(inputs))
        log_slope = slope.log() + value.zeros_like()
        line = self.anchor.line
        return log_slope if line is None else log_slope + line.log_jac_det(offset + slope * value)
