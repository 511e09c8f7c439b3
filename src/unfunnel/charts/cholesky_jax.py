"""The Cholesky factor that all operations use, for JAX."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from unfunnel.charts.factors import PIVOT_FLOOR


def cholesky(matrix: Any) -> Any:
    """Lower Cholesky factor, pivots below the floor raised to it."""
    size = matrix.shape[0]
    if size == 0:
        # JAX looks into a loop that is run no time.
        return matrix

    def step(i: Any, state: Any) -> Any:
        left, R = state
        column = jnp.where(jnp.arange(size) == i, raised(left[i, i]), left[:, i])
        column = jnp.where(jnp.arange(size) >= i, column, 0.0) / jnp.sqrt(raised(left[i, i]))
        return left - column[:, None] * column[None, :], R.at[:, i].set(column)

    return jax.lax.fori_loop(0, size, step, (matrix, jnp.zeros_like(matrix)))[1]


def raised(pivot: Any) -> Any:
    """At least the floor."""
    return jnp.where(pivot < PIVOT_FLOOR, PIVOT_FLOOR, pivot)
