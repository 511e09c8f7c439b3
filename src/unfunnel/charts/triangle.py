"""The factor of the prior covariance of a group's effects, as it is applied to the effects of all groups."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import pytensor.tensor as pt

from unfunnel.charts import factors

MOST_WRITTEN_OUT = 3
"""Effects up to which a graph has an operation for each entry: fused, they take one pass over the groups.

Their number grows with the square of that of the effects, and with it the time of a compilation.
"""


class Triangle(ABC):
    """A lower triangular factor L, and effects as a vector over groups (K,) for each."""

    @abstractmethod
    def applied(self, v: list[Any]) -> Any:
        """L v, group by group; dims (group, effect)."""

    @abstractmethod
    def solved(self, right: list[Any]) -> list[Any]:
        """``L⁻¹`` applied to `right`, group by group."""

    @abstractmethod
    def log_determinant(self) -> Any:
        """Of L; of every group, or one for all."""


class WrittenOut(Triangle):
    """Of few effects, or with a factor for each group.

    Parameters
    ----------
    scale, effects
        As in `factors.py`.
    """

    def __init__(self, scale: Any, effects: int) -> None:
        self.L = factors.prior_factor(scale, effects)

    def applied(self, v: list[Any]) -> Any:
        """Sums of products."""
        return pt.stack([sum(entry * x for entry, x in zip(row, v, strict=False)) for row in self.L], axis=1)

    def solved(self, right: list[Any]) -> list[Any]:
        """Forward substitution."""
        found: list[Any] = []
        for row, target in zip(self.L, right, strict=True):
            found.append((target - sum(entry * v for entry, v in zip(row[:-1], found, strict=True))) / row[-1])
        return found

    def log_determinant(self) -> Any:
        """Group by group."""
        return sum(pt.log(row[-1]) for row in self.L)


class Dense(Triangle):
    """Of many effects whose factor all groups share: products with one matrix."""

    def __init__(self, scale: Any, effects: int) -> None:
        self.matrix = pt.zeros((effects, effects))[np.tril_indices(effects)].set(scale[0])
        self.effects = effects

    def applied(self, v: list[Any]) -> Any:
        """One product."""
        return pt.stack(v, axis=1) @ self.matrix.T

    def solved(self, right: list[Any]) -> list[Any]:
        """One solve with all groups on the right hand side."""
        found = pt.linalg.solve_triangular(self.matrix, pt.stack(right), lower=True)
        return [found[j] for j in range(self.effects)]

    def log_determinant(self) -> Any:
        """One for all groups."""
        return pt.log(self.matrix.diagonal()).sum()


def triangle(scale: Any, effects: int) -> Triangle:
    """The factor that a packed triangle holds, with a row for all groups or one for each."""
    shared_by_all = scale.type.shape[0] == 1
    return (Dense if shared_by_all and effects > MOST_WRITTEN_OUT else WrittenOut)(scale, effects)
