"""Numbers at a fixed place, for numba; importing this registers them with PyTensor."""

from __future__ import annotations

from typing import Any

from llvmlite import binding, ir  # type: ignore[import-untyped]
from numba import carray, types  # type: ignore[attr-defined]
from numba.extending import intrinsic
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_and_cache_key

from unfunnel.charts.memory import PLACES, TABLE, Memory

_SYMBOL = "unfunnel_places"


@intrinsic
def address(context: Any, position: Any) -> Any:
    """The address of a place, from the table."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        integer = ir.IntType(64)
        module = builder.module
        table = module.globals.get(_SYMBOL) or ir.GlobalVariable(module, ir.ArrayType(integer, PLACES), _SYMBOL)
        entry = builder.gep(table, [integer(0), arguments[0]], inbounds=True)
        return builder.inttoptr(builder.load(entry), ir.DoubleType().as_pointer())

    return types.CPointer(types.float64)(types.int64), generate  # type: ignore[no-untyped-call]


@register_funcify_and_cache_key(Memory)  # type: ignore[no-untyped-call, untyped-decorator]
def compiled(operation: Memory, node: Any = None, **arguments: Any) -> tuple[Any, str]:
    """The compiled function, and the key of its place in PyTensor's cache."""
    binding.add_symbol(_SYMBOL, TABLE.ctypes.data)
    position, size = operation.position, operation.size

    @numba_njit
    def memory(anchor: Any) -> Any:
        return carray(address(position), (size,))  # type: ignore[call-arg]

    return memory, f"unfunnel_memory_2_{position}_{size}"
