"""Gaussian elimination of nested levels, given the scales, as fused operations.

Leaves have parents, these have parents in turn, and so on to levels whose locations are made of shared parameters
alone. Every element has one parent, so that what its children tell about it is a sum over them and stays a number: no
level needs a matrix. :class:`NestedFactor` sends these messages up and factors the precision of the shared parameters;
:class:`NestedSolve` goes down by one level. What they compute is the Cholesky factor of the joint precision of all
levels and shared parameters, in this order; `kernels_nested.py` has the formulas.

`numbers` is one flat vector, laid out ``[sizes (m) | h (N) | H (N) | C (N, d) | parent (N) | l (N) | A (N, d) |
D (d, d) | g (d)]`` for m levels with N elements in all and d shared parameters, whose innovations are y. The score of
the likelihood in an element u is ``h - H u - C y``, in y it is ``g - D y - Σ C u``, and its location is
``c + l (its parent) + A y``; parents are numbered within their level. `scale` has one number for each level or each
element, `offset` is c or empty.

References
----------
Rue, H., Martino, S. and Chopin, N. (2009), Approximate Bayesian inference for latent Gaussian models by using
integrated nested Laplace approximations, section 2.1: sparse factors by elimination in the order of the graph.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts.fused import Primal, Pullback, doubles, kernel_array


class NestedFactorPullback(Pullback):
    """The pullback of :class:`NestedFactor`."""

    kernel = "nested_factor_pullback"

    def perform(self, node: Any, inputs: Any, output_storage: Any) -> None:
        """Call the kernel from Python, without the cotangents of P and b, which nothing uses."""
        primal: Any = self.primal
        _run(self.kernel, inputs[:18], [len(primal.sizes)], output_storage)


class NestedFactor(Primal):
    """R and w of the shared parameters, W, q and F of all elements, and the P and b that the pullback uses again.

    Parameters
    ----------
    sizes
        Numbers of elements of the levels, leaves first.
    shared
        Number of shared parameters.
    """

    __props__ = ("shared", "sizes")
    kernel = "nested_factor"
    pullback_type = NestedFactorPullback
    connected = ((), (0, 1, 2, 3, 4), (1, 3), (0, 1, 2, 3, 4), (0, 1), (1,))

    def __init__(self, sizes: tuple[int, ...], shared: int) -> None:
        self.sizes, self.shared = sizes, shared

    @property
    def total(self) -> int:
        """Number of elements of all levels."""
        return sum(self.sizes)

    def input_ndims(self) -> tuple[int, ...]:
        """numbers, scale, offset, f, S, b0."""
        return 1, 1, 1, 0, 1, 1

    def output_types(self, inputs: list[Any]) -> list[Any]:
        """R, w, W, q, F, P, b."""
        d, N = self.shared, self.total
        square = doubles(d, d)
        return [square, doubles(d), doubles(N), doubles(N), doubles(N, d), square, doubles(d)]

    def perform(self, node: Any, inputs: Any, output_storage: Any) -> None:
        """Call the kernel from Python."""
        _run(self.kernel, inputs, [len(self.sizes), self.total], output_storage)


class NestedSolvePullback(Pullback):
    """The pullback of :class:`NestedSolve`."""

    kernel = "nested_solve_pullback"

    def perform(self, node: Any, inputs: Any, output_storage: Any) -> None:
        """Call the kernel from Python, without the values, which it does not need."""
        primal: Any = self.primal
        _run(self.kernel, [*inputs[:9], *inputs[11:]], [primal.levels, primal.level], output_storage)


class NestedSolve(Primal):
    """v of one level, and the logarithm of its stretch; see the module.

    Inputs are the coordinate, the values of the level above (empty for the last one), y, numbers, scale, offset, and
    W, q and F of :class:`NestedFactor`.
    """

    __props__ = ("level", "levels", "size")
    kernel = "nested_solve"
    pullback_type = NestedSolvePullback
    connected = ((0,), (0,), (0,), (), (0, 1), (0,), (0, 1), (0,), (0,))

    def __init__(self, level: int, levels: int, size: int) -> None:
        self.level, self.levels, self.size = level, levels, size

    def input_ndims(self) -> tuple[int, ...]:
        """x, above, y, numbers, scale, offset, W, q, F."""
        return 1, 1, 1, 1, 1, 1, 1, 1, 2

    def output_types(self, inputs: list[Any]) -> list[Any]:
        """v, log_stretch."""
        return 2 * [doubles(self.size)]

    def perform(self, node: Any, inputs: Any, output_storage: Any) -> None:
        """Call the kernel from Python."""
        _run(self.kernel, inputs, [self.levels, self.level], output_storage)


NESTED = (NestedFactor, NestedFactorPullback, NestedSolve, NestedSolvePullback)


def _run(kernel: str, inputs: Any, settings: list[int], output_storage: Any) -> None:
    from unfunnel.charts import kernels_nested

    arrays = [kernel_array(given) if np.ndim(given) else float(given) for given in inputs]
    found = getattr(kernels_nested, kernel)(*arrays, *settings)
    for storage, output in zip(output_storage, found, strict=True):
        storage[0] = np.asarray(output)
