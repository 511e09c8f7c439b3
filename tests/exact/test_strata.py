"""Collapsed sums against sums over single groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unfunnel.exact.strata import Strata, SumsTable


def groups(size, distinct, smallest, seed=0):
    rng = np.random.default_rng(seed)
    offset = 10.0 ** rng.uniform(np.log10(smallest), 0, distinct)
    offset[0] = 1.0
    return offset[rng.integers(0, distinct, size)], rng.normal(1e3, 5, size)


def by_group(offset, mean, ratio):
    q = (offset + np.exp(2 * ratio)) / (1 + np.exp(2 * ratio))
    weight = (1 / q).sum()
    centre = (mean / q).sum() / weight
    return np.log(q).sum(), weight, centre, ((mean - centre) ** 2 / q).sum()


@pytest.mark.parametrize("ratio", [-12.0, -1.0, 0.3, 9.0])
def test_sums_over_strata_equal_sums_over_groups(ratio):
    offset, mean = groups(500, 7, 1e-4)
    strata = Strata.collapse(offset, mean)
    assert strata.offset.size == 7
    assert strata.groups == 500
    sums = strata.sums(np.array([ratio]))
    expected = by_group(offset, mean - strata.centre, ratio)
    np.testing.assert_allclose(np.array(sums)[:, 0], expected, rtol=1e-11, atol=1e-9)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.integers(1, 40), st.floats(1e-12, 1.0), st.integers(0, 10**6))
def test_table_loses_nothing(distinct, smallest, seed):
    offset, mean = groups(50, distinct, smallest, seed)
    strata = Strata.collapse(offset, mean)
    ratio = np.random.default_rng(seed).uniform(0.5 * np.log(offset.min()) - 15, 15, 200)
    direct, table = strata.sums(ratio), SumsTable(strata)(ratio)
    size = max(1.0, float(np.abs(mean - strata.centre).max()))
    np.testing.assert_allclose(table.log_det, direct.log_det, rtol=1e-12, atol=1e-11)
    np.testing.assert_allclose(table.weight, direct.weight, rtol=1e-12)
    np.testing.assert_allclose(table.mean, direct.mean, atol=1e-12 * size)
    np.testing.assert_allclose(table.quadratic, direct.quadratic, rtol=1e-11, atol=1e-12)


def test_table_is_constant_beyond_its_ends():
    offset, mean = groups(50, 5, 1e-3)
    table = SumsTable(Strata.collapse(offset, mean))
    for near, far in [(-40.0, -400.0), (25.0, 400.0)]:
        np.testing.assert_allclose(table(np.array([far])), table(np.array([near])), rtol=1e-14)
    np.testing.assert_allclose(table(np.array([400.0])).weight, 50, rtol=1e-12)


def test_blocks_do_not_show():
    offset, mean = groups(40_000, 40_000, 1e-3)
    strata = Strata.collapse(offset, mean)
    ratio = np.linspace(-3, 3, 11)
    together = strata.sums(ratio)
    alone = [strata.sums(ratio[i : i + 1]) for i in range(11)]
    for name in together._fields:
        np.testing.assert_allclose(
            getattr(together, name), np.concatenate([getattr(sums, name) for sums in alone]), rtol=1e-12, atol=1e-12
        )
