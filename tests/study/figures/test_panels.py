from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from unfunnel.plots.density import density
from unfunnel.study.figures.data_plot import heterogeneity
from unfunnel.study.figures.panels import grid_shape, limits, telling, thinned


def test_few_groups_are_all_shown_in_their_order(results):
    chosen, why = telling(results("unbalanced").regime)
    assert chosen.tolist() == list(range(9))
    assert why == ""


def test_of_many_groups_nine_from_least_to_best_informed(results):
    regime = results("table of 300").regime
    chosen, why = telling(regime)
    counts = regime.counts[chosen]
    assert len(set(chosen.tolist())) == 9
    assert np.all(np.diff(counts) >= 0)
    assert (counts[0], counts[-1]) == (regime.counts.min(), regime.counts.max())
    assert "9 of the 300 groups" in why
    assert "least informed" in why


def test_equally_informed_groups_go_by_their_means(results):
    regime = results("weak").regime
    chosen, why = telling(regime, 3)
    assert chosen[0] == np.argmin(regime.means)
    assert chosen[-1] == np.argmax(regime.means)
    assert "equally informed" in why


@pytest.mark.parametrize(
    ("panels", "shape"), [(1, (1, 1)), (2, (1, 2)), (3, (1, 3)), (4, (2, 2)), (5, (2, 3)), (8, (3, 3)), (9, (3, 3))]
)
def test_grid_shape(panels, shape):
    assert grid_shape(panels) == shape


def test_limits_of_constants_have_a_width():
    low, high = limits([np.ones(10)], 0.01)
    assert low < 1 < high


def test_thinned():
    assert len(thinned(np.arange(4000.0))) == 4000
    assert 2000 <= len(thinned(np.arange(10001.0))) <= 4000


def test_density_of_a_normal():
    values = np.random.default_rng(0).normal(size=20_000)
    grid, height = density(values, -4, 4)
    assert np.allclose(height, np.exp(-0.5 * grid**2) / np.sqrt(2 * np.pi), atol=0.02)
    assert np.trapezoid(height, grid) == pytest.approx(1, abs=0.01)


def test_density_of_constants_is_finite():
    grid, height = density(np.ones(100), 0, 2)
    assert np.all(np.isfinite(height))
    assert grid[np.argmax(height)] == pytest.approx(1, abs=0.01)


def test_heterogeneity_by_hand(results):
    regime = replace(results("small").regime, y=np.array([0.0, 1.0]), sigma=0.5)
    # Means 0 and 1, both with precision 4: Q = 4 (0.25 + 0.25) = 2, one degree of freedom.
    assert heterogeneity(regime) == pytest.approx(np.sqrt(2.0))
