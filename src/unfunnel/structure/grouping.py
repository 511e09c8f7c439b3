"""By which index the likelihood picks the elements of an effect: effects picked by the same one are siblings."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.subtensor import AdvancedSubtensor, Subtensor, indices_from_subtensor

from unfunnel.structure.graph import Clients, is_number, is_rearrangement, plain

_BY_ONE_INDEX = "AdvancedSubtensor{idx_list=(0,)}"
"""What PyTensor calls the operation by which an effect with one dim is picked."""


def grouping_of(outputs: tuple[Any, ...], clients: Clients, *, columns: bool = False) -> str:
    """A signature of how elements of an effect are picked.

    Two effects of one shape with the same signature meet group by group in the likelihood: a group's intercept and its
    slope. Effects that differ in it are crossed.

    Parameters
    ----------
    outputs
        The variables that stand for the effect.
    clients
        Who uses what in the model's graph.
    columns
        Whether the effect is a matrix of several effects of each group. Which of them is picked then does not matter,
        and the signature is that of an effect with one dim that is picked by the same index of groups.

    Returns
    -------
    str
        The indices, in some order; empty where the effect is used element by element.
    """
    found: set[str] = set()
    pending, seen = list(outputs), set(outputs)
    while pending:
        variable = pending.pop()
        for node, position in clients.get(variable, ()):
            picks = isinstance(node.op, AdvancedSubtensor | Subtensor) and position == 0
            groups = _of_groups(node) if picks and columns else None
            if picks and groups != []:
                alone = groups is not None and len(groups) == 1 and not isinstance(groups[0], slice)
                found.add(f"{_BY_ONE_INDEX},{_index(groups[0])}" if groups and alone else _signature(node))
            elif picks or is_rearrangement(node) or isinstance(node.op, Elemwise):
                onward = [output for output in node.outputs if output not in seen]
                seen.update(onward)
                pending.extend(onward)
    return " ".join(sorted(found))


def _of_groups(node: Any) -> list[Any]:
    """The indices of an application that pick groups, and not one of a group's effects, nor everything."""
    indices = indices_from_subtensor(node.inputs[1:], node.op.idx_list)
    return [index for index in indices if index != slice(None) and not is_number(index)]


def _signature(node: Any) -> str:
    return ",".join([str(node.op), *(_index(index) for index in node.inputs[1:])])


def _index(index: Any) -> str:
    """The same for the same index in another build of the model, so that plans can be stored and passed on."""
    index = plain(index)
    if isinstance(index, Constant):
        return _digest(index.data)
    # Data that may change has a name; without one its present values tell it from other data.
    if index.name:
        return str(index.name)
    if isinstance(index, SharedVariable):
        return _digest(index.get_value(borrow=True))  # type: ignore[no-untyped-call]
    if index.owner is None:
        return str(index.type)
    return f"{index.owner.op}({','.join(map(_index, index.owner.inputs))})"


def _digest(values: Any) -> str:
    array = np.asarray(values)
    array = array.astype(np.int64) if np.issubdtype(array.dtype, np.integer) else array
    return hashlib.sha256(array.tobytes()).hexdigest()[:12] if array.dtype != object else str(values)
