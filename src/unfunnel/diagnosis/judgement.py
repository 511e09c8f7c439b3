"""What one diagnostic says of one element, if it objects."""

from __future__ import annotations

import math
from dataclasses import dataclass

from unfunnel.diagnosis.verdict import Verdict

_NEAR = 0.05
"""Difference of two quantiles that is not worth telling."""


@dataclass(frozen=True)
class Judgement:
    """A verdict, how bad it is (1 and more), and why; what mends it."""

    verdict: Verdict
    severity: float
    sentence: str
    cure: str


def placed(divergences: int, scale: str, quantile: float, start: float) -> str:
    """Where the divergences sit, in a sentence with a blank before it; empty without any."""
    if divergences <= 0 or not math.isfinite(quantile):
        return ""
    sit = "divergence sits" if divergences == 1 else "divergences sit"
    began = ""
    if math.isfinite(start):
        began = (
            ", and started there" if abs(start - quantile) < _NEAR else f", and started about its {100 * start:.0f} %"
        )
    return f" {divergences} {sit} about the {100 * quantile:.0f} % quantile of {scale}{began}."
