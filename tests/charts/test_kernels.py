"""What numba caches, and under which names."""

from __future__ import annotations

from types import FunctionType

import numpy as np

from unfunnel.charts import kernels_lone, symbols
from unfunnel.charts.kernels import VERSION, of_this_version


def test_a_cached_kernel_has_the_version_of_all_kernels_in_its_name() -> None:
    """A kernel that it calls may be another one in the next version, of which numba would see nothing."""
    kernel = kernels_lone.to_shared
    name = kernel._cache._cache_file._index_name
    assert VERSION in name
    assert name.startswith("kernels_lone.to_shared")


def test_a_native_kernel_has_it_too() -> None:
    native = symbols.provide("block")
    assert VERSION in native._cache._cache_file._index_name
    assert symbols.symbol("block").endswith(VERSION)


def test_a_renamed_function_is_the_same() -> None:
    def double(x: float) -> float:
        return 2.0 * x

    renamed = of_this_version(FunctionType(double.__code__, {}, "double"))
    assert renamed(np.pi) == double(np.pi)
    assert renamed.__qualname__.endswith(f"double_{VERSION}")
