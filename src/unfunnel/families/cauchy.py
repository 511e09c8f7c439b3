"""Cauchy: its median and half its interquartile range; it has no moments."""

from typing import Any

import pytensor.tensor as pt
from pytensor.tensor.random.basic import CauchyRV

from unfunnel.families.base import Family


def pull(v: Any, alpha: Any, beta: Any) -> Any:
    """Greatest at the quartiles, and nearly none far out."""
    return 2.0 * v / (1.0 + pt.sqr(v))


FAMILY = Family(name="Cauchy", op=CauchyRV, reference=lambda alpha, beta: (alpha, beta), pull=pull)
