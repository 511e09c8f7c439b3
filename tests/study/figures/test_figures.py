from __future__ import annotations

import sys
from functools import cache

import numpy as np
import pytest
from matplotlib import rc_context

from unfunnel.study.figures import FIGURES, data_plot, shrinkage, weights
from unfunnel.study.figures.canvas import Exhibit
from unfunnel.study.figures.funnel import funnel_limits, narrowing
from unfunnel.study.figures.palette import COLOURS, STYLE
from unfunnel.study.figures.spread import distances
from unfunnel.study.figures.weights import expected_weights, rule
from unfunnel.study.page import png_size

NAMES = ("unbalanced", "small", "eight_schools", "table of 40", "adc", "multivariate_strong")
# The functions of the package hide the modules of the same name.
FUNNEL = sys.modules["unfunnel.study.figures.funnel"]


@pytest.fixture(scope="module")
def exhibit_of(results):
    """Exhibits by figure and data, drawn once."""

    @cache
    def get(draw, name):
        with rc_context(STYLE):
            return draw(results(name))

    return get


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("draw", FIGURES, ids=lambda draw: draw.__name__)
def test_every_figure_of_every_sort_of_data(exhibit_of, name, draw):
    exhibit = exhibit_of(draw, name)
    if exhibit is None:
        # Other parameters than the population's are of the further chapters only; what is written has no weights.
        assert draw.__name__ == ("weights" if name == "multivariate_strong" else "other")
        return
    assert isinstance(exhibit, Exhibit)
    assert exhibit.title
    assert exhibit.words
    assert all(len(words) > 20 for words in exhibit.words)
    for picture in exhibit.pictures:
        width, height = png_size(picture)
        assert 300 < width < 1200
        assert 150 < height < 1500
        assert len(picture.alt) > 30
    assert "nan" not in " ".join(exhibit.words)
    assert not any("$\\" in words for words in exhibit.words)


def test_without_an_exact_density_none_is_spoken_of(exhibit_of):
    exhibits = [exhibit_of(draw, "adc") for draw in FIGURES]
    words = [" ".join(exhibit.words) for exhibit in exhibits if exhibit is not None]
    assert "There is no exact density of this model" in " ".join(words)
    assert not any("exact posterior" in text or "the exact" in text for text in words)


@pytest.mark.parametrize("draw", [data_plot, shrinkage, weights], ids=lambda draw: draw.__name__)
def test_hundreds_of_groups(results, draw):
    with rc_context(STYLE):
        exhibit = draw(results("table of 300"))
    assert max(png_size(picture)[1] for picture in exhibit.pictures) < 1500


def test_one_funnel_picture_per_parameterization_on_the_same_axes(results, monkeypatch):
    limits = []
    monkeypatch.setattr(
        FUNNEL, "picture", lambda figure, *_: limits.extend((ax.get_xlim(), ax.get_ylim()) for ax in figure.axes)
    )
    FUNNEL.funnel(results("unbalanced"))
    assert len(limits) == 5 * 9
    assert len(set(limits)) == 1


def test_divergent_draws_are_drawn_on_top(results, monkeypatch):
    drawn = []
    monkeypatch.setattr(FUNNEL, "picture", lambda figure, file, *_: drawn.append((file, figure.axes[0].collections)))
    FUNNEL.funnel(results("weak"))
    clouds = dict(drawn)["funnel_centered"]
    assert [len(cloud.get_offsets()) for cloud in clouds] == [1600, 3]
    assert len(dict(drawn)["funnel_informed"]) == 1


def test_panels_are_the_groups_in_their_own_order(results, monkeypatch):
    drawn = []
    monkeypatch.setattr(FUNNEL, "picture", lambda figure, *_: drawn.append(figure))
    FUNNEL.funnel(results("unbalanced"))
    for figure in drawn:
        assert [ax.get_title().split()[1] for ax in figure.axes] == list("012345678")


def test_the_rule_of_thumb_stands_at_its_number_of_observations(results):
    # Noise is 10: 25 observations have the precision 25 / 10².
    assert rule(results("unbalanced").regime) == pytest.approx(0.25)


def test_limits_leave_out_next_to_nothing(results):
    result = results("weak")
    (left, right), (low, high) = funnel_limits(result, np.arange(9))
    for draws in result.draws.values():
        assert np.mean((draws.theta < left) | (draws.theta > right)) < 0.002
        assert np.mean((draws.log_tau < low) | (draws.log_tau > high)) < 0.002


def test_a_sparse_group_is_a_funnel_and_a_rich_one_is_not(results):
    exact = results("unbalanced").draws["exact"]
    assert narrowing(exact, 4) > 1.6  # one observation
    assert 0.8 < narrowing(exact, 2) < 1.25  # a thousand


def test_expected_weights_grow_with_the_group(results):
    weights = expected_weights(results("unbalanced"))
    counts = results("unbalanced").regime.counts
    assert np.all(np.diff(weights[np.argsort(counts, kind="stable")]) > -1e-12)
    assert weights[2] > 0.98


def test_exact_draws_are_at_no_distance_from_the_exact_density(results):
    # Kolmogorov's statistic of 1600 independent draws exceeds 0.07 with probability 3e-7.
    assert max(distances(results("weak")).values()) < 0.07


def test_colours_are_one_a_parameterization():
    assert len(set(COLOURS.values())) == len(COLOURS) == 5
