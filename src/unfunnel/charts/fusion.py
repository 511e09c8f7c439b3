"""Putting the parts of a block's elimination together, as a rewrite of PyTensor's.

It belongs to `stabilize`, which samplers apply to the density before they differentiate it. A graph that holds only a
part of a block (the chart of one variable alone), or its parts' pullbacks already, is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import pytensor.tensor as pt
from pytensor.compile.mode import optdb
from pytensor.graph.basic import Apply
from pytensor.graph.rewriting.basic import GraphRewriter, MergeOptimizer
from pytensor.graph.traversal import ancestors
from pytensor.tensor.basic import MakeVector
from pytensor.tensor.elemwise import DimShuffle
from pytensor.tensor.shape import Reshape

from unfunnel.charts.block import SCALAR, Block
from unfunnel.charts.correlated import CorrelatedFactor, CorrelatedSolve
from unfunnel.charts.fused import EffectsSolve, Pullback, SharedFactor, SharedSolve


class Parts(NamedTuple):
    """The operations of one block: by effect, by the span of shared parameters, and the factors.

    Effects that one variable holds have one operation together, under the number of the first. All that have the same
    numbers and coordinates are of one block. PyTensor may have several of a kind, whose other inputs are equal and only
    written in several ways.
    """

    effects: dict[int, list[Any]]
    shared: dict[tuple[int, int], list[Any]]
    factors: list[Any]

    @property
    def first(self) -> Any:
        """The operation of the first effect, or of all."""
        return self.effects[0][0]

    @property
    def together(self) -> bool:
        """Whether one variable holds all effects."""
        return isinstance(self.first.op, CorrelatedSolve)

    @property
    def nodes(self) -> list[Any]:
        """All that give values."""
        return [node for groups in (self.shared, self.effects) for group in groups.values() for node in group]

    @property
    def inputs(self) -> list[Any]:
        """Coordinates of shared variables and of every effect, numbers, scale, offset, f, S and b0."""
        nothing = pt.constant(np.zeros(0))
        of_shared = self.factors[0].inputs[4:] if self.factors else [nothing, nothing]
        shared = [group[0].inputs[0] for group in self.shared.values()]
        each = [group[0].inputs[0] for group in self.effects.values()]
        effects = self.first.inputs[: self.first.op.effects] if self.together else each
        return [*shared, *effects, *self.first.inputs[-4:], *of_shared]

    @property
    def outputs(self) -> list[list[tuple[Any, Any]]]:
        """Values and logarithms of their stretch, of every shared variable and every effect, as often as they are."""
        shared = [[tuple(node.outputs) for node in group] for group in self.shared.values()]
        if not self.together:
            return [*shared, *([tuple(node.outputs) for node in group] for group in self.effects.values())]
        s = self.first.op.effects
        return [*shared, *([(node.outputs[j], node.outputs[s + j]) for node in self.effects[0]] for j in range(s))]


class FuseBlocks(GraphRewriter):
    """Replaces the operations of every whole block by one."""

    def apply(self, fgraph: Any) -> None:
        """Rewrite the graph in place."""
        if not any(isinstance(node.op, EffectsSolve | CorrelatedSolve) for node in fgraph.apply_nodes):
            return
        # The charts ask for the same parts several times.
        MergeOptimizer().apply(fgraph)  # type: ignore[no-untyped-call]
        for parts in list(_blocks(fgraph)):
            _replace(fgraph, parts)


def _blocks(fgraph: Any) -> Iterator[Parts]:
    """Every block of which all parts are there."""
    nodes = fgraph.toposort()
    solves = [node for node in nodes if isinstance(node.op, EffectsSolve | CorrelatedSolve)]
    for numbers in dict.fromkeys(node.inputs[-4] for node in solves):
        factors = [
            node for node in nodes if isinstance(node.op, SharedFactor | CorrelatedFactor) and node.inputs[0] is numbers
        ]
        shared = [node for node in nodes if isinstance(node.op, SharedSolve) and node.inputs[2].owner in factors]
        parts = Parts(
            _grouped([node for node in solves if node.inputs[-4] is numbers], lambda node: getattr(node.op, "j", 0)),
            _grouped(shared, lambda node: (node.op.start, node.op.stop)),
            factors,
        )
        if _is_whole(parts) and not _is_differentiated(fgraph, parts) and not _is_circular(parts):
            yield parts


def _grouped(nodes: list[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    ordered = sorted(nodes, key=key)
    return {name: list(group) for name, group in groupby(ordered, key)}


def _is_whole(parts: Parts) -> bool:
    if 0 not in parts.effects:
        return False
    if not all(_have_one_coordinate(group) for groups in (parts.effects, parts.shared) for group in groups.values()):
        return False
    op = parts.first.op
    covered = [0, *(stop for _, stop in parts.shared)] == [*(start for start, _ in parts.shared), op.shared]
    return covered and (parts.together or list(parts.effects) == list(range(op.effects)))


def _have_one_coordinate(group: list[Any]) -> bool:
    """Two blocks whose evidence is the same constant look like one, but for their coordinates; they are left alone."""
    return all(node.inputs[0] is group[0].inputs[0] for node in group)


def _is_differentiated(fgraph: Any, parts: Parts) -> bool:
    nodes = [*parts.factors, *parts.nodes]
    clients = (client for node in nodes for output in node.outputs for client, _ in fgraph.clients[output])
    return any(isinstance(client, Apply) and isinstance(client.op, Pullback) for client in clients)


def _is_circular(parts: Parts) -> bool:
    """Whether something outside of the block lies between two of its parts, so that no one operation can do both."""
    before = set(ancestors(parts.inputs))
    return any(output in before for node in parts.nodes for output in node.outputs)


def _replace(fgraph: Any, parts: Parts) -> None:
    *coordinates, numbers, scale, offset, f, S, b0 = parts.inputs
    m, op = len(parts.shared), parts.first.op
    shared, effects = [_without_dims(x) for x in coordinates[:m]], coordinates[m:]
    # Not from the coordinates' types: the length of a dim need not be known to them.
    spans = zip(parts.shared, shared, strict=True)
    sizes = tuple(stop - start if x.type.ndim else SCALAR for (start, stop), x in spans)
    scales = _scalars(scale)
    block = Block(op.groups, op.effects, sizes, len(scales))
    outputs = block.applied(*shared, *effects, numbers, *(scales or [scale]), offset, f, S, b0)
    s = op.effects
    values, stretches = [*outputs[:m], *outputs[2 * m : 2 * m + s]], [*outputs[m : 2 * m], *outputs[2 * m + s :][:s]]
    pairs = [
        (old, new if new.type.ndim else pt.expand_dims(pt.tensor_from_scalar(new), 0))
        for replaced, *of_block in zip(parts.outputs, values, stretches, strict=True)
        for of_node in replaced
        for old, new in zip(of_node, of_block, strict=True)
    ]
    fgraph.replace_all(pairs, reason="unfunnel_fuse_blocks")


def _without_dims(x: Any) -> Any:
    """A coordinate without dims where it was given one."""
    if x.type.shape != (1,) or x.owner is None:
        return x
    single = x.owner.inputs[0]
    return single if single.type.ndim == 0 and isinstance(x.owner.op, DimShuffle | Reshape) else x


def _scalars(scale: Any) -> list[Any]:
    """Scales that all groups share, one by one, where the graph has them so."""
    if scale.type.shape == (1, 1):
        return [scale.squeeze()]
    if scale.type.shape[0] != 1 or scale.owner is None or not isinstance(scale.owner.op, DimShuffle):
        return []
    vector = scale.owner.inputs[0]
    made = vector.type.ndim == 1 and vector.owner is not None and isinstance(vector.owner.op, MakeVector)
    return list(vector.owner.inputs) if made else []


# Final: after PyTensor has simplified what lies between the parts.
optdb["stabilize"].register("unfunnel_fuse_blocks", FuseBlocks(), "fast_run", final_rewriter=True)
