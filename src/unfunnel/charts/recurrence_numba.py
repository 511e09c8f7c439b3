"""The recurrence for numba; importing this registers it with PyTensor."""

from __future__ import annotations

from typing import Any

from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_and_cache_key

from unfunnel.charts.fused_numba import plain
from unfunnel.charts.kernels_sequences import recurrence as kernel
from unfunnel.charts.recurrence import Recurrence


@register_funcify_and_cache_key(Recurrence)  # type: ignore[no-untyped-call, untyped-decorator]
def compiled(operation: Recurrence, node: Any = None, **arguments: Any) -> tuple[Any, str]:
    """The compiled function, and the key of its place in PyTensor's cache."""

    @numba_njit
    def recurrence(a: Any, b: Any) -> Any:
        return kernel(plain(a), plain(b))

    return recurrence, "unfunnel_recurrence_1"
