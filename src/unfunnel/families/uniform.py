"""Uniform, a prior of a scale between two bounds: F(τ) = (τ - a) / (b - a)."""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt
from pytensor.tensor.random.basic import UniformRV

from unfunnel.charts.scale import QuantileWhitening
from unfunnel.families.base import Family
from unfunnel.families.support import Support


class UniformWhitening(QuantileWhitening):
    """Both tails are linear; near the upper bound only as many digits are left as a scale there has itself."""

    def lower_quantile(self, probability: Any, *parameters: Any) -> Any:
        """Inverse of the distribution function."""
        lower, upper = parameters
        return lower + (upper - lower) * probability

    def upper_quantile(self, probability: Any, *parameters: Any) -> Any:
        """Inverse of the survival function."""
        lower, upper = parameters
        return upper - (upper - lower) * probability

    def tails(self, value: Any, *parameters: Any) -> tuple[Any, Any]:
        """Distribution and survival function."""
        lower, upper = parameters
        return (value - lower) / (upper - lower), (upper - value) / (upper - lower)

    def log_density(self, value: Any, *parameters: Any) -> Any:
        """Log density of the uniform, with the shape of the value."""
        lower, upper = parameters
        return -pt.log(upper - lower) + value.zeros_like()


FAMILY = Family(name="Uniform", op=UniformRV, support=Support.INTERVAL, whitening=UniformWhitening())
