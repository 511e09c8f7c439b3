"""HalfCauchy, a heavy-tailed prior of a scale: F(τ) = 2/π arctan(τ / β)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pymc.distributions.continuous import HalfCauchyRV

from unfunnel.charts import Whitening
from unfunnel.families.base import Family

_HALF_PI = float(np.pi / 2.0)
_LOG_TWO_OVER_PI = float(np.log(2.0 / np.pi))


class HalfCauchyWhitening(Whitening):
    """Both tails by the tangent, the upper one as its reciprocal."""

    def lower_quantile(self, probability: Any, *parameters: Any) -> Any:
        """Inverse of the distribution function."""
        (beta,) = parameters
        return beta * pt.tan(_HALF_PI * probability)

    def upper_quantile(self, probability: Any, *parameters: Any) -> Any:
        """Inverse of the survival function."""
        (beta,) = parameters
        return beta / pt.tan(_HALF_PI * probability)

    def tails(self, value: Any, *parameters: Any) -> tuple[Any, Any]:
        """Distribution and survival function."""
        (beta,) = parameters
        return pt.arctan(value / beta) / _HALF_PI, pt.arctan(beta / value) / _HALF_PI

    def log_density(self, value: Any, *parameters: Any) -> Any:
        """Log density of the half-Cauchy."""
        (beta,) = parameters
        return _LOG_TWO_OVER_PI - pt.log(beta) - pt.log1p(pt.sqr(value / beta))


FAMILY = Family(name="HalfCauchy", op=HalfCauchyRV, positive=True, whitening=HalfCauchyWhitening())
