"""The elimination of a whole block as one fused operation.

PyMC asks for the charts one variable after the other, so that they are written with the operations of `fused.py`, each
of which does a part. `fusion.py` puts the parts together before the density is differentiated: one operation, and one
for its pullback, do it all, without taking any group's matrices apart twice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.scalar as ps
import pytensor.tensor as pt
from pytensor.scalar.basic import ScalarVariable
from pytensor.tensor.basic import get_underlying_scalar_constant_value
from pytensor.tensor.exceptions import NotScalarConstantError

from unfunnel.charts.fused import Primal, Pullback, doubles

LANES = 64
"""Groups that the kernels of three effects and more take at once: what a loop costs to begin is spread over them."""

KEPT = {1: 4, 2: 15}
"""Numbers that `kernels_lone.py` and `kernels_pair.py` keep for every group; for more effects it depends on them."""

SCRATCH = {1: 2, 2: 9}
"""Numbers for every group that their way back works with; for more effects the kernel makes its own."""

SCALAR = 0
"""The size by which a shared variable without dims is told from one of length 1."""


def kept_size(groups: int, effects: int, shared: int) -> int:
    """How many numbers the kernels keep for the way back: what takes long to compute again."""
    if effects in KEPT:
        return KEPT[effects] * groups
    return (groups + LANES - 1) // LANES * LANES * effects * (effects + 1 + shared)


def scratch_size(groups: int, effects: int) -> int:
    """How many numbers the way back works with, beside its results."""
    return SCRATCH.get(effects, 0) * groups


def tape_size(groups: int, effects: int, shared: int, scales: int) -> int:
    """All that is kept for the way back: parents, coordinates, values, stretches, R, w, P, b, y, and of the groups."""
    several = 6 * shared + 2 * shared * shared + 3 * groups * effects
    return scales + several + kept_size(groups, effects, shared)


class _Scalars:
    """What has no dims is a number and not an array: in compiled code an array of one number takes memory."""

    def taken(self, given: Any) -> Any:
        """An input as the operation takes it."""
        if isinstance(given, ScalarVariable):
            return given
        variable = pt.cast(given, "float64")
        return variable if variable.type.ndim else pt.scalar_from_tensor(variable)


class BlockPullback(_Scalars, Pullback):
    """The pullback of :class:`Block`."""

    kernel = "block_pullback"

    @property
    def settings(self) -> dict[str, Any]:  # type: ignore[override]
        """As of the block."""
        return dict(self.primal.settings)


class Block(_Scalars, Primal):
    """z and v of a block, the logarithms of their stretch, and what the way back needs of the forward pass.

    Inputs are a coordinate for every shared variable, one for every effect (K,), and numbers, scale, offset, f, S and
    b0 as in `factors.py`; scales that all groups share come as so many scalars. Outputs are z of every shared variable,
    the logarithms of the stretch of each, the same of every effect, and the tape.

    Parameters
    ----------
    groups, effects
        Their numbers.
    sizes
        Of the shared variables; `SCALAR` for one without dims.
    scales
        How many scalars the scales are; 0 if they come as a matrix.
    """

    __props__ = ("groups", "effects", "sizes", "scales")
    kernel = "block"
    pullback_type = BlockPullback

    def __init__(self, groups: int, effects: int, sizes: tuple[int, ...], scales: int = 0) -> None:
        self.groups, self.effects, self.sizes, self.scales = groups, effects, sizes, scales

    @property
    def shared(self) -> int:
        """Number of shared parameters."""
        return sum(max(size, 1) for size in self.sizes)

    @property
    def tape_size(self) -> int:
        """Length of the tape."""
        return tape_size(self.groups, self.effects, self.shared, self.scales)

    @property
    def settings(self) -> dict[str, Any]:  # type: ignore[override]
        """How many variables the arrays come from."""
        return {"effects": self.effects, "sizes": self.sizes, "scales": self.scales}

    @property
    def connected(self) -> tuple[tuple[int, ...], ...]:  # type: ignore[override]
        """For every input, the outputs that it is connected to."""
        m, s = len(self.sizes), self.effects
        z, z_stretch = tuple(range(m)), tuple(range(m, 2 * m))
        v, v_stretch = tuple(range(2 * m, 2 * m + s)), tuple(range(2 * m + s, 2 * (m + s)))
        everything, values = (*z, *z_stretch, *v, *v_stretch), (*z, *v)
        coordinates = [*m * [values], *s * [v]]
        return *coordinates, (), *max(self.scales, 1) * [everything], values, everything, everything, values

    def input_ndims(self) -> tuple[int, ...]:
        """Coordinates, numbers, scale, offset, f, S, b0."""
        scales = self.scales * [0] or [2]
        return *(min(size, 1) for size in self.sizes), *self.effects * [1], 1, *scales, 2, 0, 1, 1

    def output_types(self, inputs: list[Any]) -> list[Any]:
        """z, their stretch, v, their stretch, and the tape."""
        shared = [ps.float64 if size == SCALAR else doubles(size) for size in self.sizes]
        effects = self.effects * [doubles(self.groups)]
        return [*shared, *shared, *effects, *effects, doubles(self.tape_size)]

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> Any:
        """As of any fused operation; of a cotangent that is one number throughout, that number is enough."""
        return super().pullback(inputs, outputs, [_condensed(bar) for bar in cotangents])


def _condensed(cotangent: Any) -> Any:
    """An array of one element, where all are that number for certain: a sum's cotangent is one everywhere."""
    if not isinstance(cotangent.type, pt.TensorType) or cotangent.type.ndim != 1:
        return cotangent
    try:
        value = get_underlying_scalar_constant_value(cotangent)  # type: ignore[no-untyped-call]
    except NotScalarConstantError:
        return cotangent
    return pt.constant(np.array([float(value)]))
