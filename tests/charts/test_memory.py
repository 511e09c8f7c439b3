"""Numbers at a fixed place: set after compilation, never written to by what reads them, given back when done with."""

from __future__ import annotations

import gc

import numpy as np
import pytensor.tensor as pt
import pytest
from pytensor import function

from unfunnel.charts import Memory, Place
from unfunnel.charts.memory import TABLE


@pytest.mark.parametrize("mode", ["NUMBA", "FAST_COMPILE"])
def test_compiled_code_reads_what_is_there_now_and_leaves_it(mode: str) -> None:
    place = Place(3)
    numbers = Memory(place.position, 3)()
    # One use of it, elementwise: PyTensor would put the result where its input was, were that its own.
    read = function([], pt.exp(2.0 * numbers + 1.0), mode=mode)
    for values in ([0.0, 1.0, 2.0], [-1.0, 0.5, 3.0]):
        place.values[:] = values
        for _ in range(2):
            np.testing.assert_allclose(read(), np.exp(2.0 * np.array(values) + 1.0), rtol=1e-15)
        np.testing.assert_array_equal(place.values, values)


def test_places_are_apart_and_given_back() -> None:
    first, second = Place(2), Place(2)
    assert first.position != second.position
    assert TABLE[second.position] == second.values.ctypes.data
    position = second.position
    del second
    gc.collect()
    assert TABLE[position] == 0
    assert Place(4).position == position
