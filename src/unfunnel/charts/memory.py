"""Numbers that lie at a fixed place in memory, for graphs whose numbers change after they were compiled.

A shared variable would do the same, but what nutpie wraps around one takes it a second to compile. A place is known by
its position in a table; compiled code looks the address up there when it runs, so that it may be kept on disk.
"""

from __future__ import annotations

import heapq
from typing import Any
from weakref import finalize

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op

PLACES = 2**14
"""How many there can be at once."""

TABLE = np.zeros(PLACES, dtype=np.uint64)
"""Address of every place that is taken."""

_free = list(range(PLACES))
_taken: dict[int, NDArray[np.float64]] = {}


class Place:
    """Memory for so many numbers, as long as this lives."""

    def __init__(self, size: int) -> None:
        # The lowest that is free: the same model, compiled again, then finds its compiled code on disk.
        self.position = heapq.heappop(_free)
        self.values = np.zeros(size)
        _taken[self.position] = self.values
        TABLE[self.position] = self.values.ctypes.data
        finalize(self, _release, self.position)


def _release(position: int) -> None:
    TABLE[position] = 0
    del _taken[position]
    heapq.heappush(_free, position)


class Memory(Op):
    """The numbers at a place; they depend on nothing in the graph and are not constant.

    Formally they are a view of a constant: what PyTensor takes for its own it may write its results to.
    """

    __props__ = ("position", "size")
    view_map = {0: [0]}  # noqa: RUF012

    def __init__(self, position: int, size: int) -> None:
        self.position, self.size = position, size

    def make_node(self, *inputs: Any) -> Any:
        """Apply the operation; there is nothing to give it."""
        return Apply(self, [pt.constant(np.zeros(0))], [pt.TensorType("float64", shape=(self.size,))()])

    def perform(self, node: Any, inputs: Any, output_storage: Any) -> None:
        """Hand out a copy."""
        output_storage[0][0] = _taken[self.position].copy()

    def do_constant_folding(self, fgraph: Any, node: Any) -> bool:
        """Never: they change."""
        return False

    def infer_shape(self, node: Any, input_shapes: Any) -> Any:
        """The static shape."""
        return [(pt.constant(self.size),)]
