"""HalfNormal, the commonest prior of a scale: F(τ) = erf(τ / (σ √2)).

As an effect: log |N(0, 1)| is half the logarithm of a χ² with one degree of freedom, so that its mean is
(ψ(1/2) + log 2) / 2 = -(log 2 + γ) / 2, with Euler's γ, and its variance ψ'(1/2) / 4 = π² / 8.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.random.basic import HalfNormalRV

from unfunnel.charts.quantiles import HALF_NORMAL
from unfunnel.charts.scale import NumberedWhitening
from unfunnel.families.base import Family, doubles
from unfunnel.families.support import Support

_ROOT_TWO = float(np.sqrt(2.0))
_LOG_CONSTANT = float(0.5 * np.log(2.0 / np.pi))


class HalfNormalWhitening(NumberedWhitening):
    """Both tails by the error function; `loc` is 0 in every PyMC model."""

    distribution = HALF_NORMAL

    def unit(self, *parameters: Any) -> Any:
        """The parameter itself."""
        _, sigma = parameters
        return sigma

    def tails(self, value: Any, *parameters: Any) -> tuple[Any, Any]:
        """Distribution and survival function."""
        _, sigma = parameters
        scaled = value / (sigma * _ROOT_TWO)
        return pt.erf(scaled), pt.erfc(scaled)

    def log_density(self, value: Any, *parameters: Any) -> Any:
        """Log density of the half-normal."""
        _, sigma = parameters
        return _LOG_CONSTANT - pt.log(sigma) - 0.5 * pt.sqr(value / sigma)


def reference(loc: Any, sigma: Any) -> tuple[Any, Any]:
    """Mean and standard deviation of the logarithm."""
    (width,) = doubles(sigma)
    return pt.log(width) - 0.5 * (np.log(2.0) + np.euler_gamma), pt.constant(np.pi / np.sqrt(8.0))


FAMILY = Family(
    name="HalfNormal",
    op=HalfNormalRV,
    support=Support.POSITIVE,
    reference=reference,
    whitening=HalfNormalWhitening(),
)
