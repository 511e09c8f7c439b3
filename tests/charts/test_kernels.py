"""What numba caches, and under which names; and logarithms."""

from __future__ import annotations

from types import FunctionType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unfunnel.charts import kernels_lone, symbols
from unfunnel.charts.kernels import VERSION, of_this_version
from unfunnel.charts.kernels_logarithms import logarithms


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


@given(st.lists(st.floats(np.finfo(float).tiny, np.finfo(float).max), min_size=1, max_size=40))
def test_logarithms_are_the_librarys(values: list[float]) -> None:
    """Each is within a unit of the last place of the truth, and so they are within two of one another."""
    given_values, found = np.array(values), np.empty(len(values))
    logarithms(given_values, found, 1.0)
    expected = np.log(given_values)
    assert (np.abs(found - expected) <= 2.0 * np.spacing(np.abs(expected))).all()


@pytest.mark.parametrize("odd", [0.0, 5e-324, 1e-310, np.inf, np.nan])
def test_numbers_without_a_full_mantissa_have_logarithms_too(odd: float) -> None:
    given_values, found = np.array([odd, 1.5]), np.empty(2)
    logarithms(given_values, found, 0.5)
    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(found, 0.5 * np.log(given_values))
