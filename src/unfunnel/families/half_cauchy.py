"""HalfCauchy, a heavy-tailed prior of a scale: F(τ) = 2/π arctan(τ / β).

As an effect: log u has mean log β, by symmetry, and standard deviation π / 2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pymc.distributions.continuous import HalfCauchyRV

from unfunnel.charts.quantiles import HALF_CAUCHY
from unfunnel.charts.scale import NumberedWhitening
from unfunnel.families.base import Family, doubles
from unfunnel.families.support import Support

_HALF_PI = float(np.pi / 2.0)
_LOG_TWO_OVER_PI = float(np.log(2.0 / np.pi))


class HalfCauchyWhitening(NumberedWhitening):
    """Both tails by the tangent, the upper one as its reciprocal."""

    distribution = HALF_CAUCHY

    def unit(self, *parameters: Any) -> Any:
        """The parameter itself."""
        (beta,) = parameters
        return beta

    def tails(self, value: Any, *parameters: Any) -> tuple[Any, Any]:
        """Distribution and survival function."""
        (beta,) = parameters
        return pt.arctan(value / beta) / _HALF_PI, pt.arctan(beta / value) / _HALF_PI

    def log_density(self, value: Any, *parameters: Any) -> Any:
        """Log density of the half-Cauchy."""
        (beta,) = parameters
        return _LOG_TWO_OVER_PI - pt.log(beta) - pt.log1p(pt.sqr(value / beta))


def reference(beta: Any) -> tuple[Any, Any]:
    """Mean and standard deviation of the logarithm."""
    (width,) = doubles(beta)
    return pt.log(width), pt.constant(_HALF_PI)


FAMILY = Family(
    name="HalfCauchy",
    op=HalfCauchyRV,
    support=Support.POSITIVE,
    reference=reference,
    whitening=HalfCauchyWhitening(),
)
