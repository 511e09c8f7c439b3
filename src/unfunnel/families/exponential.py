"""Exponential, a prior of a scale with its mode at zero: F(τ) = 1 - exp(-τ / scale).

As an effect: log u has mean log(scale) - γ, with Euler's γ, and standard deviation π / √6.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.random.basic import ExponentialRV

from unfunnel.charts.quantiles import EXPONENTIAL
from unfunnel.charts.scale import NumberedWhitening
from unfunnel.families.base import Family, doubles
from unfunnel.families.support import Support


class ExponentialWhitening(NumberedWhitening):
    """Both tails by the logarithm; PyTensor's parameter is the scale, the reciprocal of PyMC's `lam`."""

    distribution = EXPONENTIAL

    def unit(self, *parameters: Any) -> Any:
        """The parameter itself."""
        (scale,) = parameters
        return scale

    def tails(self, value: Any, *parameters: Any) -> tuple[Any, Any]:
        """Distribution and survival function."""
        (scale,) = parameters
        return -pt.expm1(-value / scale), pt.exp(-value / scale)

    def log_density(self, value: Any, *parameters: Any) -> Any:
        """Log density of the exponential."""
        (scale,) = parameters
        return -pt.log(scale) - value / scale


def reference(scale: Any) -> tuple[Any, Any]:
    """Mean and standard deviation of the logarithm."""
    (width,) = doubles(scale)
    return pt.log(width) - np.euler_gamma, pt.constant(pi / sqrt(6.0))


FAMILY = Family(
    name="Exponential",
    op=ExponentialRV,
    support=Support.POSITIVE,
    reference=reference,
    whitening=ExponentialWhitening(),
)
