"""Gamma, of a rate as an effect or as a prior of scales; PyTensor's second parameter is the scale 1/β.

As an effect: log u has mean ψ(α) + log(scale) and variance ψ'(α).
"""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt
from pytensor.tensor.random.basic import GammaRV

from unfunnel.families.base import Family, doubles
from unfunnel.families.near_gamma import NearGamma
from unfunnel.families.polygamma import digamma, trigamma
from unfunnel.families.support import Support


def reference(alpha: Any, scale: Any) -> tuple[Any, Any]:
    """Mean and standard deviation of the logarithm."""
    shape, width = doubles(alpha, scale)
    return digamma(shape) + pt.log(width), pt.sqrt(trigamma(shape))


FAMILY = Family(name="Gamma", op=GammaRV, support=Support.POSITIVE, reference=reference, whitening=NearGamma())
