"""Logarithms of quantiles for numba; importing this registers them with PyTensor."""

from __future__ import annotations

from typing import Any

from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_and_cache_key

from unfunnel.charts.kernels_quantiles import external, symbol
from unfunnel.charts.quantiles import LogQuantile


@register_funcify_and_cache_key(LogQuantile)  # type: ignore[no-untyped-call, untyped-decorator]
def compiled(operation: LogQuantile, node: Any = None, **arguments: Any) -> tuple[Any, str]:
    """The compiled function, and the key of its place in PyTensor's cache."""
    kernel = external(operation.distribution)

    @numba_njit
    def log_quantile(x: Any) -> Any:
        return kernel(x)

    return log_quantile, symbol(operation.distribution)
