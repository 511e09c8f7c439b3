"""Handing a value transform more than its variable's own inputs.

PyMC lets a value transform see the inputs of its random variable and nothing else. A chart needs more: evidence,
centeredness, the scales of other variables. These ride on one parameter of the variable through an identity
operation, `WithContext`; the transform reads them back with `context_of`. PyMC itself then replaces random variables
among them by their values, as it does for every input.
"""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.graph.rewriting.basic import node_rewriter
from pytensor.scalar.basic import discrete_dtypes
from pytensor.tensor.rewriting.basic import register_specialize, register_stabilize

from unfunnel.errors import UnfunnelError


class WithContext(Op):
    """The identity on its first input; the others ride along."""

    __props__ = ()
    view_map = {0: [0]}  # noqa: RUF012

    def make_node(self, *inputs: Any) -> Any:
        """Apply the operation to a parameter of a random variable and its context."""
        parameter, *context = map(pt.as_tensor, inputs)
        return Apply(self, [parameter, *context], [parameter.type()])

    def perform(self, node: Any, inputs: Any, output_storage: Any) -> None:
        """Pass the parameter on."""
        output_storage[0][0] = inputs[0]

    def do_constant_folding(self, fgraph: Any, node: Any) -> bool:
        """Not even between constants: the transform has yet to read the context."""
        return False

    def infer_shape(self, node: Any, input_shapes: Any) -> Any:
        """The shape of the parameter."""
        return [input_shapes[0]]

    def connection_pattern(self, node: Any) -> list[list[bool]]:
        """Only the parameter is connected to the output."""
        return [[True], *([False] for _ in node.inputs[1:])]

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> Any:
        """The gradient passes through to the parameter, unless that is an integer constant."""
        discrete = inputs[0].type.dtype in discrete_dtypes
        passed = inputs[0].zeros_like(dtype="float64") if discrete else cotangents[0]
        return [passed, *(DisconnectedType()() for _ in inputs[1:])]


# Not in `canonicalize`: there it would be gone before PyMC has applied the transforms that read it.
@register_stabilize
@register_specialize
@node_rewriter([WithContext])  # type: ignore[untyped-decorator]
def drop_context(fgraph: Any, node: Any) -> list[Any]:
    """Remove the identity once the transforms have been applied."""
    return [node.inputs[0]]


def with_context(parameter: Any, *context: Any) -> Any:
    """The same parameter carrying `context`."""
    return WithContext()(parameter, *context)


def context_of(parameter: Any) -> list[Any]:
    """What rides on a parameter of a random variable."""
    if parameter.owner is None or not isinstance(parameter.owner.op, WithContext):
        raise UnfunnelError(
            "A chart has lost what it reads: something rewrote the model's graph after unfunnel did. Reparameterize"
            " last, after pymc.do and the like."
        )
    return list(parameter.owner.inputs[1:])
