"""Logarithms of quantiles for JAX; importing this imports JAX, and registers them with PyTensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax.scipy.special import erf, log_ndtr, ndtri
from pytensor.link.jax.dispatch.basic import jax_funcify

from unfunnel.charts.quantiles import EXPONENTIAL, HALF_CAUCHY, HALF_NORMAL, LogQuantile


def half_normal(x: Any) -> Any:
    """g, g' and ``d log q' / dx`` of the half-normal."""
    tail = jnp.exp(log_ndtr(-jnp.abs(x)))
    near = ndtri(0.5 + 0.5 * tail)
    below = near - (erf(near / jnp.sqrt(2.0)) - tail) * jnp.sqrt(jnp.pi / 2.0) * jnp.exp(0.5 * near * near)
    q = jnp.where(x >= 0.0, -ndtri(0.5 * tail), below)
    slope = 0.5 * jnp.exp(0.5 * (q - x) * (q + x))
    return jnp.log(q), slope / q, q * slope - x


def half_cauchy(x: Any) -> Any:
    """g, g' and ``d log q' / dx`` of the half-Cauchy."""
    below = jnp.tan(0.5 * jnp.pi * jnp.exp(log_ndtr(-jnp.abs(x))))
    slope = _density(x) * 0.5 * jnp.pi * (below + 1.0 / below)
    share = below * below / (1.0 + below * below)
    level = jnp.log(below)
    return jnp.where(x > 0.0, -level, level), slope, 2.0 * slope * jnp.where(x > 0.0, 1.0 - share, share) - x


def exponential(x: Any) -> Any:
    """g, g' and ``d log q' / dx`` of the exponential."""
    q = jnp.where(x > 0.0, -log_ndtr(-x), -jnp.log1p(-jnp.exp(log_ndtr(x))))
    slope = _density(x) * jnp.exp(-log_ndtr(-x))
    return jnp.log(q), slope / q, slope - x


def _density(x: Any) -> Any:
    return jnp.exp(-0.5 * x * x) / jnp.sqrt(2.0 * jnp.pi)


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    HALF_NORMAL: half_normal,
    HALF_CAUCHY: half_cauchy,
    EXPONENTIAL: exponential,
}


@jax_funcify.register(LogQuantile)
def twin(operation: LogQuantile, **arguments: Any) -> Callable[..., Any]:
    """The operation as a function of JAX arrays; the formulas are those of `kernels_quantiles.py`."""
    function = _FUNCTIONS[operation.distribution]

    def derivative(x: Any) -> Any:
        level, slope, bend = function(jnp.asarray(x, dtype="float64"))
        return (level, slope, slope * (bend - slope))[operation.order]

    return derivative
