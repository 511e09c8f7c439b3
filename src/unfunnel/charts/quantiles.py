"""Logarithms of the quantiles of a scale's prior, of the normal coordinate x: ``log F⁻¹(Φ(x))``, in units of the prior.

As graphs these take tail probabilities, their inverses, a choice between both tails, and the same again for every
derivative: what numba makes of that takes a second to compile for every scale of a model. Here each is one operation
on a number. `order` counts derivatives: an operation's gradient is the one of the next order, up to the second, which
is as far as a chart and its Jacobian go.
"""

from __future__ import annotations

from typing import Any

import pytensor.scalar as ps
import pytensor.tensor as pt
from pytensor.gradient import grad_undefined
from pytensor.tensor.elemwise import Elemwise

HALF_NORMAL, HALF_CAUCHY, EXPONENTIAL = "half_normal", "half_cauchy", "exponential"
_HIGHEST = 2


class LogQuantile(ps.UnaryScalarOp):
    """``log F⁻¹(Φ(x))`` of a distribution of positive numbers with scale 1, or a derivative of it."""

    __props__ = ("distribution", "order")

    def __init__(self, distribution: str, order: int = 0) -> None:
        super().__init__(ps.upgrade_to_float64, name=f"log_quantile_{distribution}_{order}")  # type: ignore[no-untyped-call]
        self.distribution, self.order = distribution, order

    @property
    def kernel(self) -> str:
        """Name of the compiled function."""
        return f"{self.distribution}_{self.order}"

    def impl(self, x: float) -> float:
        """Call the kernel from Python."""
        from unfunnel.charts.kernels_quantiles import from_python

        return from_python(self.kernel, float(x))

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> Any:
        """The next derivative."""
        if self.order == _HIGHEST:
            return [grad_undefined(self, 0, inputs[0])]  # type: ignore[no-untyped-call]
        return [cotangents[0] * LogQuantile(self.distribution, self.order + 1)(inputs[0])]

    def c_code(self, *arguments: Any) -> str:
        """None: C graphs call Python here."""
        raise NotImplementedError

    def c_code_cache_version(self) -> tuple[()]:
        """None."""
        return ()


def log_quantile(x: Any, distribution: str) -> tuple[Any, Any]:
    """``g = log F⁻¹(Φ(x))`` and ``log g'``."""
    level, slope = (_elementwise(LogQuantile(distribution, order), x) for order in (0, 1))
    return level, pt.log(slope)


def _elementwise(operation: LogQuantile, x: Any) -> Any:
    return Elemwise(operation)(x)  # type: ignore[no-untyped-call]
