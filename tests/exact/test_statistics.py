"""Counts, means and scatter of groups."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unfunnel import exact


def test_statistics_of_small_groups():
    statistics = exact.GroupStatistics.from_observations([1.0, 3.0, 5.0, 7.0], [2, 2, 0, 2], groups=4)
    np.testing.assert_array_equal(statistics.count, [1, 0, 3, 0])
    np.testing.assert_array_equal(statistics.mean, [5, np.nan, 11 / 3, np.nan])
    np.testing.assert_allclose(statistics.sum_of_squares, [0, 0, 56 / 3, 0], rtol=1e-15)
    np.testing.assert_array_equal(statistics.labels, [0, 1, 2, 3])
    assert statistics.sigma is None


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    st.lists(st.floats(-1, 1), min_size=2, max_size=20),
    st.sampled_from([1e-6, 1.0, 1e6]),
    st.sampled_from([0.0, 1.0, 1e6, -1e9]),
)
def test_moments_are_right_to_the_last_digits_under_any_offset(values, scale, offset):
    y = [value * scale + offset for value in values]
    statistics = exact.GroupStatistics.from_observations(y, [0] * len(y))
    exactly = [Fraction(value) for value in y]
    mean = sum(exactly) / len(y)
    scatter = math.fsum(float((value - mean) ** 2) for value in exactly)
    largest = max(abs(value) for value in y)
    assert abs(statistics.mean[0] - float(mean)) <= 4e-16 * largest
    spread = float(max(abs(value - mean) for value in exactly))
    assert statistics.sum_of_squares[0] == pytest.approx(scatter, rel=1e-13, abs=1e-15 * largest * spread)


def test_equal_observations_have_no_scatter_at_all():
    statistics = exact.GroupStatistics.from_observations([0.1] * 7, [0] * 7)
    assert statistics.mean[0] == 0.1
    assert statistics.sum_of_squares[0] == 0.0


def test_estimates_carry_their_standard_errors():
    statistics = exact.GroupStatistics.from_estimates([1, 2], [3, 4], labels=["a", "b"])
    np.testing.assert_array_equal(statistics.count, [1, 1])
    np.testing.assert_array_equal(statistics.mean, [1.0, 2.0])
    np.testing.assert_array_equal(statistics.sum_of_squares, [0.0, 0.0])
    np.testing.assert_array_equal(statistics.sigma, [3.0, 4.0])
    assert statistics.labels.tolist() == ["a", "b"]


def test_labels_say_how_many_groups_there_are():
    statistics = exact.GroupStatistics.from_observations([1.0], [0], labels=np.array(["a", "b"], dtype=object))
    np.testing.assert_array_equal(statistics.count, [1, 0])
    assert statistics.labels.dtype.kind == "U"


def test_statistics_cannot_be_changed_and_do_not_share_memory_with_the_caller():
    count = np.array([1, 2])
    statistics = exact.GroupStatistics(count, [1.0, 2.0], [0.0, 1.0])
    count[0] = 5
    assert statistics.count[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        statistics.mean[0] = 3.0


def test_statistics_are_shown_by_their_sizes():
    assert repr(exact.GroupStatistics([1, 2], [1.0, 2.0], [0.0, 1.0])) == "GroupStatistics(2 groups, 3 observations)"
