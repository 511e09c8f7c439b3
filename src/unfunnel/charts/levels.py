"""The informed chart of one level of a tree: its elements given their parents' values and the shared parameters."""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt

from unfunnel.charts.base import Anchor, StandardizingChart
from unfunnel.charts.nested import NestedFactor, NestedSolve


def nested_factor(
    numbers: Any, scale: Any, offset: Any, f: Any, S: Any, b0: Any, *, sizes: tuple[int, ...], shared: int
) -> tuple[Any, Any, Any, Any, Any]:
    """R, w, W, q and F of nested levels; see `nested.py`."""
    R, w, W, q, F, _, _ = NestedFactor(sizes, shared).applied(numbers, scale, offset, f, S, b0)
    return R, w, W, q, F


class EliminatedLevel(StandardizingChart):
    """The chart of one level; the context is (above, y, numbers, scale, offset, W, q, F), see `nested.py`."""

    name = "eliminated"

    def __init__(self, anchor: Anchor, sizes: tuple[int, ...], level: int) -> None:
        super().__init__(anchor)
        self.sizes, self.level = sizes, level

    def standardised(self, x: Any, location: Any, scale: Any, context: list[Any]) -> tuple[Any, Any]:
        """Give v of this level, given its parents and the shared parameters."""
        operation = NestedSolve(self.level, len(self.sizes), self.sizes[self.level])
        v, log_stretch, *_ = operation.applied(x.flatten(), *context)
        return _shaped(v, x), _shaped(log_stretch, x)

    def coordinate(self, v: Any, location: Any, scale: Any, context: list[Any]) -> Any:
        """The inverse."""
        above, y, numbers, scales, offset, W, q, F = context
        start = sum(self.sizes[: self.level])
        own = slice(start, start + self.sizes[self.level])
        total, levels = sum(self.sizes), len(self.sizes)
        parents, slopes, A = _sections(numbers, levels, total, F.type.shape[1])
        tau = scales[self.level] if scales.type.shape[0] == levels else scales[own]
        centre = A[own] @ y
        if offset.type.shape[0] != 0:
            centre = centre + offset[own]
        if self.level + 1 < levels:
            centre = centre + slopes[own] * above[parents[own].astype("int64")]
        M = 1.0 + pt.sqr(tau) * W[own]
        pull = q[own] - F[own] @ y - W[own] * centre
        return _shaped((v.flatten() - tau * pull / M) * pt.sqrt(M), v)


def _sections(numbers: Any, levels: int, total: int, shared: int) -> tuple[Any, Any, Any]:
    """Parents, slopes and A."""
    start = levels + 2 * total + total * shared
    A = numbers[start + 2 * total : start + (2 + shared) * total].reshape((total, shared))
    return numbers[start : start + total], numbers[start + total : start + 2 * total], A


def _shaped(flat: Any, like: Any) -> Any:
    return flat if like.type.ndim == 1 else flat.reshape(like.shape, ndim=like.type.ndim)
