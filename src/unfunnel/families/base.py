"""What unfunnel needs to know of a distribution family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pymc.logprob.transforms import LogTransform, Transform

from unfunnel.charts import Anchor, Whitening


@dataclass(frozen=True)
class Family:
    """One distribution family.

    Parameters
    ----------
    name
        PyMC's name of it.
    op
        The class of its random-variable operation.
    carrier
        Index of the parameter that a chart's context rides on; its gradient must pass unharmed.
    positive
        Whether its support is the positive line, which PyMC maps to the whole line by the logarithm.
    reference
        Location and scale on the unconstrained line, from the family's parameters; None where it has none.
    whitening
        How the scale chart whitens it, where it is a prior for scales.
    """

    name: str
    op: type[Any]
    carrier: int = 0
    positive: bool = False
    reference: Callable[..., tuple[Any, Any]] | None = None
    whitening: Whitening | None = None

    @property
    def line(self) -> Transform | None:
        """The transform from the support to the unconstrained line."""
        return LogTransform() if self.positive else None

    def has_line(self, transform: Transform | None) -> bool:
        """Whether a variable's present transform is the family's own, so not one that its author chose."""
        return isinstance(transform, LogTransform) if self.positive else transform is None

    def anchor(self, rv_op: Any) -> Anchor:
        """How charts of this family read the inputs of a random variable."""

        def parameters(rv_inputs: Any) -> list[Any]:
            return parameters_of(rv_op, rv_inputs)

        def nothing(*_: Any) -> Any:
            raise AssertionError(f"{self.name} has no reference.")

        return Anchor(self.reference or nothing, parameters, self.carrier, self.line)


def parameters_of(rv_op: Any, rv_inputs: Any) -> list[Any]:
    """What of a random variable's inputs are parameters of its family, whatever those inputs are."""
    return list(rv_op.dist_params(_Inputs(rv_inputs)))


@dataclass(frozen=True)
class _Inputs:
    """What `dist_params` asks of a node."""

    inputs: Any
