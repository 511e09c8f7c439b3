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


class StandardizingChart(Transform):  # type: ignore[misc]
    """A chart by way of a variable's standardised value ``v = (u - location) / scale``.

    A subclass says how v follows from the coordinate x and the context, by an increasing map (`standardised`), and back
    (`coordinate`). The coordinate is unconstrained and has the dims of the variable.

    Going by way of v, and not straight from x to u, is what keeps tiny scales safe: PyTensor then simplifies the
    prior's ``(u - location) / scale`` to v itself. Computed from u it would round to zero where the scale is lost
    beside the location, and a spurious mode would open there.
    """

    name: str

    def __init__(self, anchor: Anchor) -> None:
        self.anchor = anchor
        self.ndim_supp = 0 if anchor.line is None else anchor.line.ndim_supp

    @abstractmethod
    def standardised(self, x: Any, location: Any, scale: Any, context: list[Any]) -> tuple[Any, Any]:
        """The standardised value v, and the logarithm of its derivative in x, element by element."""

    @abstractmethod
    def coordinate(self, v: Any, location: Any, scale: Any, context: list[Any]) -> Any:
        """The coordinate x, given the standardised value."""

    def forward(self, value: Any, *inputs: Any) -> Any:
        """From the variable to the coordinate."""
        location, scale, context = self.anchor.read(inputs)
        line = self.anchor.line
        on_line = value if line is None else line.forward(value, *inputs)
        return self.coordinate((on_line - location) / scale, location, scale, context)

    def backward(self, value: Any, *inputs: Any) -> Any:
        """From the coordinate to the variable."""
        on_line, line = self._on_line(value, inputs), self.anchor.line
        return on_line if line is None else line.backward(on_line, *inputs)

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Log of the derivative of `backward`."""
        location, scale, context = self.anchor.read(inputs)
        _, log_stretch = self.standardised(value, location, scale, context)
        log_slope, line = scale.log() + log_stretch + value.zeros_like(), self.anchor.line
        if line is None:
            return log_slope
        of_line = line.log_jac_det(self._on_line(value, inputs), *inputs)
        # The Jacobian of a transform of several elements at once is one number for all of them.
        surplus = tuple(range(of_line.type.ndim - log_slope.type.ndim, 0))
        return (log_slope.sum(axis=surplus) if surplus else log_slope) + of_line

    def _on_line(self, x: Any, inputs: Any) -> Any:
        location, scale, context = self.anchor.read(inputs)
        v, _ = self.standardised(x, location, scale, context)
        return location + scale * v
