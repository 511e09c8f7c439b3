"""The chart of a fixed centeredness λ, group by group, of effects that are correlated within a group."""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt
from pymc.logprob.transforms import Transform

from unfunnel.charts.base import Anchor


class PartialMultivariateChart(Transform):  # type: ignore[misc]
    """``x_k = λ_k u_k + (1 - λ_k) v_k``, between the effects u of a group and their standardised value v.

    With ``u = location + L v`` that is ``x = λ location + B v`` and ``B = λ L + (1 - λ) I``, lower triangular with a
    positive diagonal, so that v follows by forward substitution. λ = 1 is centered, λ = 0 noncentered. Of the ways
    between them this one needs no powers of a matrix; where the effects of a group are independent it is not the
    ``scale**λ`` of :class:`PartialChart`.

    The context is λ, with a number for each group, and L; and the effect's location where the variable is the
    standardised value itself, written so by its author.

    Parameters
    ----------
    anchor
        Of the variable's family.
    components
        How many effects a group has.
    components_first
        Whether the variable has a row for each effect of a group, and a column for each group.

    References
    ----------
    Gorinova, M., Moore, D. and Hoffman, M. (2020), Automatic reparameterisation of probabilistic programs.
    """

    name = "partial"
    ndim_supp = 1

    def __init__(self, anchor: Anchor, *, components: int, components_first: bool = False) -> None:
        self.anchor, self.components, self.components_first = anchor, components, components_first

    def forward(self, value: Any, *inputs: Any) -> Any:
        """From the variable to the coordinate."""
        own_location, own_scale, (centeredness, factor, *by_hand) = self.anchor.read(inputs)
        if by_hand:
            v = self._turned(value) / own_scale
            return self._turned(centeredness[..., None] * by_hand[0] + _blended(centeredness, factor, v))
        v = pt.linalg.solve_triangular(factor, (value - own_location)[..., None], lower=True)[..., 0]
        return centeredness[..., None] * own_location + _blended(centeredness, factor, v)

    def backward(self, value: Any, *inputs: Any) -> Any:
        """From the coordinate to the variable."""
        own_location, own_scale, (centeredness, factor, *by_hand) = self.anchor.read(inputs)
        if by_hand:
            return self._turned(own_scale * self._standardised(self._turned(value), centeredness, factor, by_hand[0]))
        v = self._standardised(value, centeredness, factor, own_location)
        return own_location + v @ factor.T

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Log of the determinant of the derivative of `backward`, group by group; of one by hand a single number."""
        _, own_scale, (centeredness, factor, *by_hand) = self.anchor.read(inputs)
        diagonal = factor.diagonal()
        stretch = -pt.log(_between(centeredness[..., None], diagonal)).sum(axis=-1)
        if by_hand:
            # The prior of z is elementwise; one number stands for all of its elements.
            return stretch.sum() + value.size * pt.log(own_scale).sum()
        return stretch + pt.log(diagonal).sum()

    def _standardised(self, x: Any, centeredness: Any, factor: Any, location: Any) -> Any:
        """v, by forward substitution over the effects of a group, elementwise over groups."""
        right = x - centeredness[..., None] * location
        solved: list[Any] = []
        for j in range(self.components):
            earlier = sum(centeredness * factor[j, i] * solved[i] for i in range(j))
            solved.append((right[..., j] - earlier) / _between(centeredness, factor[j, j]))
        return pt.stack(solved, axis=-1)

    def _turned(self, value: Any) -> Any:
        """With a row for each group, or from that to the variable's own way; the two are one another's inverse."""
        return value.T if self.components_first else value


def _between(centeredness: Any, scale: Any) -> Any:
    return centeredness * scale + (1.0 - centeredness)


def _blended(centeredness: Any, factor: Any, v: Any) -> Any:
    """``B v``."""
    weight = centeredness[..., None]
    return weight * (v @ factor.T) + (1.0 - weight) * v
