"""Whether the columns of a matrix of effects are several effects of each group, by how the likelihood uses it.

``u[group, 0] + u[group, 1] * x``, or ``(u[group] * X).sum(-1)``: rows are picked by group, columns by name or all at
once and then added up. A matrix that is used element by element, or picked by two indices, has one effect a group.
"""

from __future__ import annotations

from typing import Any

from pytensor.tensor.blockwise import Blockwise
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.math import Dot, Sum
from pytensor.tensor.subtensor import AdvancedSubtensor, Subtensor, indices_from_subtensor

from unfunnel.structure.graph import Clients, is_number, is_rearrangement


def has_columns(outputs: tuple[Any, ...], clients: Clients) -> bool:
    """Whether the last axis of a matrix, under any of its names, is that of a group's several effects.

    Parameters
    ----------
    outputs
        The variables that stand for the matrix, with two dims.
    clients
        Who uses what in the model's graph.
    """
    uses = [use for output in outputs for use in _uses(output, clients)]
    return bool(uses) and all(uses)


def _uses(matrix: Any, clients: Clients) -> list[bool]:
    """For each use of a matrix whether it is one of its columns, or adds them up."""
    found: list[bool] = []
    for node, position in clients.get(matrix, ()):
        output = node.outputs[0]
        if isinstance(node.op, AdvancedSubtensor | Subtensor) and position == 0:
            found += _picked(node, clients)
        elif _keeps_columns(node) and output.type.ndim == 2:
            found += _uses(output, clients)
        else:
            found.append(_adds_columns(node, position))
    return found


def _picked(node: Any, clients: Clients) -> list[bool]:
    if node.outputs[0].type.ndim == 2:
        return _uses(node.outputs[0], clients)
    indices = indices_from_subtensor(node.inputs[1:], node.op.idx_list)
    return [len(indices) == 2 and is_number(indices[1])]


def _adds_columns(node: Any, position: int) -> bool:
    core = node.op.core_op if isinstance(node.op, Blockwise) else node.op
    if isinstance(core, Sum):
        return core.axis == (1,)
    return isinstance(core, Dot) and position == 0


def _keeps_columns(node: Any) -> bool:
    turns = getattr(node.op, "new_order", None) == (1, 0)
    return isinstance(node.op, Elemwise) or (is_rearrangement(node) and not turns)
