"""Laplace: its mean, and its standard deviation √2 b."""

from math import sqrt
from typing import Any

import pytensor.tensor as pt
from pytensor.tensor.random.basic import LaplaceRV

from unfunnel.families.base import Family, doubles


def reference(mu: Any, b: Any) -> tuple[Any, Any]:
    """Mean and standard deviation."""
    (width,) = doubles(b)
    return mu, sqrt(2.0) * width


def pull(v: Any, mu: Any, b: Any) -> Any:
    """The same from wherever."""
    return sqrt(2.0) * pt.sign(v)


FAMILY = Family(name="Laplace", op=LaplaceRV, reference=reference, pull=pull)
