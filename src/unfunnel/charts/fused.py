"""Gaussian elimination given the scales, as fused operations: a compiled loop over groups in place of a large graph.

:func:`shared_factor`, :func:`shared_solve` and :func:`effects_solve` mean what the functions of these names mean in
`factors.py`. Each is one operation with a second one for its pullback. numba compiles the kernels into the graph, JAX
runs the twins of `fused_jax.py`, other linkers call the kernels from Python (`linkers.py` tells them). The evidence has
no gradient here, and the pullbacks have none.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType
from pytensor.graph.basic import Apply
from pytensor.graph.null_type import NullType
from pytensor.graph.op import Op

from unfunnel.errors import InvalidArgumentError


class Fused(Op):
    """What the fused operations have in common: float64 in and out, arrays taken as they lie in memory."""

    kernel: ClassVar[str]
    """Name of the compiled function."""

    settings: Mapping[str, Any] = MappingProxyType({})
    """What the kernel has to be told when it is called from Python, beside the arrays."""

    @abstractmethod
    def input_ndims(self) -> tuple[int, ...]:
        """Number of dimensions of every input."""

    @abstractmethod
    def output_types(self, inputs: list[Any]) -> list[Any]:
        """Type of every output."""

    def make_node(self, *inputs: Any) -> Any:
        """Apply the operation, once the number of dimensions of every input is the right one."""
        variables = [self.taken(given) for given in inputs]
        came = tuple(variable.type.ndim for variable in variables)
        if came != self.input_ndims():
            raise InvalidArgumentError(
                f"{self}: inputs have {came} dimensions, but must have {self.input_ndims()}. Pass arrays of the shapes"
                " that the docstring names."
            )
        return Apply(self, variables, [kind() for kind in self.output_types(variables)])

    def taken(self, given: Any) -> Any:
        """An input as the operation takes it."""
        return pt.cast(given, "float64")

    def applied(self, *inputs: Any) -> list[Any]:
        """All outputs."""
        return list(self.make_node(*inputs).outputs)

    def perform(self, node: Any, inputs: Any, output_storage: Any) -> None:
        """Call the kernel from Python."""
        arrays = [kernel_array(given) if np.ndim(given) else float(given) for given in inputs]
        found = zip(output_storage, node.outputs, kernel_of(self)(*arrays, **self.settings), strict=True)
        for storage, variable, output in found:
            storage[0] = np.asarray(output) if isinstance(variable.type, pt.TensorType) else np.float64(output)


def kernel_array(given: Any) -> Any:
    """An array as kernels are compiled for: numba takes one that cannot be written to for another type."""
    return np.require(given, requirements=["C", "W"])


class Primal(Fused):
    """A fused operation with a gradient."""

    pullback_type: ClassVar[type[Pullback]]
    connected: ClassVar[tuple[tuple[int, ...], ...]]
    """For every input, the outputs that it is connected to."""

    def infer_shape(self, node: Any, input_shapes: Any) -> Any:
        """The static shapes: all are known."""
        return [tuple(map(pt.constant, output.type.shape)) for output in node.outputs]

    def connection_pattern(self, node: Any) -> list[list[bool]]:
        """The evidence is connected to nothing."""
        return [[output in outputs for output in range(len(node.outputs))] for outputs in self.connected]

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> Any:
        """Apply the second operation; the cotangent of an output that is not in use is left empty.

        Empty and not zero: a chart asks for its values in one place and for its Jacobian in another, and each time the
        kernels then skip half of the work.
        """
        live = {i for i, given in enumerate(cotangents) if not isinstance(given.type, DisconnectedType | NullType)}
        empty = [pt.zeros((0,) * output.type.ndim) for output in outputs]
        given = [cotangents[i] if i in live else empty[i] for i in range(len(outputs))]
        found = iter(self.pullback_type(self).applied(*inputs, *outputs, *given))
        every = [next(found) if reached else DisconnectedType()() for reached in self.connected]
        # PyTensor asks for this: what reaches no output in use must not come with a cotangent, not even zero.
        return [
            bar if live.intersection(reached) else DisconnectedType()()
            for bar, reached in zip(every, self.connected, strict=True)
        ]


class Pullback(Fused):
    """The cotangents of a fused operation's inputs, from its inputs, its outputs and their cotangents."""

    __props__ = ("primal",)

    def __init__(self, primal: Primal) -> None:
        self.primal = primal

    @property
    def differentiable(self) -> tuple[int, ...]:
        """Positions of the inputs that have a gradient."""
        return tuple(i for i, outputs in enumerate(self.primal.connected) if outputs)

    def input_ndims(self) -> tuple[int, ...]:
        """Inputs, outputs, and cotangents of the outputs."""
        inputs = self.primal.input_ndims()
        outputs = tuple(kind.ndim for kind in self.primal.output_types([]))
        return inputs + outputs + outputs

    def output_types(self, inputs: list[Any]) -> list[Any]:
        """The types of the inputs that have a gradient."""
        return [inputs[i].type for i in self.differentiable]

    def infer_shape(self, node: Any, input_shapes: Any) -> Any:
        """The shapes of the inputs that have a gradient."""
        return [input_shapes[i] for i in self.differentiable]


class SharedFactorPullback(Pullback):
    """The pullback of :class:`SharedFactor`."""

    kernel = "shared_factor_pullback"


class SharedFactor(Primal):
    """R, w, and the P and b that they are made of, which the pullback uses again."""

    __props__ = ("groups", "effects", "shared")
    kernel = "shared_factor"
    pullback_type = SharedFactorPullback
    connected = ((), (0, 1, 2, 3), (1, 3), (0, 1, 2, 3), (0, 1), (1,))

    def __init__(self, groups: int, effects: int, shared: int) -> None:
        self.groups, self.effects, self.shared = groups, effects, shared

    def input_ndims(self) -> tuple[int, ...]:
        """numbers, scale, offset, f, S, b0."""
        return 1, 2, 2, 0, 1, 1

    def output_types(self, inputs: list[Any]) -> list[Any]:
        """R, w, P, b."""
        return 2 * [doubles(self.shared, self.shared), doubles(self.shared)]


class SharedSolvePullback(Pullback):
    """The pullback of :class:`SharedSolve`."""

    kernel = "shared_solve_pullback"


class SharedSolve(Primal):
    """z and log_stretch of a block of the shared parameters."""

    __props__ = ("start", "stop")
    kernel = "shared_solve"
    pullback_type = SharedSolvePullback
    connected = ((0,), (0,), (0, 1), (0,))

    def __init__(self, start: int, stop: int) -> None:
        self.start, self.stop = start, stop

    def input_ndims(self) -> tuple[int, ...]:
        """x, z_later, R, w."""
        return 1, 1, 2, 1

    def output_types(self, inputs: list[Any]) -> list[Any]:
        """z, log_stretch."""
        return 2 * [doubles(self.stop - self.start)]


class EffectsSolvePullback(Pullback):
    """The pullback of :class:`EffectsSolve`."""

    kernel = "effects_solve_pullback"


class EffectsSolve(Primal):
    """v and log_stretch of one effect of every group."""

    __props__ = ("groups", "effects", "shared", "j")
    kernel = "effects_solve"
    pullback_type = EffectsSolvePullback
    connected = ((0,), (0,), (0,), (), (0, 1), (0,), (0, 1))

    def __init__(self, groups: int, effects: int, shared: int, j: int) -> None:
        self.groups, self.effects, self.shared, self.j = groups, effects, shared, j

    def input_ndims(self) -> tuple[int, ...]:
        """x, v_later, y, numbers, scale, offset, f."""
        return 1, 2, 1, 1, 2, 2, 0

    def output_types(self, inputs: list[Any]) -> list[Any]:
        """v, log_stretch."""
        return 2 * [doubles(self.groups)]


OPERATIONS = (SharedFactor, SharedSolve, EffectsSolve, SharedFactorPullback, SharedSolvePullback, EffectsSolvePullback)


def shared_factor(
    numbers: Any, scale: Any, offset: Any, f: Any, S: Any, b0: Any, *, groups: int, effects: int, shared: int
) -> tuple[Any, Any]:
    """Factor ``R`` (d, d) and shift ``w`` (d,) of the shared parameters; see `factors.shared_factor`.

    Unlike there, a pivot below 1/2 is raised to 1/2, and passes no gradient on.
    """
    factor, shift, _, _ = SharedFactor(groups, effects, shared).applied(numbers, scale, offset, f, S, b0)
    return factor, shift


def shared_solve(x: Any, z_later: Any, R: Any, w: Any, *, start: int, stop: int) -> tuple[Any, Any]:
    """Innovations ``z[start:stop]`` and the logarithm of the stretch; see `factors.shared_solve`."""
    z, log_stretch = SharedSolve(start, stop).applied(x, z_later, R, w)
    return z, log_stretch


def effects_solve(
    x: Any,
    v_later: Any,
    y: Any,
    numbers: Any,
    scale: Any,
    offset: Any,
    f: Any,
    *,
    groups: int,
    effects: int,
    shared: int,
    j: int,
) -> tuple[Any, Any]:
    """Standardised effects ``v[:, j]`` and the logarithm of the stretch; see `factors.effects_solve`."""
    operation = EffectsSolve(groups, effects, shared, j)
    v, log_stretch = operation.applied(x, v_later, y, numbers, scale, offset, f)
    return v, log_stretch


def kernel_of(operation: Fused) -> Any:
    """The kernel of an operation, to be called from Python with NumPy arrays."""
    from unfunnel.charts import kernels_python

    return getattr(kernels_python, operation.kernel)


def doubles(*shape: int) -> Any:
    """The type of an array of this static shape."""
    return pt.TensorType("float64", shape=shape)
