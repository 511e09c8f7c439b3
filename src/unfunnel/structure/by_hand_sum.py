"""Recognising random walks that their author wrote as sums: ``cumsum(τ z)``, ``τ cumsum(z)``, or ``cumsum`` of steps.

Each element of such a variable is one innovation. What stands for the walk is the cumulative sum along the last axis,
with the location that is added to it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytensor.tensor as pt
from pytensor.scalar import Mul
from pytensor.tensor.extra_ops import CumOp

from unfunnel.structure.by_hand import ByHand, sum_with_location
from unfunnel.structure.graph import Clients, direct_parents, is_elementwise, is_rearrangement, plain
from unfunnel.structure.positive import is_positive
from unfunnel.structure.products import only_use


def written_as_sum(z: Any, scale: Any, model: Any, clients: Clients, free: Collection[Any]) -> ByHand | None:
    """How innovations become a walk, or None where they are used in any other way.

    Parameters
    ----------
    z
        A free variable on the real line, whose prior's location is 0.
    scale
        Its prior scale.
    model, clients, free
        The model, who uses what in its graph, and its free variables.
    """
    variable, summed, spread = z, False, plain(scale).astype("float64")
    if spread.type.ndim != 0:
        return None
    while (use := only_use(variable, clients)) is not None:
        node, position = use
        if isinstance(node.op, CumOp) and not summed and _along_last(node):
            summed = True
        elif is_elementwise(node, Mul) and (factor := _factor(node, position, model, free)) is not None:
            spread = spread * factor
        elif not (is_rearrangement(node) and node.outputs[0].type.ndim == z.type.ndim):
            break
        variable = node.outputs[0]
    if not summed or not direct_parents([spread], free):
        return None
    packed = pt.stack([spread, spread, pt.ones(())])
    found = sum_with_location(variable, clients)
    location, outputs = (None, (variable,)) if found is None else found
    return ByHand(packed, location, outputs, sequential=True)


def _along_last(node: Any) -> bool:
    ndim = node.outputs[0].type.ndim
    axis = node.op.axis
    return node.op.mode == "add" and (axis in (ndim - 1, -1) or (axis is None and node.inputs[0].type.ndim == 1))


def _factor(node: Any, position: int, model: Any, free: Collection[Any]) -> Any:
    """One positive number that all elements are multiplied by, or None."""
    rest = [plain(factor) for at, factor in enumerate(node.inputs) if at != position]
    if any(factor.type.ndim != 0 or not is_positive(factor, model, free) for factor in rest):
        return None
    return rest[0] if len(rest) == 1 else pt.mul(*rest)
