"""Logistic: its mean, and its standard deviation π s / √3."""

from math import pi, sqrt
from typing import Any

from pytensor.tensor.random.basic import LogisticRV

from unfunnel.families.base import Family, doubles


def reference(mu: Any, s: Any) -> tuple[Any, Any]:
    """Mean and standard deviation."""
    (width,) = doubles(s)
    return mu, pi / sqrt(3.0) * width


FAMILY = Family(name="Logistic", op=LogisticRV, reference=reference)
