"""The informed chart of one variable that holds all effects of every group: vectors that a prior may correlate.

With R the factor of a group's precision in units of its prior (see `factors.py`), the standardised effects of a group
are ``v = R'⁻¹ (x + f R⁻¹ L' (h - H c - E y))``. The coordinate x has the dims of the variable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytensor.tensor as pt
from pymc.logprob.transforms import Transform

from unfunnel.charts import correlated, factors
from unfunnel.charts.base import Anchor, StandardizingChart
from unfunnel.charts.context import with_context
from unfunnel.charts.elimination import Sizes
from unfunnel.charts.triangle import Triangle, triangle


@dataclass(frozen=True)
class Arrangement:
    """How a variable holds vectors: with a row for each group, or, where `components_first`, a column."""

    sizes: Sizes
    components_first: bool = False

    def columns(self, variable: Any) -> list[Any]:
        """Each effect of every group (K,), of a variable or its coordinate."""
        if self.components_first:
            variable = variable.T
        elif variable.type.ndim != 2:
            variable = variable.reshape((self.sizes.groups, self.sizes.effects))
        return [variable[:, j] for j in range(self.sizes.effects)]

    def shaped(self, columns: list[Any], like: Any) -> Any:
        """The same in the shape of the variable."""
        return self.arranged(pt.stack(columns, axis=1), like)

    def arranged(self, by_group: Any, like: Any) -> Any:
        """A matrix with a row for each group, in the shape of the variable."""
        variable = by_group.T if self.components_first else by_group
        return variable if like.type.ndim == 2 else variable.reshape(like.shape, ndim=like.type.ndim)

    def solve(self, x: Any, context: list[Any]) -> tuple[list[Any], list[Any]]:
        """Standardised effects and the logarithms of their stretch, from the coordinate."""
        return correlated.correlated_solve(self.columns(x), *context, **self._named)

    def coordinate(self, v: list[Any], context: list[Any]) -> list[Any]:
        """The inverse."""
        return factors.vectors_coordinate(v, *context, **self._named)

    @property
    def _named(self) -> dict[str, int]:
        return {"groups": self.sizes.groups, "effects": self.sizes.effects, "shared": self.sizes.shared}


class EliminatedVectors(StandardizingChart):
    """Of a variable whose own prior is elementwise; the context is (y, numbers, scales, offset, f).

    Either the standardised vectors themselves, written so by their author, or effects that are independent in the
    prior.
    """

    name = "eliminated"

    def __init__(self, anchor: Anchor, arrangement: Arrangement) -> None:
        super().__init__(anchor)
        self.arrangement = arrangement

    def standardised(self, x: Any, location: Any, scale: Any, context: list[Any]) -> tuple[Any, Any]:
        """Give v of all effects, given the shared parameters."""
        v, log_stretch = self.arrangement.solve(x, context)
        return self.arrangement.shaped(v, x), self.arrangement.shaped(log_stretch, x)

    def coordinate(self, v: Any, location: Any, scale: Any, context: list[Any]) -> Any:
        """The inverse."""
        return self.arrangement.shaped(self.arrangement.coordinate(self.arrangement.columns(v), context), v)


class EliminatedMultivariate(Transform):  # type: ignore[misc]
    """Of a variable whose own prior is of vectors; the context is the same, with the packed factor among the scales.

    The variable is handed on together with v and the logarithm of L's determinant, from which its density is to be
    found (`families/mv_normal.py`): taken apart again it would lose a tiny scale beside the location.
    """

    name = "eliminated"
    ndim_supp = 1

    def __init__(self, anchor: Anchor, arrangement: Arrangement) -> None:
        self.anchor, self.arrangement = anchor, arrangement

    def forward(self, value: Any, *inputs: Any) -> Any:
        """From the variable to the coordinate."""
        location, _, context = self.anchor.read(inputs)
        v = self._factor(context).solved(self.arrangement.columns(value - location))
        return self.arrangement.shaped(self.arrangement.coordinate(v, context), value)

    def backward(self, value: Any, *inputs: Any) -> Any:
        """From the coordinate to the variable."""
        location, _, context = self.anchor.read(inputs)
        L = self._factor(context)
        v, _ = self.arrangement.solve(value, context)
        variable = location + self.arrangement.arranged(L.applied(v), value)
        return with_context(variable, self.arrangement.shaped(v, value), self._log_determinant(L, value))

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Log of the determinant of the derivative of `backward`, group by group."""
        *_, context = self.anchor.read(inputs)
        _, log_stretch = self.arrangement.solve(value, context)
        return _by_group(sum(log_stretch), value) + self._log_determinant(self._factor(context), value)

    def _factor(self, context: list[Any]) -> Triangle:
        _, _, scales, _, _ = context
        return triangle(scales, self.arrangement.sizes.effects)

    def _log_determinant(self, L: Triangle, value: Any) -> Any:
        """Of L, group by group."""
        return _by_group(pt.broadcast_to(L.log_determinant(), (self.arrangement.sizes.groups,)), value)


def _by_group(flat: Any, like: Any) -> Any:
    """A number for each group, in the shape of the variable without its last axis."""
    return flat if like.type.ndim == 2 else flat.reshape(like.shape[:-1], ndim=like.type.ndim - 1)
