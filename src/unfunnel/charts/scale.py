"""The chart of a scale: whitened by its prior, or logarithmic, chosen by a number and not by a compilation.

A wide prior has an exponential tail in log τ, which NUTS dislikes and where the last divergences sit. In
``x = Φ⁻¹(F(τ))``, with F the prior's distribution function, an uninformed scale is standard normal. Where the data pin
the scale down far out in the prior's tail that chart loses its precision, and log τ is the better one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pymc.logprob.transforms import Transform
from pytensor.gradient import grad

from unfunnel.charts.base import Anchor
from unfunnel.charts.context import context_of

_ROOT_TWO = float(np.sqrt(2.0))
_LOG_ROOT_TWO_PI = float(0.5 * np.log(2.0 * np.pi))


class Whitening(ABC):
    """A prior on the positive line, as what the chart needs of it; every method builds a graph.

    Both tails are asked for separately, so that neither is lost to rounding.
    """

    @abstractmethod
    def lower_quantile(self, probability: Any, *parameters: Any) -> Any:
        """τ with P(scale < τ) = probability; for probability ≤ 1/2."""

    @abstractmethod
    def upper_quantile(self, probability: Any, *parameters: Any) -> Any:
        """τ with P(scale > τ) = probability; for probability ≤ 1/2."""

    @abstractmethod
    def tails(self, value: Any, *parameters: Any) -> tuple[Any, Any]:
        """P(scale < value) and P(scale > value)."""

    @abstractmethod
    def log_density(self, value: Any, *parameters: Any) -> Any:
        """Log density of the prior at value > 0."""


class ScaleChart(Transform):  # type: ignore[misc]
    """``x = Φ⁻¹(F(τ))`` where the context flag is 0, ``x = log τ`` where it is 1."""

    name = "whitened"
    ndim_supp = 0

    def __init__(self, anchor: Anchor, whitening: Whitening) -> None:
        self.anchor, self.whitening = anchor, whitening

    def _parameters(self, rv_inputs: Any) -> tuple[list[Any], Any]:
        parameters = self.anchor.parameters(rv_inputs)
        (logarithmic,) = context_of(parameters[self.anchor.carrier])
        # An integer constant would have a logarithm in single precision.
        return [parameter.astype("float64") for parameter in parameters], pt.gt(logarithmic, 0.5)

    def _whitened(self, x: Any, parameters: list[Any]) -> Any:
        below, above = pt.minimum(x, 0.0), pt.maximum(x, 0.0)
        lower = self.whitening.lower_quantile(_normal_cdf(below), *parameters)
        upper = self.whitening.upper_quantile(_normal_cdf(-above), *parameters)
        return pt.switch(pt.lt(x, 0.0), lower, upper)

    def _to_whitened(self, scale: Any, parameters: list[Any]) -> Any:
        lower, upper = self.whitening.tails(scale, *parameters)
        below = -_ROOT_TWO * pt.erfcinv(2.0 * pt.minimum(lower, 0.5))
        above = _ROOT_TWO * pt.erfcinv(2.0 * pt.minimum(upper, 0.5))
        return pt.switch(pt.lt(lower, upper), below, above)

    def backward(self, value: Any, *inputs: Any) -> Any:
        """From the coordinate to the scale."""
        parameters, logarithmic = self._parameters(inputs)
        # Each branch sees a harmless point where the other one is taken, so that no gradient is infinity times zero.
        whitened = self._whitened(pt.switch(logarithmic, 0.0, value), parameters)
        return pt.switch(logarithmic, pt.exp(pt.switch(logarithmic, value, 0.0)), whitened)

    def forward(self, value: Any, *inputs: Any) -> Any:
        """From the scale to the coordinate."""
        parameters, logarithmic = self._parameters(inputs)
        return pt.switch(logarithmic, pt.log(value), self._to_whitened(value, parameters))

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Log of the derivative of `backward`: log φ(x) - log f(τ), or x where logarithmic."""
        parameters, logarithmic = self._parameters(inputs)
        x = pt.switch(logarithmic, 0.0, value)
        density = self.whitening.log_density(self._whitened(x, parameters), *parameters)
        return pt.switch(logarithmic, value, -0.5 * pt.sqr(x) - _LOG_ROOT_TWO_PI - density)

    def bending(self, value: Any, *inputs: Any) -> tuple[Any, Any, Any]:
        """The whitened coordinate z of a scale, ``dscale/dz``, and the derivative of its logarithm in z."""
        parameters, _ = self._parameters(inputs)
        z = self._to_whitened(value, parameters)
        log_density = self.whitening.log_density(value, *parameters)
        slope = pt.exp(-0.5 * pt.sqr(z) - _LOG_ROOT_TWO_PI - log_density)
        return z, slope, -z - grad(log_density.sum(), value) * slope


def _normal_cdf(x: Any) -> Any:
    return 0.5 * pt.erfc(-x / _ROOT_TWO)
