"""A block for numba; importing this registers it with PyTensor.

The kernels take one array for all coordinates, and one for all effects. How many variables these come from depends on
the model, so that the function around a kernel is written for every block, as PyTensor does for its own operations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from pytensor.link.numba.cache import compile_numba_function_src
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_and_cache_key

from unfunnel.charts.block import SCALAR, Block, BlockPullback, kept_size, scratch_size
from unfunnel.charts.fused_numba import plain
from unfunnel.charts.kernels import put
from unfunnel.charts.pointers import pointer
from unfunnel.charts.symbols import external, provide, symbol

_ENVIRONMENT = {
    "put": put,
    "np": np,
    "plain": plain,
    "pointer": pointer,
    "kernel": external("block"),
    "kernel_pullback": external("block_pullback"),
}


def source(block: Block) -> str:
    """The function around the kernel of a block.

    All arrays that it makes are parts of one: in a small model, making an array takes as long as the arithmetic.
    """
    names, parts = _Names(block), _tape(block)
    groups = block.effects * (block.groups,)
    lines = [
        f"tape = np.empty({parts['end'].start})",
        *_gathered(parts["x_shared"], names.x_shared, block.sizes),
        *([f"x = plain({names.x[0]})"] if block.effects == 1 else _gathered(parts["x"], names.x, groups)),
        *_parents(block, "tape"),
        _starts("tape"),
        f"kernel({_addresses(parts['x_shared'])}, {'x.ctypes' if block.effects == 1 else _addresses(parts['x'])},"
        f" {_evidence(block)}, {_pointers(parts, block)}, {_addresses(*(parts[name] for name in _TAPE[3:]))}, f,"
        f" {_sizes(block)})",
    ]
    returned = [
        *(part for whole in ("z", "z_stretch") for part in _parts(parts[whole], block.sizes)),
        *(part for whole in ("v", "v_stretch") for part in _parts(parts[whole], groups)),
        "tape",
    ]
    return _function("block", names.inputs, lines, returned)


def pullback_source(block: Block) -> str:
    """The function around the kernel of a block's pullback."""
    names, tape, bars = _Names(block), _tape(block), _bars(block)
    groups = block.effects * (block.groups,)
    outputs = [*names.z, *names.z_stretch, *names.v, *names.v_stretch, "tape"]
    lines = [
        f"bars = np.empty({bars['end'].start})",
        *_parents(block, "bars"),
        *_gathered(bars["z_bar"], [f"{name}_bar" for name in names.z], block.sizes),
        *_gathered(bars["z_stretch_bar"], [f"{name}_bar" for name in names.z_stretch], block.sizes),
        "offset_bar = np.empty(offset.shape)",
    ]
    if block.effects == 1:
        lines += ["v_bar, v_stretch_bar = plain(v_0_bar), plain(v_stretch_0_bar)"]
        of_effects, lengths = "v_bar.ctypes, v_stretch_bar.ctypes", "v_bar.size, v_stretch_bar.size"
    else:
        lines += _gathered(bars["v_bar"], [f"{name}_bar" for name in names.v], groups)
        lines += _gathered(bars["v_stretch_bar"], [f"{name}_bar" for name in names.v_stretch], groups)
        of_effects = _addresses(bars["v_bar"], bars["v_stretch_bar"])
        lengths = ", ".join(2 * [str(block.groups * block.effects)])
    if block.scales:
        scale_bar = _addresses(bars["scale_bar"])
    else:
        lines.append("scale_bar = np.empty(scale.shape)")
        scale_bar = "scale_bar.ctypes"
    lines.append(_starts("tape", "bars"))
    lines.append(
        f"kernel_pullback({_evidence(block)}, {_pointers(bars, block)},"
        f" {_addresses(*(tape[name] for name in _TAPE_BACK), bars['z_bar'], bars['z_stretch_bar'])}, {of_effects},"
        f" {_addresses(bars['x_shared_bar'], bars['x_bar'])}, {scale_bar}, offset_bar.ctypes,"
        f" {_addresses(*(bars[name] for name in ('f_bar', 'S_bar', 'b0_bar', 'work')))}, f, {_sizes(block)}, {lengths},"
        f" {scratch_size(block.groups, block.effects)})"
    )
    returned = [
        *_parts(bars["x_shared_bar"], block.sizes),
        *_parts(bars["x_bar"], groups),
        *([f"bars[{bars['scale_bar'].start + i}]" for i in range(block.scales)] or ["scale_bar"]),
        "offset_bar",
        f"bars[{bars['f_bar'].start}]",
        *(str(bars[name]) for name in ("S_bar", "b0_bar")),
    ]
    given = [*names.inputs, *outputs, *(f"{name}_bar" for name in outputs)]
    return _function("block_pullback", given, lines, returned)


_TAPE = ("scale", "x_shared", "x", "z", "z_stretch", "v", "v_stretch", "R", "w", "P", "b", "y", "kept")
_TAPE_BACK = ("z", "v", "R", "w", "P", "b", "y", "kept")


def _starts(*buffers: str) -> str:
    """Where the memory of buffers begins, and that of the evidence."""
    names = [*buffers, "numbers"]
    return f"{', '.join(f'of_{name}' for name in names)} = {', '.join(f'{name}.ctypes.data' for name in names)}"


def _evidence(block: Block) -> str:
    """Pointers to h, H, E, D and g."""
    K, s, d = block.groups, block.effects, block.shared
    sizes = {"h": K * s, "H": K * s * s, "E": K * s * d, "D": d * d, "g": d}
    return _addresses(*(part for name, part in _laid_out("numbers", sizes).items() if name in sizes))


def _pointers(parts: Mapping[str, _Slice], block: Block) -> str:
    scale = _addresses(parts["scale"]) if block.scales else "scale.ctypes"
    return f"{scale}, offset.ctypes, S.ctypes, b0.ctypes"


class _Slice:
    """A part of a buffer, as source code."""

    def __init__(self, buffer: str, start: int, stop: int) -> None:
        self.buffer, self.start, self.stop = buffer, start, stop

    def __str__(self) -> str:
        return f"{self.buffer}[{self.start}:{self.stop}]"


def _laid_out(buffer: str, sizes: Mapping[str, int]) -> dict[str, _Slice]:
    spans = pairwise(accumulate(sizes.values(), initial=0))
    slices = {name: _Slice(buffer, *span) for name, span in zip(sizes, spans, strict=True)}
    end = sum(sizes.values())
    return slices | {"end": _Slice(buffer, end, end)}


def _tape(block: Block) -> dict[str, _Slice]:
    d, size = block.shared, block.groups * block.effects
    sizes = {"scale": block.scales, "x_shared": d, "x": size, "z": d, "z_stretch": d, "v": size, "v_stretch": size}
    kept = kept_size(block.groups, block.effects, d)
    return _laid_out("tape", sizes | {"R": d * d, "w": d, "P": d * d, "b": d, "y": d, "kept": kept})


def _bars(block: Block) -> dict[str, _Slice]:
    d, size = block.shared, block.groups * block.effects
    several = size if block.effects > 1 else 0
    sizes = {
        "scale": block.scales,
        "z_bar": d,
        "z_stretch_bar": d,
        "v_bar": several,
        "v_stretch_bar": several,
        "x_shared_bar": d,
    }
    sizes |= {"x_bar": size, "scale_bar": block.scales, "f_bar": 1, "S_bar": d, "b0_bar": d, "work": d * d + 2 * d}
    sizes["work"] += scratch_size(block.groups, block.effects)
    return _laid_out("bars", sizes)


class _Names:
    """Names of what belongs to single variables, in the order of inputs and outputs."""

    def __init__(self, block: Block) -> None:
        self.x_shared, self.z, self.z_stretch = (
            [f"{what}_{i}" for i in range(len(block.sizes))] for what in ("x_shared", "z", "z_stretch")
        )
        self.x, self.v, self.v_stretch = (
            [f"{what}_{j}" for j in range(block.effects)] for what in ("x", "v", "v_stretch")
        )
        scales = [f"scale_{i}" for i in range(block.scales)] or ["scale"]
        self.inputs = [*self.x_shared, *self.x, "numbers", *scales, "offset", "f", "S", "b0"]


def _function(name: str, given: Sequence[str], lines: Sequence[str], returned: Sequence[str]) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f"def {name}({', '.join(given)}):\n{body}    return {', '.join(returned)}\n"


def _parents(block: Block, buffer: str) -> list[str]:
    """Arrays as the kernels take them, of the sizes that the operation says: compiled code would read beyond."""
    K, s, d = block.groups, block.effects, block.shared
    size = K * s * (1 + s + d) + d * d + d
    lines = ["numbers, offset, S, b0 = plain(numbers), plain(offset), plain(S), plain(b0)"]
    if block.scales:
        lines += [f"{buffer}[{i}] = scale_{i}" for i in range(block.scales)]
    else:
        lines += [
            "scale = plain(scale)",
            f"if scale.shape[0] not in (1, {K}) or scale.shape[1] not in ({s}, {s * (s + 1) // 2}):",
            "    raise ValueError('unfunnel: the scales of a block must have one row, or one a group')",
        ]
    return [
        *lines,
        f"if numbers.size != {size} or S.size != {d} or b0.size != {d} or offset.shape[1] != {s}:",
        "    raise ValueError('unfunnel: evidence and parents of a block do not fit one another')",
        f"if offset.shape[0] not in (0, {K}):",
        "    raise ValueError('unfunnel: the offset of a block must have no row, or one a group')",
    ]


def _gathered(whole: _Slice, parts: Sequence[str], sizes: Sequence[int]) -> list[str]:
    """Put the arrays of several variables into one; of a cotangent one element holds for all, none is zero."""
    lines = []
    for part, size, (start, stop) in zip(parts, sizes, _spans(sizes), strict=True):
        first, last = whole.start + start, whole.start + stop
        if size == SCALAR:
            lines.append(f"{whole.buffer}[{first}] = {part}")
        else:
            lines.append(f"put({whole.buffer}, {first}, {last}, {part})")
    return lines


def _parts(whole: _Slice, sizes: Sequence[int]) -> list[str]:
    return [
        f"{whole.buffer}[{whole.start + start}]"
        if size == SCALAR
        else str(_Slice(whole.buffer, whole.start + start, whole.start + stop))
        for size, (start, stop) in zip(sizes, _spans(sizes), strict=True)
    ]


def _spans(sizes: Sequence[int]) -> list[tuple[int, int]]:
    return list(pairwise(accumulate((max(size, 1) for size in sizes), initial=0)))


def _addresses(*parts: _Slice) -> str:
    return ", ".join(f"pointer(of_{part.buffer} + {8 * part.start})" for part in parts)


def _sizes(block: Block) -> str:
    rows = f"1, {block.scales}" if block.scales else "*scale.shape"
    kept = kept_size(block.groups, block.effects, block.shared)
    return f"{block.groups}, {block.effects}, {block.shared}, {rows}, offset.shape[0], {kept}"


@register_funcify_and_cache_key(Block)  # type: ignore[no-untyped-call, untyped-decorator]
def compiled_block(operation: Block, node: Any = None, **arguments: Any) -> tuple[Any, str]:
    """The compiled function of a block, and the key of its place in PyTensor's cache."""
    provide("block")
    written = source(operation)
    return numba_njit(compile_numba_function_src(written, "block", dict(_ENVIRONMENT))), _key("block", operation)


@register_funcify_and_cache_key(BlockPullback)  # type: ignore[no-untyped-call, untyped-decorator]
def compiled_pullback(operation: BlockPullback, node: Any = None, **arguments: Any) -> tuple[Any, str]:
    """The same of its pullback."""
    provide("block_pullback")
    block = operation.primal
    assert isinstance(block, Block)
    written = pullback_source(block)
    function = compile_numba_function_src(written, "block_pullback", dict(_ENVIRONMENT))
    return numba_njit(function), _key("block_pullback", block)


def _key(name: str, block: Block) -> str:
    return f"{symbol(name)}_{block.groups}_{block.effects}_{block.sizes}_{block.scales}"
