"""Logarithms of quantiles for JAX; importing this imports JAX, and registers them with PyTensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax.scipy.special import erf, log_ndtr, ndtri
from pytensor.link.jax.dispatch.basic import jax_funcify

from unfunnel.charts.quantiles import EXPONENTIAL, HALF_CAUCHY, HALF_NORMAL, LogQuantile


def half_normal(x: Any) -> Any:
    """Of the half-normal."""
    tail = jnp.exp(log_ndtr(-jnp.abs(x)))
    near = ndtri(0.5 + 0.5 * tail)
    below = near - (erf(near / jnp.sqrt(2.0)) - tail) * jnp.sqrt(jnp.pi / 2.0) * jnp.exp(0.5 * near * near)
    return jnp.log(jnp.where(x >= 0.0, -ndtri(0.5 * tail), below))


def half_cauchy(x: Any) -> Any:
    """Of the half-Cauchy."""
    level = jnp.log(jnp.tan(0.5 * jnp.pi * jnp.exp(log_ndtr(-jnp.abs(x)))))
    return jnp.where(x > 0.0, -level, level)


def exponential(x: Any) -> Any:
    """Of the exponential."""
    return jnp.log(jnp.where(x > 0.0, -log_ndtr(-x), -jnp.log1p(-jnp.exp(log_ndtr(x)))))


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    HALF_NORMAL: half_normal,
    HALF_CAUCHY: half_cauchy,
    EXPONENTIAL: exponential,
}


@jax_funcify.register(LogQuantile)
def twin(operation: LogQuantile, **arguments: Any) -> Callable[..., Any]:
    """The operation as a function of JAX arrays; the formulas are those of `kernels_quantiles.py`."""
    function = _FUNCTIONS[operation.distribution]

    def log_quantile(x: Any) -> Any:
        return function(jnp.asarray(x, dtype="float64"))

    return log_quantile
