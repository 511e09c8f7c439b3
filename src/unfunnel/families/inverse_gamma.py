"""InverseGamma: the reciprocal of a Gamma(α, rate β), so that log u has mean log β - ψ(α) and variance ψ'(α)."""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt
from pytensor.tensor.random.basic import InvGammaRV

from unfunnel.charts.scale import QuantileWhitening
from unfunnel.families.base import Family, doubles
from unfunnel.families.near_gamma import NearGamma
from unfunnel.families.polygamma import digamma, trigamma
from unfunnel.families.support import Support

_RECIPROCAL = NearGamma()


class NearInverseGamma(QuantileWhitening):
    """The whitening of the reciprocal, with its tails exchanged."""

    def lower_quantile(self, probability: Any, *parameters: Any) -> Any:
        """Inverse of the distribution function."""
        alpha, beta = parameters
        return beta / _RECIPROCAL.upper_quantile(probability, alpha, 1.0)

    def upper_quantile(self, probability: Any, *parameters: Any) -> Any:
        """Inverse of the survival function."""
        alpha, beta = parameters
        return beta / _RECIPROCAL.lower_quantile(probability, alpha, 1.0)

    def tails(self, value: Any, *parameters: Any) -> tuple[Any, Any]:
        """Distribution and survival function."""
        alpha, beta = parameters
        lower, upper = _RECIPROCAL.tails(beta / value, alpha, 1.0)
        return upper, lower

    def log_density(self, value: Any, *parameters: Any) -> Any:
        """Log density of the reciprocal's, with the derivative of the reciprocal."""
        alpha, beta = parameters
        return _RECIPROCAL.log_density(beta / value, alpha, 1.0) + pt.log(beta) - 2.0 * pt.log(value)


def reference(alpha: Any, beta: Any) -> tuple[Any, Any]:
    """Mean and standard deviation of the logarithm."""
    shape, scale = doubles(alpha, beta)
    return pt.log(scale) - digamma(shape), pt.sqrt(trigamma(shape))


FAMILY = Family(
    name="InverseGamma",
    op=InvGammaRV,
    support=Support.POSITIVE,
    reference=reference,
    whitening=NearInverseGamma(),
)
