"""Putting the parts of a block's elimination together, as a rewrite of PyTensor's.

It belongs to `stabilize`, which samplers apply to the density before they differentiate it. A graph that holds only a
part of a block (the chart of one variable alone), or its parts' pullbacks already, is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    """The operations of one block: one for every effect, or one for all that a single variable holds."""

    effects: tuple[Any, ...]
    shared: tuple[Any, ...]
    factor: Any

    @property
    def coordinates(self) -> list[Any]:
        """Of every effect."""
        first = self.effects[0]
        together = isinstance(first.op, CorrelatedSolve)
        return first.inputs[: first.op.effects] if together else [node.inputs[0] for node in self.effects]

    @property
    def parents(self) -> list[Any]:
        """numbers, scale, offset and f."""
        return list(self.effects[0].inputs[-4:])

    @property
    def standardised(self) -> list[tuple[Any, Any]]:
        """V of every effect, and the logarithm of its stretch."""
        outputs = [node.outputs for node in self.effects]
        if isinstance(self.effects[0].op, CorrelatedSolve):
            half = len(outputs[0]) // 2
            return list(zip(outputs[0][:half], outputs[0][half:], strict=True))
        return [(v, stretch) for v, stretch in outputs]


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
        effects = [node for node in solves if node.inputs[-4] is numbers]
        factors = [
            node for node in nodes if isinstance(node.op, SharedFactor | CorrelatedFactor) and node.inputs[0] is numbers
        ]
        factor = factors[0] if len(factors) == 1 else None
        shared = [node for node in nodes if isinstance(node.op, SharedSolve) and node.inputs[2].owner is factor]
        parts = Parts(
            tuple(sorted(effects, key=lambda node: getattr(node.op, "j", 0))),
            () if factor is None else tuple(sorted(shared, key=lambda node: node.op.start)),
            factor,
        )
        if _is_whole(parts) and not _is_differentiated(fgraph, parts) and not _is_circular(parts):
            yield parts


def _is_whole(parts: Parts) -> bool:
    op = parts.effects[0].op
    spans = [(node.op.start, node.op.stop) for node in parts.shared]
    covered = [0, *(stop for _, stop in spans)] == [*(start for start, _ in spans), op.shared]
    if isinstance(op, CorrelatedSolve):
        return covered and len(parts.effects) == 1
    together = any(isinstance(node.op, CorrelatedSolve) for node in parts.effects)
    return covered and not together and [node.op.j for node in parts.effects] == list(range(op.effects))


def _is_differentiated(fgraph: Any, parts: Parts) -> bool:
    nodes = (*parts.effects, *parts.shared, *([] if parts.factor is None else [parts.factor]))
    clients = (client for node in nodes for output in node.outputs for client, _ in fgraph.clients[output])
    return any(isinstance(client, Apply) and isinstance(client.op, Pullback) for client in clients)


def _is_circular(parts: Parts) -> bool:
    """Whether something outside of the block lies between two of its parts, so that no one operation can do both."""
    inputs = [*parts.coordinates, *(node.inputs[0] for node in parts.shared), *parts.parents[1:]]
    inputs += [] if parts.factor is None else parts.factor.inputs[4:]
    before = set(ancestors(inputs))
    return any(output in before for node in (*parts.effects, *parts.shared) for output in node.outputs)


def _replace(fgraph: Any, parts: Parts) -> None:
    first = parts.effects[0]
    numbers, scale, offset, f = parts.parents
    S, b0 = (np.zeros(0), np.zeros(0)) if parts.factor is None else parts.factor.inputs[4:]
    shared = [_without_dims(node.inputs[0]) for node in parts.shared]
    # Not from the coordinates' types: the length of a dim need not be known to them.
    sizes = tuple(
        node.op.stop - node.op.start if x.type.ndim else SCALAR for node, x in zip(parts.shared, shared, strict=True)
    )
    scales = _scalars(scale)
    block = Block(first.op.groups, first.op.effects, sizes, len(scales))
    coordinates = [*shared, *parts.coordinates]
    outputs = block.applied(*coordinates, numbers, *(scales or [scale]), offset, f, S, b0)
    m, s = len(sizes), first.op.effects
    values, stretches = [*outputs[:m], *outputs[2 * m : 2 * m + s]], [*outputs[m : 2 * m], *outputs[2 * m + s :][:s]]
    pairs: list[tuple[Any, Any]] = []
    given = [*(tuple(node.outputs) for node in parts.shared), *parts.standardised]
    for of_variable, value, stretch in zip(given, values, stretches, strict=True):
        for old, new in zip(of_variable, (value, stretch), strict=True):
            pairs.append((old, new if new.type.ndim else pt.expand_dims(pt.tensor_from_scalar(new), 0)))
    fgraph.replace_all(pairs, reason="unfunnel_fuse_blocks")


def _without_dims(x: Any) -> Any:
    """A coordinate without dims where it was given one."""
    if x.type.shape != (1,) or x.owner is None:
        return x
    single = x.owner.inputs[0]
    return single if single.type.ndim == 0 and isinstance(x.owner.op, DimShuffle | Reshape) else x


def _scalars(scale: Any) -> list[Any]:
    """Scales that all groups share, one by one, where the graph has them so."""
    if scale.type.shape[0] != 1 or scale.owner is None or not isinstance(scale.owner.op, DimShuffle):
        return []
    inner = scale.owner.inputs[0]
    if inner.type.ndim == 0:
        return [inner]
    if inner.type.ndim != 1 or inner.owner is None:
        return []
    if isinstance(inner.owner.op, MakeVector):
        return list(inner.owner.inputs)
    return _scalars(inner)


# Final: after PyTensor has simplified what lies between the parts.
optdb["stabilize"].register("unfunnel_fuse_blocks", FuseBlocks(), "fast_run", final_rewriter=True)
