"""ZeroSumNormal: normal deviations that sum to zero, independent of scale σ in PyMC's orthonormal coordinates."""

from __future__ import annotations

from typing import Any

from pymc.distributions.multivariate import ZeroSumNormalRV

from unfunnel.families.base import Family
from unfunnel.families.support import Support


def reference(sigma: Any, support_shape: Any) -> tuple[Any, Any]:
    """Zero, and the scale, which has length one along the axes that sum to zero."""
    return sigma.zeros_like(dtype="float64"), sigma


FAMILY = Family(name="ZeroSumNormal", op=ZeroSumNormalRV, support=Support.ZERO_SUM, reference=reference)
