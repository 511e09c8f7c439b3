"""The operations of sequences for JAX, forward; importing this imports JAX. `fused_jax.py` has their derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from pytensor.link.jax.dispatch.basic import jax_funcify

from unfunnel.charts.cholesky_jax import cholesky
from unfunnel.charts.factors import taken_apart
from unfunnel.charts.recurrence import Recurrence
from unfunnel.charts.sequences import SequenceFactor, SequenceSolve


@jax_funcify.register(Recurrence)
def recurrence(operation: Recurrence, **arguments: Any) -> Callable[..., Any]:
    """Give w."""

    def step(before: Any, given: Any) -> Any:
        a, b = given
        return (a * before + b,) * 2

    return lambda a, b: jax.lax.scan(step, jnp.zeros(()), (jnp.asarray(a), jnp.asarray(b)))[1]


def sequence_solve(operation: SequenceSolve) -> Callable[..., Any]:
    """Give v, w, log_stretch, Λ and κ."""

    def forward(x: Any, y: Any, numbers: Any, scale: Any, offset: Any, f: Any) -> Any:
        blocks = taken_apart(numbers, groups=operation.size, effects=1, shared=operation.shared)
        H, E = blocks.H[:, 0, 0], blocks.E[:, 0]
        r = blocks.h[:, 0] - E @ y
        if offset.shape[0]:
            r = r - H * offset[:, 0]
        s, rho = _by_step(operation, scale)
        precision, pull = _backward(operation, f * H, f * r[:, None], s, rho)

        def step(before: Any, given: Any) -> Any:
            x, s, known, pulled = given
            root = jnp.sqrt(1.0 + s * s * known)
            v = (x + s * (pulled - known * before) / root) / root
            deviation = before + s * v
            return rho * deviation, (v, deviation)

        given = tuple(_by_series(operation, part) for part in (x, precision, pull[:, 0]))
        _, (v, w) = jax.lax.scan(step, jnp.zeros_like(rho), (given[0], s, *given[1:]))
        log_stretch = -0.5 * jnp.log1p(s * s * given[1])
        return v.T.ravel(), w.T.ravel(), log_stretch.T.ravel(), precision, pull[:, 0]

    return forward


def sequence_factor(operation: SequenceFactor) -> Callable[..., Any]:
    """Give R, w, P and b."""

    def forward(numbers: Any, scale: Any, offset: Any, f: Any, S: Any, b0: Any) -> Any:
        blocks = taken_apart(numbers, groups=operation.size, effects=1, shared=operation.shared)
        H, E, r = blocks.H[:, 0, 0], blocks.E[:, 0], blocks.h[:, 0]
        b = f * blocks.g
        if offset.shape[0]:
            r, b = r - H * offset[:, 0], b - f * E.T @ offset[:, 0]
        s, rho = _by_step(operation, scale)
        precision, pulls = _backward(operation, f * H, jnp.concatenate([E, r[:, None]], axis=1), s, rho)
        flat = s.T.ravel()
        weighted = (flat / jnp.sqrt(1.0 + flat * flat * precision))[:, None] * pulls
        whitened, pulled = weighted[:, :-1], weighted[:, -1]
        P = f * blocks.D - f * f * whitened.T @ whitened
        b = b - f * f * whitened.T @ pulled
        factor = cholesky(jnp.eye(operation.shared) + S[:, None] * P * S[None, :])
        return factor, jax.scipy.linalg.solve_triangular(factor, S * (b - P @ b0), lower=True), P, b

    return forward


def _by_series(operation: Any, flat: Any) -> Any:
    """From elements to (step, series, ...)."""
    return jnp.moveaxis(flat.reshape((-1, operation.steps, *flat.shape[1:])), 0, 1)


def _by_step(operation: Any, scale: Any) -> tuple[Any, Any]:
    """Spreads (step, series) and persistence (series,)."""
    series = operation.size // operation.steps
    first, spread, rho = jnp.broadcast_to(scale, (series, 3)).T
    later = jnp.arange(operation.steps)[:, None] > 0
    return jnp.where(later, spread[None, :], first[None, :]), rho


def _backward(operation: Any, information: Any, rows: Any, s: Any, rho: Any) -> tuple[Any, Any]:
    """Precision (N,) and pulls (N, m), from the last step to the first."""

    def step(after: Any, given: Any) -> Any:
        precision, pulls, passed = after
        information, rows, s = given
        precision = information + rho * passed * precision
        pulls = rows + passed[:, None] * pulls
        return (precision, pulls, rho / (1.0 + s * s * precision)), (precision, pulls)

    zero = jnp.zeros_like(rho)
    given = (_by_series(operation, information), _by_series(operation, rows), s)
    start = (zero, jnp.zeros((*rho.shape, rows.shape[1])), zero)
    _, (precision, pulls) = jax.lax.scan(step, start, given, reverse=True)
    return precision.T.ravel(), jnp.moveaxis(pulls, 0, 1).reshape((operation.size, -1))
