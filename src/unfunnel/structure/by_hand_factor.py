"""Recognising correlated effects that their author wrote non-centered: ``u = location + z @ L.T``, z ~ Normal(0, 1).

A row of z (or a column, where it was written ``L @ z``) is a group's standardised effects. L is a factor such as that
of `pymc.LKJCholeskyCov`, or standard deviations times the factor of a correlation, wherever they are multiplied.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pytensor.tensor.blockwise import Blockwise
from pytensor.tensor.elemwise import DimShuffle
from pytensor.tensor.math import Dot

from unfunnel.structure.by_hand import ByHand, sum_with_location
from unfunnel.structure.graph import Clients, is_rearrangement
from unfunnel.structure.positive import is_positive
from unfunnel.structure.products import factor_of, fits, is_name, only_use
from unfunnel.structure.triangular import is_factor


def written_with_factor(z: Any, model: Any, clients: Clients, free: Collection[Any]) -> ByHand | None:
    """The factor that a standardised matrix is multiplied by, and what is added; None where it is used otherwise.

    Parameters
    ----------
    z
        A free variable on the real line with two dims, whose prior's location is 0 and whose scale is a number.
    model, clients, free
        The model, who uses what in its graph, and its free variables.
    """
    used = _used(z, clients)
    if len(used) != 1:
        return None
    (variable, flipped), node, position = used[0]
    core = node.op.core_op if isinstance(node.op, Blockwise) else node.op
    if not isinstance(core, Dot) or variable.type.ndim != 2:
        return None
    groups_first = position == 0
    factor = _flipped(node.inputs[1]) if groups_first else node.inputs[0]
    if not is_factor(factor, model, free):
        return None
    effect, factor = _with_deviations(node.outputs[0], factor, groups_first, model, clients, free)
    effect, groups_first = _by_group(effect, groups_first, clients)
    effect, factor = _with_deviations(effect, factor, groups_first, model, clients, free)
    location, outputs = sum_with_location(effect, clients) or (None, (effect,))
    if location is not None and not groups_first:
        location = location.T
    return ByHand(factor, location, outputs, correlated=True, components_first=(position == 1) != flipped)


def _used(variable: Any, clients: Clients) -> list[tuple[tuple[Any, bool], Any, int]]:
    """What uses a matrix, under whatever name: the matrix, whether it is transposed there, by what and as which input.

    Names that nothing uses are no use.
    """
    found = []
    pending = [(variable, False)]
    while pending:
        current, flipped = pending.pop()
        for node, position in clients.get(current, ()):
            if is_rearrangement(node) and node.outputs[0].type.ndim == 2:
                turned = isinstance(node.op, DimShuffle) and node.op.new_order == (1, 0)
                pending.append((node.outputs[0], flipped != turned))
            else:
                found.append(((current, flipped), node, position))
    return found


def _with_deviations(
    product: Any, factor: Any, groups_first: bool, model: Any, clients: Clients, free: Collection[Any]
) -> tuple[Any, Any]:
    """A product and its factor, with the standard deviations that the product is multiplied by and used only with."""
    variable = product
    while (use := only_use(variable, clients)) is not None:
        node, position = use
        deviations = factor_of(node, position)
        if deviations is not None:
            if not _of_effects(deviations, product, groups_first) or not is_positive(deviations, model, free):
                break
            column = deviations.T[:, :1] if groups_first else deviations[:, :1]
            product, factor = node.outputs[0], column * factor
        elif not is_name(node):
            break
        variable = node.outputs[0]
    return product, factor


def _of_effects(deviations: Any, product: Any, groups_first: bool) -> bool:
    """Whether deviations are one for each effect of a group, or one for all, and the same in every group."""
    if deviations.type.ndim != 2 or not fits(deviations, product):
        return False
    return bool(deviations.type.broadcastable[0 if groups_first else 1])


def _by_group(product: Any, groups_first: bool, clients: Clients) -> tuple[Any, bool]:
    """A product with a row for each group, where its author transposed it and uses only that."""
    if groups_first:
        return product, True
    users = [node for node, _ in clients.get(product, ())]
    if len(users) == 1 and isinstance(users[0].op, DimShuffle) and users[0].op.new_order == (1, 0):
        return users[0].outputs[0], True
    return product, False


def _flipped(matrix: Any) -> Any:
    node = matrix.owner
    if node is not None and isinstance(node.op, DimShuffle) and node.op.new_order == (1, 0):
        return node.inputs[0]
    return matrix.T
