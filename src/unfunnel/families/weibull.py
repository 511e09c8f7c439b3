"""Weibull: log u has mean log β - γ/α, with Euler's γ, and standard deviation π / (√6 α)."""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pymc.distributions.continuous import WeibullBetaRV

from unfunnel.charts.scale import QuantileWhitening
from unfunnel.families.base import Family, doubles
from unfunnel.families.support import Support


class WeibullWhitening(QuantileWhitening):
    """Both tails by the logarithm: F(τ) = 1 - exp(-(τ/β)^α)."""

    def lower_quantile(self, probability: Any, *parameters: Any) -> Any:
        """Inverse of the distribution function."""
        alpha, beta = parameters
        return beta * (-pt.log1p(-probability)) ** (1.0 / alpha)

    def upper_quantile(self, probability: Any, *parameters: Any) -> Any:
        """Inverse of the survival function."""
        alpha, beta = parameters
        return beta * (-pt.log(probability)) ** (1.0 / alpha)

    def tails(self, value: Any, *parameters: Any) -> tuple[Any, Any]:
        """Distribution and survival function."""
        alpha, beta = parameters
        power = (value / beta) ** alpha
        return -pt.expm1(-power), pt.exp(-power)

    def log_density(self, value: Any, *parameters: Any) -> Any:
        """Log density of the Weibull."""
        alpha, beta = parameters
        log_ratio = pt.log(value / beta)
        return pt.log(alpha / beta) + (alpha - 1.0) * log_ratio - pt.exp(alpha * log_ratio)


def reference(alpha: Any, beta: Any) -> tuple[Any, Any]:
    """Mean and standard deviation of the logarithm."""
    shape, scale = doubles(alpha, beta)
    return pt.log(scale) - np.euler_gamma / shape, pi / sqrt(6.0) / shape


FAMILY = Family(
    name="Weibull",
    op=WeibullBetaRV,
    support=Support.POSITIVE,
    reference=reference,
    whitening=WeibullWhitening(),
)
