"""SkewNormal: its mean and standard deviation, with δ = α / √(1 + α²).

The mean is μ + σ δ √(2/π) and the variance σ² (1 - 2 δ² / π).
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import pytensor.tensor as pt
from pymc.distributions.continuous import SkewNormalRV

from unfunnel.families.base import Family, doubles


def reference(mu: Any, sigma: Any, alpha: Any) -> tuple[Any, Any]:
    """Mean and standard deviation."""
    width, skew = doubles(sigma, alpha)
    mean = sqrt(2.0 / pi) * skew / pt.sqrt(1.0 + pt.sqr(skew))
    return mu + width * mean, width * pt.sqrt(1.0 - pt.sqr(mean))


FAMILY = Family(name="SkewNormal", op=SkewNormalRV, reference=reference)
