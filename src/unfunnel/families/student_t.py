"""StudentT: its location, and about its standard deviation; the degrees of freedom stay what they are."""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt
from pytensor.tensor.random.basic import StudentTRV

from unfunnel.families.base import Family, doubles


def reference(nu: Any, mu: Any, sigma: Any) -> tuple[Any, Any]:
    """μ and ``σ √(1 + 3/ν)``.

    The variance is ``ν/(ν - 2)`` in units of σ², and infinite for ν ≤ 2; ``1 + 3/ν`` is within 13 % of it from ν = 4 on
    and finite below. With σ itself effects that the data leave free are wider than those that they pin down, by as
    much, and what tells the two apart is σ: on 60 groups at ν = 4 it had 60 % of the effective sample size.
    """
    (degrees,) = doubles(nu)
    return mu, sigma * pt.sqrt(1.0 + 3.0 / degrees)


def pull(v: Any, nu: Any, mu: Any, sigma: Any) -> Any:
    """Towards the location: in proportion near it, and ever less far out."""
    (degrees,) = doubles(nu)
    spread = 1.0 + 3.0 / degrees
    return spread * (degrees + 1.0) * v / (degrees + spread * pt.sqr(v))


FAMILY = Family(name="StudentT", op=StudentTRV, carrier=1, reference=reference, pull=pull)
