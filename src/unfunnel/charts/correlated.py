"""Gaussian elimination of all effects of a group at once, whose prior may correlate them.

These operations stand for the graphs of `factors.py` until `fusion.py` has had its chance to put them together into
one :class:`~unfunnel.charts.block.Block`. Any that are left then, because only a part of a block is in a graph, become
the reference's graph itself, which every linker can run; so they need no kernels of their own.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType, grad
from pytensor.graph.basic import Apply
from pytensor.graph.null_type import NullType
from pytensor.graph.op import Op
from pytensor.graph.replace import graph_replace
from pytensor.graph.rewriting.basic import node_rewriter
from pytensor.tensor.rewriting.basic import register_specialize
from pytensor.tensor.shape import specify_shape

from unfunnel.charts import factors
from unfunnel.charts.fused import doubles, kernel_array


class Correlated(Op):
    """What both operations have in common."""

    __props__ = ("groups", "effects", "shared")
    evidence: int
    """Position of the evidence among the inputs, counted from behind; it has no gradient."""

    def __init__(self, groups: int, effects: int, shared: int) -> None:
        self.groups, self.effects, self.shared = groups, effects, shared

    @property
    def sizes(self) -> dict[str, int]:
        """As the functions of `factors.py` take them."""
        return {"groups": self.groups, "effects": self.effects, "shared": self.shared}

    @abstractmethod
    def graph(self, *inputs: Any) -> list[Any]:
        """What the operation stands for."""

    @abstractmethod
    def output_types(self) -> list[Any]:
        """Type of every output."""

    def make_node(self, *inputs: Any) -> Any:
        """Apply the operation."""
        variables = [pt.cast(given, "float64") for given in inputs]
        return Apply(self, variables, [kind() for kind in self.output_types()])

    def applied(self, *inputs: Any) -> list[Any]:
        """All outputs."""
        return list(self.make_node(*inputs).outputs)

    def infer_shape(self, node: Any, input_shapes: Any) -> Any:
        """The static shapes: all are known."""
        return [tuple(map(pt.constant, output.type.shape)) for output in node.outputs]

    def connection_pattern(self, node: Any) -> list[list[bool]]:
        """Everything is connected but the evidence."""
        evidence = len(node.inputs) + self.evidence
        return [len(node.outputs) * [position != evidence] for position in range(len(node.inputs))]

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> Any:
        """PyTensor's own derivative of the graph.

        Of a graph of its own, because here some inputs may be made of others, and each is to have its own share.
        """
        used = [i for i, bar in enumerate(cotangents) if not isinstance(bar.type, DisconnectedType | NullType)]
        evidence = len(inputs) + self.evidence
        own, bars = [given.type() for given in inputs], [cotangents[i].type() for i in used]
        graph = self.graph(*own)
        wrt = [variable for position, variable in enumerate(own) if position != evidence]
        # Not `pytensor.gradient.pullback`: of an output that others are made of, it would take the cotangent for all.
        cost: Any = sum((bar * graph[i]).sum() for i, bar in zip(used, bars, strict=True))
        derivative: Any = grad(cost, wrt, disconnected_inputs="ignore")
        given = dict(zip([*own, *bars], [*inputs, *(cotangents[i] for i in used)], strict=True))
        found = graph_replace(derivative, given, strict=False)
        return [*found[:evidence], DisconnectedType()(), *found[evidence:]]


class CorrelatedFactor(Correlated):
    """R and w of the shared parameters, from numbers, scale, offset, f, S and b0; see `factors.shared_factor`."""

    evidence = -6

    def graph(self, *inputs: Any) -> list[Any]:
        """R and w."""
        return list(factors.shared_factor(*inputs, **self.sizes))

    def output_types(self) -> list[Any]:
        """R, w."""
        return [doubles(self.shared, self.shared), doubles(self.shared)]

    def perform(self, node: Any, inputs: Any, output_storage: Any) -> None:
        """By the kernel of a whole block, at coordinates that do not matter here."""
        d, size = self.shared, self.groups * self.effects
        tape = _block(self, np.zeros(d), np.zeros((self.effects, self.groups)), *inputs)[-1]
        start = 3 * d + 3 * size
        output_storage[0][0] = tape[start : start + d * d].reshape(d, d).copy()
        output_storage[1][0] = tape[start + d * d : start + d * d + d].copy()


class CorrelatedSolve(Correlated):
    """v and the logarithm of its stretch, of every effect of a group; see `factors.vectors_solve`.

    Inputs are a coordinate (K,) for every effect, then y, numbers, scale, offset and f.
    """

    evidence = -4

    def graph(self, *inputs: Any) -> list[Any]:
        """Each v, then each logarithm."""
        v, log_stretch = factors.vectors_solve(inputs[: self.effects], *inputs[self.effects :], **self.sizes)
        return [*v, *log_stretch]

    def output_types(self) -> list[Any]:
        """Each v, then each logarithm."""
        return 2 * self.effects * [doubles(self.groups)]

    def perform(self, node: Any, inputs: Any, output_storage: Any) -> None:
        """By the kernel of a whole block, whose shared parameters are y for certain."""
        x, (y, numbers, scale, offset, f) = inputs[: self.effects], inputs[self.effects :]
        nothing = np.zeros(self.shared)
        found = _block(self, nothing, x, numbers, scale, offset, f, nothing, y)
        values = found[2 * bool(self.shared) : -1]
        for storage, value in zip(output_storage, values, strict=True):
            storage[0] = np.array(value)


def _block(
    op: Correlated, x_shared: Any, x: Any, numbers: Any, scale: Any, offset: Any, f: Any, S: Any, b0: Any
) -> Any:
    from unfunnel.charts import kernels_python

    arrays = [kernel_array(given) for given in (numbers, scale, offset)]
    coordinates = [kernel_array(each) for each in (*([x_shared] if op.shared else []), *x)]
    sizes = (op.shared,) if op.shared else ()
    return kernels_python.block(
        *coordinates, *arrays, float(f), *map(kernel_array, (S, b0)), effects=op.effects, sizes=sizes, scales=0
    )


@register_specialize
@node_rewriter([CorrelatedFactor, CorrelatedSolve])  # type: ignore[untyped-decorator]
def write_out(fgraph: Any, node: Any) -> list[Any]:
    """Put the graph in the place of an operation that was not fused."""
    return [
        new if new.type == old.type else specify_shape(new, old.type.shape)
        for new, old in zip(node.op.graph(*node.inputs), node.outputs, strict=True)
    ]


def correlated_factor(*parents: Any, groups: int, effects: int, shared: int) -> tuple[Any, Any]:
    """Factor ``R`` (d, d) and shift ``w`` (d,) of the shared parameters; see `factors.shared_factor`."""
    factor, shift = CorrelatedFactor(groups, effects, shared).applied(*parents)
    return factor, shift


def correlated_solve(
    x: Sequence[Any], y: Any, numbers: Any, scale: Any, offset: Any, f: Any, *, groups: int, effects: int, shared: int
) -> tuple[list[Any], list[Any]]:
    """Standardised effects v and the logarithms of the stretch, each (K,) of every effect; see `factors.py`."""
    found = CorrelatedSolve(groups, effects, shared).applied(*x, y, numbers, scale, offset, f)
    return found[:effects], found[effects:]
