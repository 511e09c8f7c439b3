"""Gaussian elimination of a sequence, given its scales: each step follows from the one before.

A variable holds one series of T steps, or several of them along its last axis. Its deviations from its location are
``w_t = ρ w_(t-1) + s_t v_t``: a random walk where ρ is 1, an autoregression where it is not. Its prior precision is
tridiagonal and the evidence on each step a number, so that the posterior given the scales is eliminated from the last
step to the first and solved from the first to the last, in time proportional to T (a Kalman filter that runs
backwards). `kernels_sequences.py` has the formulas. Without evidence the coordinate is v, the noncentered one.

A row of `scale` is ``(s_0, τ, ρ)``, the first step's spread, that of all others, and the persistence; there is one for
all series, or one for each. The evidence is laid out as in `factors.py`, with every step a group of one effect.

References
----------
Rue, H. and Held, L. (2005), Gaussian Markov Random Fields, section 2.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytensor.tensor as pt

from unfunnel.charts.fused import Primal, Pullback, doubles


class SequenceFactorPullback(Pullback):
    """The pullback of :class:`SequenceFactor`."""

    kernel = "sequence_factor_pullback"

    @property
    def settings(self) -> Mapping[str, Any]:  # type: ignore[override]
        """The number of steps."""
        return self.primal.settings


class SequenceFactor(Primal):
    """R, w, and the P and b that they are made of, which the pullback uses again."""

    __props__ = ("size", "steps", "shared")
    kernel = "sequence_factor"
    pullback_type = SequenceFactorPullback
    connected = ((), (0, 1, 2, 3), (1, 3), (0, 1, 2, 3), (0, 1), (1,))

    def __init__(self, size: int, steps: int, shared: int) -> None:
        self.size, self.steps, self.shared = size, steps, shared
        self.settings = MappingProxyType({"steps": steps})

    def input_ndims(self) -> tuple[int, ...]:
        """numbers, scale, offset, f, S, b0."""
        return 1, 2, 2, 0, 1, 1

    def output_types(self, inputs: list[Any]) -> list[Any]:
        """R, w, P, b."""
        return 2 * [doubles(self.shared, self.shared), doubles(self.shared)]


class SequenceSolvePullback(Pullback):
    """The pullback of :class:`SequenceSolve`."""

    kernel = "sequence_solve_pullback"

    @property
    def settings(self) -> Mapping[str, Any]:  # type: ignore[override]
        """The number of steps."""
        return self.primal.settings


class SequenceSolve(Primal):
    """v, the deviations w, the logarithms of the stretch of v; and Λ and κ, which have no gradient."""

    __props__ = ("size", "steps", "shared")
    kernel = "sequence_solve"
    pullback_type = SequenceSolvePullback
    connected = ((0, 1), (0, 1), (), (0, 1, 2), (0, 1), (0, 1, 2))

    def __init__(self, size: int, steps: int, shared: int) -> None:
        self.size, self.steps, self.shared = size, steps, shared
        self.settings = MappingProxyType({"steps": steps})

    def input_ndims(self) -> tuple[int, ...]:
        """x, y, numbers, scale, offset, f."""
        return 1, 1, 1, 2, 2, 0

    def output_types(self, inputs: list[Any]) -> list[Any]:
        """v, w, log_stretch, Λ, κ."""
        return 5 * [doubles(self.size)]


OPERATIONS = (SequenceFactor, SequenceSolve, SequenceFactorPullback, SequenceSolvePullback)


def sequence_factor(
    numbers: Any, scale: Any, offset: Any, f: Any, S: Any, b0: Any, *, size: int, steps: int, shared: int
) -> tuple[Any, Any]:
    """Factor ``R`` (d, d) and shift ``w`` (d,) of the shared parameters, the sequence integrated out.

    `scale` is (1 or series, 3), `offset` (0 or N, 1), `f` a scalar, `S` and `b0` (d,). As in `fused.shared_factor`, a
    pivot below 1/2 is raised to 1/2.
    """
    factor, shift, _, _ = SequenceFactor(size, steps, shared).applied(numbers, scale, offset, f, S, b0)
    return factor, shift


def sequence_solve(
    x: Any, y: Any, numbers: Any, scale: Any, offset: Any, f: Any, *, size: int, steps: int, shared: int
) -> tuple[Any, Any, Any]:
    """Standardised innovations v, deviations w, and the logarithms of the stretch of v, each (N,)."""
    v, w, log_stretch, _, _ = SequenceSolve(size, steps, shared).applied(x, y, numbers, scale, offset, f)
    return v, w, log_stretch


def sequence_conditional(
    y: Any, numbers: Any, scale: Any, offset: Any, f: Any, *, size: int, steps: int, shared: int
) -> tuple[Any, Any]:
    """Precision Λ and pull κ (N,) of what the data from each step on say of it; without gradients."""
    x = pt.zeros(size)
    *_, precision, pull = SequenceSolve(size, steps, shared).applied(x, y, numbers, scale, offset, f)
    return precision, pull
