"""The kernels as functions that return what they compute, for linkers that call them from Python."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from unfunnel.charts import kernels_block
from unfunnel.charts.block import SCALAR, scratch_size, tape_size
from unfunnel.charts.kernels import taken_apart
from unfunnel.charts.kernels_effects import effects_solve, effects_solve_pullback
from unfunnel.charts.kernels_sequences import (
    sequence_factor,
    sequence_factor_pullback,
    sequence_solve,
    sequence_solve_pullback,
)
from unfunnel.charts.kernels_shared import shared_factor, shared_factor_pullback, shared_solve, shared_solve_pullback

__all__ = [
    "block",
    "block_pullback",
    "effects_solve",
    "effects_solve_pullback",
    "sequence_factor",
    "sequence_factor_pullback",
    "sequence_solve",
    "sequence_solve_pullback",
    "shared_factor",
    "shared_factor_pullback",
    "shared_solve",
    "shared_solve_pullback",
]


def block(*inputs: Any, effects: int, sizes: tuple[int, ...], scales: int) -> Any:
    """All outputs of a :class:`Block`."""
    given = _Given(inputs, effects, sizes, scales)
    tape = _Tape(given.S.size, given.x.size // effects, effects, scales)
    kernels_block.block(given.x_shared, given.x, *given.parents, *tape.values())
    shared = [part for whole in (tape.z, tape.z_stretch) for part in _parts(whole, sizes)]
    return *shared, *np.split(tape.v, effects), *np.split(tape.v_stretch, effects), tape.array


def block_pullback(*arrays: Any, effects: int, sizes: tuple[int, ...], scales: int) -> Any:
    """All outputs of a :class:`BlockPullback`."""
    number, m = len(sizes) + effects + 5 + max(scales, 1), len(sizes)
    given, others = _Given(arrays[:number], effects, sizes, scales), arrays[number:]
    outputs, bars = others[: len(others) // 2], others[len(others) // 2 :]
    d, size = given.S.size, given.x.size
    tape = _Tape(d, size // effects, effects, scales, outputs[-1])
    ends = np.cumsum([m, m, effects, effects])
    whole = [
        np.ravel(bars[start]) if stop - start == 1 else _whole([_full(bars[i], outputs[i]) for i in range(start, stop)])
        for start, stop in pairwise((0, *ends))
    ]
    of_shared, of_x, of_S, of_b0 = np.empty(d), np.empty(size), np.empty(d), np.empty(d)
    of_scale, of_offset = np.empty(given.scale.shape), np.empty(given.offset.shape)
    parts = (*given.parents, tape.z, tape.v, *tape.values()[4:], *whole, of_shared, of_x)
    work = (np.empty((d, d)), np.empty(d), np.empty(d), np.empty(scratch_size(size // effects, effects)))
    f_bar: Any = kernels_block.block_pullback(*parts, of_scale, of_offset, of_S, of_b0, *work)
    by_scale = list(of_scale[0]) if scales else [of_scale]
    return *_parts(of_shared, sizes), *np.split(of_x, effects), *by_scale, of_offset, f_bar, of_S, of_b0


class _Tape:
    """What a block keeps for the way back, in one array."""

    def __init__(self, shared: int, groups: int, effects: int, scales: int, array: Any = None) -> None:
        self.array = np.zeros(tape_size(groups, effects, shared, scales)) if array is None else array
        size = groups * effects
        sizes = (scales, shared, size, shared, shared, size, size, shared**2, shared, shared**2, shared, shared)
        _, _, _, self.z, self.z_stretch, self.v, self.v_stretch, R, w, P, b, y, kept = np.split(
            self.array, np.cumsum(sizes)
        )
        square = (shared, shared)
        self._others = (R.reshape(square), w, P.reshape(square), b, y, kept)

    def values(self) -> tuple[Any, ...]:
        """In the order in which kernels take them."""
        return self.z, self.z_stretch, self.v, self.v_stretch, *self._others


class _Given:
    """The inputs of a block as its kernels take them."""

    def __init__(self, inputs: Any, effects: int, sizes: tuple[int, ...], scales: int) -> None:
        m, number = len(sizes), max(scales, 1)
        numbers, *scale, self.offset, f, self.S, b0 = inputs[m + effects :]
        self.x_shared, self.x = _whole(inputs[:m]), _whole(inputs[m : m + effects])
        self.scale = np.array([scale[:number]], dtype=float) if scales else scale[0]
        evidence = taken_apart(numbers, self.x.size // effects, effects, self.S.size)
        self.parents = (*evidence, self.scale, self.offset, f, self.S, b0)


def _whole(parts: Any) -> Any:
    return np.concatenate([np.zeros(0), *(np.ravel(part) for part in parts)])


def _full(bar: Any, output: Any) -> Any:
    return np.zeros(np.shape(output)) if np.size(bar) == 0 else np.broadcast_to(bar, np.shape(output))


def _parts(whole: Any, sizes: tuple[int, ...]) -> list[Any]:
    ends = np.cumsum([max(size, 1) for size in sizes])
    # The last piece is what lies behind all of them: nothing.
    pieces = zip(np.split(whole, ends), (*sizes, 1), strict=True)
    return [float(piece[0]) if size == SCALAR else piece for piece, size in pieces][: len(sizes)]
