"""``w_t = a_t w_(t-1) + b_t`` as one operation, whose gradient is the same operation from the other end."""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op

from unfunnel.charts.fused import kernel_array


class Recurrence(Op):
    """w from a and b (N,); ``a_0`` counts for nothing, and where a is 0 a new series begins."""

    __props__ = ()

    def make_node(self, *inputs: Any) -> Any:
        """Apply the operation."""
        a, b = (pt.cast(given, "float64") for given in inputs)
        return Apply(self, [a, b], [b.type()])

    def perform(self, node: Any, inputs: Any, output_storage: Any) -> None:
        """Call the kernel from Python."""
        from unfunnel.charts.kernels_sequences import recurrence

        a, b = map(kernel_array, inputs)
        output_storage[0][0] = recurrence(a, b)

    def infer_shape(self, node: Any, input_shapes: Any) -> Any:
        """That of b."""
        return [input_shapes[1]]

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> Any:
        """``b̄_t = w̄_t + a_(t+1) b̄_(t+1)`` and ``ā_t = b̄_t w_(t-1)``."""
        (a, _), (w,), (bar,) = inputs, outputs, cotangents
        nothing = pt.zeros(1)
        after = pt.concatenate([nothing, a[:0:-1]])  # type: ignore[no-untyped-call]
        to_b = recurrence(after, bar[::-1])[::-1]
        return [to_b * pt.concatenate([nothing, w[:-1]]), to_b]  # type: ignore[no-untyped-call]


def recurrence(a: Any, b: Any) -> Any:
    """W (N,), from a and b (N,)."""
    return Recurrence()(a, b)
