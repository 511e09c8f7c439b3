"""Exponential, a prior of a scale with its mode at zero: F(τ) = 1 - exp(-τ / scale)."""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt
from pytensor.tensor.random.basic import ExponentialRV

from unfunnel.charts import Whitening
from unfunnel.families.base import Family


class ExponentialWhitening(Whitening):
    """Both tails by the logarithm; PyTensor's parameter is the scale, the reciprocal of PyMC's `lam`."""

    def lower_quantile(self, probability: Any, *parameters: Any) -> Any:
        """Inverse of the distribution function."""
        (scale,) = parameters
        return -scale * pt.log1p(-probability)

    def upper_quantile(self, probability: Any, *parameters: Any) -> Any:
        """Inverse of the survival function."""
        (scale,) = parameters
        return -scale * pt.log(probability)

    def tails(self, value: Any, *parameters: Any) -> tuple[Any, Any]:
        """Distribution and survival function."""
        (scale,) = parameters
        return -pt.expm1(-value / scale), pt.exp(-value / scale)

    def log_density(self, value: Any, *parameters: Any) -> Any:
        """Log density of the exponential."""
        (scale,) = parameters
        return -pt.log(scale) - value / scale


FAMILY = Family(name="Exponential", op=ExponentialRV, positive=True, whitening=ExponentialWhitening())
