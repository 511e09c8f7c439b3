"""TruncatedNormal: location and scale of the logarithm of the distance to its bound, or of the log odds between two.

For one bound at a distance z = (μ - a) / σ the typical distance is σ g with g = (z + √(z² + 2)) / 2, whose logarithm is
arcsinh(z / √2) - log(2) / 2: it is μ - a far inside, and of the order of the exponential's σ / |z| far outside. The
scale s has 1/s² = g² + 6/π²: σ / (μ - a) far inside, and far outside π/√6, that of the logarithm of an exponential. For
two bounds the logarithms are subtracted; 1/s² = (1/g + 1/g')⁻² + 3/π², so that a flat one has nearly the logistic π/√3.

Measured against the moments: for one bound the location is off by at most 0.4 standard deviations, and the scale is
0.64 to 1 times theirs; worst where μ is one or two σ inside. For two bounds with μ beyond them it is off by up
to 1.5. Since u is not a location and a scale, (u - μ) / σ does not simplify: below σ = 1e-12 |μ| it is rounding.
"""

from __future__ import annotations

from math import log, pi, sqrt
from typing import Any

import pytensor.tensor as pt
from pymc.distributions.continuous import TruncatedNormalRV

from unfunnel.families.base import Family, doubles
from unfunnel.families.support import Support, finite_or_none

_ONE_BOUND, _TWO_BOUNDS = 6.0 / pi**2, 3.0 / pi**2


def reference(mu: Any, sigma: Any, lower: Any, upper: Any) -> tuple[Any, Any]:
    """Location and scale on PyMC's interval coordinate, which falls as the value grows if the only bound is above."""
    location, scale = doubles(mu, sigma)
    below, above = finite_or_none(lower), finite_or_none(upper)
    if below is None and above is None:
        return mu, sigma
    from_below = None if below is None else location - _finite(below)
    from_above = None if above is None else _finite(above) - location
    if from_below is None:
        return _unless_infinite(above, _one(from_above, scale), (location, scale))
    if from_above is None:
        return _unless_infinite(below, _one(from_below, scale), (location, scale))
    with_lower = _unless_infinite(above, _two(from_below, from_above, scale), _one(from_below, scale))
    without_lower = _unless_infinite(above, _one(from_above, scale), (location, scale))
    return _unless_infinite(below, with_lower, without_lower)


def _finite(bound: Any) -> Any:
    """A bound that may be computed with, though it is infinite and what comes of it is not taken."""
    return pt.switch(pt.isinf(bound), 0.0, bound)


def _unless_infinite(bound: Any, bounded: tuple[Any, Any], unbounded: tuple[Any, Any]) -> tuple[Any, Any]:
    """Element by element; PyTensor folds the question away where the bound is a constant."""
    infinite = pt.isinf(bound)
    return pt.switch(infinite, unbounded[0], bounded[0]), pt.switch(infinite, unbounded[1], bounded[1])


def _one(distance: Any, scale: Any) -> tuple[Any, Any]:
    log_g = _log_typical(distance / scale)
    return pt.log(scale) + log_g, 1.0 / pt.sqrt(pt.exp(2.0 * log_g) + _ONE_BOUND)


def _two(below: Any, above: Any, scale: Any) -> tuple[Any, Any]:
    log_below, log_above = _log_typical(below / scale), _log_typical(above / scale)
    spread = pt.exp(-log_below) + pt.exp(-log_above)
    return log_below - log_above, 1.0 / pt.sqrt(1.0 / pt.sqr(spread) + _TWO_BOUNDS)


def _log_typical(z: Any) -> Any:
    return pt.arcsinh(z / sqrt(2.0)) - 0.5 * log(2.0)


FAMILY = Family(name="TruncatedNormal", op=TruncatedNormalRV, support=Support.INTERVAL, reference=reference)
