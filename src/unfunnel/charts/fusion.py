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
from unfunnel.charts.fused import EffectsSolve, Pullback, SharedFactor, SharedSolve


class Parts(NamedTuple):
    """The operations of one block, by effect, by the span of shared parameters, and the factors.

    All that have the same numbers are of one block. PyTensor may have several of a kind, whose other inputs are equal
    and only written in several ways.
    """

    effects: dict[int, list[Any]]
    shared: dict[tuple[int, int], list[Any]]
    factors: list[Any]

    @property
    def solves(self) -> list[list[Any]]:
        """Those of every shared variable, then those of every effect."""
        return [*self.shared.values(), *self.effects.values()]


class FuseBlocks(GraphRewriter):
    """Replaces the operations of every whole block by one."""

    def apply(self, fgraph: Any) -> None:
        """Rewrite the graph in place."""
        if not any(isinstance(node.op, EffectsSolve) for node in fgraph.apply_nodes):
            return
        # The charts ask for the same parts several times.
        MergeOptimizer().apply(fgraph)  # type: ignore[no-untyped-call]
        for parts in list(_blocks(fgraph)):
            _replace(fgraph, parts)


def _blocks(fgraph: Any) -> Iterator[Parts]:
    """Every block of which all parts are there."""
    nodes = fgraph.toposort()
    evidence = dict.fromkeys(node.inputs[3] for node in nodes if isinstance(node.op, EffectsSolve))
    for numbers in evidence:
        effects = [node for node in nodes if isinstance(node.op, EffectsSolve) and node.inputs[3] is numbers]
        factors = [node for node in nodes if isinstance(node.op, SharedFactor) and node.inputs[0] is numbers]
        shared = [node for node in nodes if isinstance(node.op, SharedSolve) and node.inputs[2].owner in factors]
        parts = Parts(
            _grouped(effects, lambda node: node.op.j),
            _grouped(shared, lambda node: (node.op.start, node.op.stop)),
            factors,
        )
        if _is_whole(parts) and not _is_differentiated(fgraph, parts) and not _is_circular(parts):
            yield parts


def _grouped(nodes: list[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    ordered = sorted(nodes, key=key)
    return {name: list(group) for name, group in groupby(ordered, key)}


def _is_whole(parts: Parts) -> bool:
    op = parts.effects[min(parts.effects)][0].op
    covered = [0, *(stop for _, stop in parts.shared)] == [*(start for start, _ in parts.shared), op.shared]
    return covered and list(parts.effects) == list(range(op.effects))


def _is_differentiated(fgraph: Any, parts: Parts) -> bool:
    nodes = [*parts.factors, *(node for group in parts.solves for node in group)]
    clients = (client for node in nodes for output in node.outputs for client, _ in fgraph.clients[output])
    return any(isinstance(client, Apply) and isinstance(client.op, Pullback) for client in clients)


def _is_circular(parts: Parts) -> bool:
    """Whether something outside of the block lies between two of its parts, so that no one operation can do both."""
    before = set(ancestors(_inputs(parts)))
    return any(output in before for group in parts.solves for node in group for output in node.outputs)


def _inputs(parts: Parts) -> list[Any]:
    """Coordinates of shared variables and effects, numbers, scale, offset, f, S and b0."""
    *_, numbers, scale, offset, f = parts.effects[0][0].inputs
    of_shared = parts.factors[0].inputs[4:] if parts.factors else [pt.constant(np.zeros(0)), pt.constant(np.zeros(0))]
    coordinates = [group[0].inputs[0] for group in parts.solves]
    return [*coordinates, numbers, scale, offset, f, *of_shared]


def _replace(fgraph: Any, parts: Parts) -> None:
    *coordinates, numbers, scale, offset, f, S, b0 = _inputs(parts)
    m, s, op = len(parts.shared), len(parts.effects), parts.effects[0][0].op
    coordinates = [*map(_without_dims, coordinates[:m]), *coordinates[m:]]
    sizes = tuple(x.type.shape[0] if x.type.ndim else SCALAR for x in coordinates[:m])
    scales = _scalars(scale)
    block = Block(op.groups, op.effects, sizes, len(scales))
    outputs = block.applied(*coordinates, numbers, *(scales or [scale]), offset, f, S, b0)
    values, stretches = [*outputs[:m], *outputs[2 * m : 2 * m + s]], [*outputs[m : 2 * m], *outputs[2 * m + s :][:s]]
    pairs = [
        (old, new if new.type.ndim else pt.expand_dims(pt.tensor_from_scalar(new), 0))
        for group, *of_block in zip(parts.solves, values, stretches, strict=True)
        for node in group
        for old, new in zip(node.outputs, of_block, strict=True)
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
