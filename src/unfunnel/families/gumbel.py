"""Gumbel (of maxima): its mean μ + γ β, with Euler's γ, and its standard deviation π β / √6."""

from math import pi, sqrt
from typing import Any

import numpy as np
from pytensor.tensor.random.basic import GumbelRV

from unfunnel.families.base import Family, doubles


def reference(mu: Any, beta: Any) -> tuple[Any, Any]:
    """Mean and standard deviation."""
    (width,) = doubles(beta)
    return mu + np.euler_gamma * width, pi / sqrt(6.0) * width


FAMILY = Family(name="Gumbel", op=GumbelRV, reference=reference)
