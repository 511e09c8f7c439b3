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
from pymc.logprob.transforms import LogTransform, Transform
from pytensor.gradient import grad

from unfunnel.charts.base import Anchor
from unfunnel.charts.context import context_of
from unfunnel.charts.quantiles import log_quantile

_ROOT_TWO = float(np.sqrt(2.0))
_LOG_ROOT_TWO_PI = float(0.5 * np.log(2.0 * np.pi))


class Whitening(ABC):
    """A distribution of scales, as what the chart needs of it; every method builds a graph.

    It is the prior, or one near it whose quantiles are simpler: the chart is a bijection with its Jacobian either way,
    and an uninformed scale then only nearly standard normal in it.
    """

    @abstractmethod
    def from_normal(self, x: Any, *parameters: Any) -> Any:
        """τ, the distribution's quantile at Φ(x)."""

    @abstractmethod
    def to_normal(self, value: Any, *parameters: Any) -> Any:
        """The coordinate x of a scale τ, the inverse of `from_normal`."""

    @abstractmethod
    def log_density(self, value: Any, *parameters: Any) -> Any:
        """Log density of the distribution at a value inside its support."""

    def log_slope(self, x: Any, *parameters: Any) -> Any:
        """Log of the derivative of `from_normal`: ``log φ(x) - log f(τ)``."""
        return -0.5 * pt.sqr(x) - _LOG_ROOT_TWO_PI - self.log_density(self.from_normal(x, *parameters), *parameters)


class TailWhitening(Whitening):
    """A whitening by tail probabilities.

    Both tails are asked for separately, so that neither is lost to rounding.
    """

    @abstractmethod
    def tails(self, value: Any, *parameters: Any) -> tuple[Any, Any]:
        """P(scale < value) and P(scale > value)."""

    def to_normal(self, value: Any, *parameters: Any) -> Any:
        """The coordinate of τ, from the smaller tail."""
        lower, upper = self.tails(value, *parameters)
        below = -_ROOT_TWO * pt.erfcinv(2.0 * pt.minimum(lower, 0.5))
        above = _ROOT_TWO * pt.erfcinv(2.0 * pt.minimum(upper, 0.5))
        return pt.switch(pt.lt(lower, upper), below, above)


class QuantileWhitening(TailWhitening):
    """A whitening by tail probabilities and quantiles, these too from both sides."""

    @abstractmethod
    def lower_quantile(self, probability: Any, *parameters: Any) -> Any:
        """τ with P(scale < τ) = probability; for probability ≤ 1/2."""

    @abstractmethod
    def upper_quantile(self, probability: Any, *parameters: Any) -> Any:
        """τ with P(scale > τ) = probability; for probability ≤ 1/2."""

    def from_normal(self, x: Any, *parameters: Any) -> Any:
        """τ, from the tail that x is in."""
        lower = self.lower_quantile(_normal_cdf(pt.minimum(x, 0.0)), *parameters)
        upper = self.upper_quantile(_normal_cdf(-pt.maximum(x, 0.0)), *parameters)
        return pt.switch(pt.lt(x, 0.0), lower, upper)


class NumberedWhitening(TailWhitening):
    """A whitening by a distribution whose only parameter is its scale, and whose quantile is one operation."""

    distribution: str
    """As in `quantiles.py`."""

    @abstractmethod
    def unit(self, *parameters: Any) -> Any:
        """The scale of the distribution."""

    def from_normal(self, x: Any, *parameters: Any) -> Any:
        """τ, by way of its logarithm."""
        level, _ = log_quantile(x, self.distribution)
        return self.unit(*parameters) * pt.exp(level)

    def log_slope(self, x: Any, *parameters: Any) -> Any:
        """``log τ + log (d log τ / dx)``."""
        level, log_slope = log_quantile(x, self.distribution)
        return pt.log(self.unit(*parameters)) + level + log_slope


class ScaleChart(Transform):  # type: ignore[misc]
    """``x = Φ⁻¹(F(τ))`` where the context flag is 0; where it is 1, the own line of the prior: log τ if τ is positive.

    A uniform prior ends at a bound that log τ knows nothing of. Its line is the log odds between the bounds, which are
    as good as log τ where the data keep τ away from the upper one.
    """

    name = "whitened"
    ndim_supp = 0

    def __init__(self, anchor: Anchor, whitening: Whitening) -> None:
        self.anchor, self.whitening = anchor, whitening
        self.line = LogTransform() if anchor.line is None else anchor.line

    def _parameters(self, rv_inputs: Any) -> tuple[list[Any], Any]:
        parameters = self.anchor.parameters(rv_inputs)
        (logarithmic,) = context_of(parameters[self.anchor.carrier])
        # An integer constant would have a logarithm in single precision.
        return [parameter.astype("float64") for parameter in parameters], pt.gt(logarithmic, 0.5)

    def backward(self, value: Any, *inputs: Any) -> Any:
        """From the coordinate to the scale."""
        parameters, logarithmic = self._parameters(inputs)
        # Each branch sees a harmless point where the other one is taken, so that no gradient is infinity times zero.
        whitened = self.whitening.from_normal(pt.switch(logarithmic, 0.0, value), *parameters)
        return pt.switch(logarithmic, self.line.backward(pt.switch(logarithmic, value, 0.0), *inputs), whitened)

    def forward(self, value: Any, *inputs: Any) -> Any:
        """From the scale to the coordinate."""
        parameters, logarithmic = self._parameters(inputs)
        whitened = self.whitening.to_normal(value, *parameters)
        return pt.switch(logarithmic, self.line.forward(value, *inputs), whitened)

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Log of the derivative of `backward`."""
        parameters, logarithmic = self._parameters(inputs)
        whitened = self.whitening.log_slope(pt.switch(logarithmic, 0.0, value), *parameters)
        return pt.switch(logarithmic, self.line.log_jac_det(pt.switch(logarithmic, value, 0.0), *inputs), whitened)

    def bending(self, value: Any, *inputs: Any) -> tuple[Any, Any, Any]:
        """The whitened coordinate z of a scale, ``dscale/dz``, and the derivative of its logarithm in z."""
        parameters, _ = self._parameters(inputs)
        z = self.whitening.to_normal(value, *parameters)
        log_density = self.whitening.log_density(value, *parameters)
        slope = pt.exp(-0.5 * pt.sqr(z) - _LOG_ROOT_TWO_PI - log_density)
        # A flat density does not depend on the value.
        by_value = grad(log_density.sum(), value, disconnected_inputs="ignore")
        return z, slope, -z - by_value * slope


def _normal_cdf(x: Any) -> Any:
    return 0.5 * pt.erfc(-x / _ROOT_TWO)
