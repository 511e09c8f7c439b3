"""Logistic: its mean, and its standard deviation π s / √3."""

from math import pi, sqrt
from typing import Any

import pytensor.tensor as pt
from pytensor.tensor.random.basic import LogisticRV

from unfunnel.families.base import Family, doubles


def reference(mu: Any, s: Any) -> tuple[Any, Any]:
    """Mean and standard deviation."""
    (width,) = doubles(s)
    return mu, pi / sqrt(3.0) * width


def pull(v: Any, mu: Any, s: Any) -> Any:
    """In proportion near the mean, and the same from wherever far out."""
    width = pi / sqrt(3.0)
    return width * pt.tanh(0.5 * width * v)


FAMILY = Family(name="Logistic", op=LogisticRV, reference=reference, pull=pull)
