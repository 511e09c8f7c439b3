"""Points at which charts are tried: ordinary ones and the extremes that samplers reach."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

GROUPS = 3


def powers(low: int, high: int) -> Any:
    """10**z for z in a range, with its ends likely."""
    return st.one_of(st.sampled_from([10.0**low, 1.0, 10.0**high]), st.floats(low, high).map(lambda z: 10.0**z))


def each(values: Any) -> Any:
    """One value for each group."""
    return st.lists(values, min_size=GROUPS, max_size=GROUPS)


scales = powers(-8, 8)
locations = st.one_of(st.sampled_from([0.0, -1e6, 1e6]), st.floats(-10.0, 10.0))
# Next to zero a product with a tiny scale would underflow, which is not what these tests are about.
coordinates = st.floats(-8.0, 8.0).map(lambda x: x if abs(x) > 1e-9 else 0.0)
precisions = st.one_of(st.sampled_from([0.0, 1e16]), powers(-8, 16))
centerednesses = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0))
