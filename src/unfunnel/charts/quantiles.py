"""Logarithms of the quantiles of a scale's prior, of the normal coordinate x, in units of the prior: g = log F⁻¹(Φ(x)).

As a graph this takes tail probabilities, their inverses, and a choice between both tails: what numba makes of that
takes a second to compile for every scale of a model. Here it is one operation on a number. Its derivative is
``φ(x) / (f(q) q)``, with q = exp(g) and density f: no tail any more, and a graph, so that the next one comes by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log, pi
from typing import Any

import pytensor.scalar as ps
import pytensor.tensor as pt
from pytensor.tensor.elemwise import Elemwise

HALF_NORMAL, HALF_CAUCHY, EXPONENTIAL = "half_normal", "half_cauchy", "exponential"


class LogQuantile(ps.UnaryScalarOp):
    """``log F⁻¹(Φ(x))`` of a distribution of positive numbers with scale 1."""

    __props__ = ("distribution",)

    def __init__(self, distribution: str) -> None:
        super().__init__(ps.upgrade_to_float64, name=f"log_quantile_{distribution}")  # type: ignore[no-untyped-call]
        self.distribution = distribution

    def impl(self, x: float) -> float:
        """Call the kernel from Python."""
        from unfunnel.charts.kernels_quantiles import from_python

        return from_python(self.distribution, float(x))

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> Any:
        """Of the derivative."""
        (x,) = inputs
        return [cotangents[0] * ps.exp(_LOG_SLOPES[self.distribution](x, self(x), ps))]

    def c_code(self, *arguments: Any) -> str:
        """None: C graphs call Python here."""
        raise NotImplementedError

    def c_code_cache_version(self) -> tuple[()]:
        """None."""
        return ()


def log_quantile(x: Any, distribution: str) -> tuple[Any, Any]:
    """``g = log F⁻¹(Φ(x))`` and ``log g'``."""
    level = Elemwise(LogQuantile(distribution))(x)  # type: ignore[no-untyped-call]
    return level, _LOG_SLOPES[distribution](x, level, pt)


def _half_normal(x: Any, level: Any, of: Any) -> Any:
    q = of.exp(level)
    return 0.5 * (q - x) * (q + x) - level - log(2.0)


def _half_cauchy(x: Any, level: Any, of: Any) -> Any:
    # log (q + 1/q), which neither a tiny nor a huge q spoils.
    return level + of.softplus(-2.0 * level) - 0.5 * x * x + 0.5 * log(pi / 8.0)


def _exponential(x: Any, level: Any, of: Any) -> Any:
    return of.exp(level) - level - 0.5 * x * x - 0.5 * log(2.0 * pi)


_LOG_SLOPES: dict[str, Callable[[Any, Any, Any], Any]] = {
    HALF_NORMAL: _half_normal,
    HALF_CAUCHY: _half_cauchy,
    EXPONENTIAL: _exponential,
}
"""log g', of x, g, and the module whose functions are meant: of numbers or of arrays."""
