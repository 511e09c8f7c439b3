"""Beta: the log odds have mean ψ(α) - ψ(β) and variance ψ'(α) + ψ'(β)."""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt
from pytensor.tensor.random.basic import BetaRV

from unfunnel.families.base import Family, doubles
from unfunnel.families.polygamma import digamma, trigamma
from unfunnel.families.support import Support


def reference(alpha: Any, beta: Any) -> tuple[Any, Any]:
    """Mean and standard deviation of the log odds: those of the difference of two logarithms of gamma variables."""
    successes, failures = doubles(alpha, beta)
    return digamma(successes) - digamma(failures), pt.sqrt(trigamma(successes) + trigamma(failures))


FAMILY = Family(name="Beta", op=BetaRV, support=Support.UNIT, reference=reference)
