"""LogNormal: location and scale of its logarithm; as a prior of scales it is whitened by them."""

from __future__ import annotations

from math import log, pi
from typing import Any

import pytensor.tensor as pt
from pytensor.tensor.random.basic import LogNormalRV

from unfunnel.charts import Whitening
from unfunnel.families.base import Family
from unfunnel.families.support import Support


class LogNormalWhitening(Whitening):
    """``x = (log τ - μ) / σ``, which needs no distribution function."""

    def from_normal(self, x: Any, *parameters: Any) -> Any:
        """τ at the coordinate."""
        mu, sigma = parameters
        return pt.exp(mu + sigma * x)

    def to_normal(self, value: Any, *parameters: Any) -> Any:
        """The coordinate of τ."""
        mu, sigma = parameters
        return (pt.log(value) - mu) / sigma

    def log_density(self, value: Any, *parameters: Any) -> Any:
        """Log density of the log-normal."""
        _, sigma = parameters
        return -0.5 * pt.sqr(self.to_normal(value, *parameters)) - pt.log(sigma) - pt.log(value) - 0.5 * log(2.0 * pi)


FAMILY = Family(
    name="LogNormal",
    op=LogNormalRV,
    support=Support.POSITIVE,
    reference=lambda mu, sigma: (mu, sigma),
    whitening=LogNormalWhitening(),
)
