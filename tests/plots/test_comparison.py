from __future__ import annotations

import numpy as np
import pytest

import unfunnel as uf


def fit(name, seed, efficiency, sound=True):
    return uf.Measured(
        parameterization=name,
        seed=seed,
        divergences=0 if sound else 12,
        ess=400.0,
        where="tau",
        r_hat=1.0,
        per_1000_gradients=efficiency,
        per_second=3 * efficiency,
        step_size=0.5,
        steps=7.0,
        most_steps=15,
        gradients=28000,
        gradients_all=40000,
        seconds=2.0,
        sound=sound,
        said="fine" if sound else "funnel",
        means={"tau": 1.0},
        errors={"tau": 0.1},
    )


@pytest.fixture
def comparison():
    fits = [fit("centered", seed, 5.0 + seed, sound=False) for seed in (1, 2)]
    return uf.Comparison(
        (*fits, fit("a$b$", 1, 40.0), fit("a$b$", 2, 44.0), fit("informed", 1, 90.0), fit("informed", 2, 95.0))
    )


def test_a_dot_is_a_fit_and_the_best_is_on_top(comparison):
    plots = uf.plot_comparison(comparison, backend="none")
    sound = plots.viz["sound"]["per_1000_gradients"].item()
    assert np.asarray(sound["x"]).tolist() == [40, 44, 90, 95]
    assert np.asarray(sound["y"]).tolist() == [1, 1, 2, 2]
    flagged = plots.viz["flagged"]["per_second"].item()
    assert np.asarray(flagged["x"]).tolist() == [18, 21]
    assert np.asarray(flagged["y"]).tolist() == [0, 0]
    assert plots.viz["figure_title"].item()["string"].startswith("informed is ahead")


def test_rows_tell_divergences_and_labels_are_text(comparison):
    figure = uf.plot_comparison(comparison, backend="matplotlib").viz["figure"].item()
    figure.draw_without_rendering()
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["centered  (24 div.)", r"a\$b\$", "informed"]


def test_nothing_sound_is_said():
    plots = uf.plot_comparison(uf.Comparison((fit("centered", 1, 5.0, sound=False),)), backend="none")
    assert plots.viz["figure_title"].item()["string"] == "none of the parameterizations is sound"


def test_bad_input_is_refused():
    with pytest.raises(uf.InvalidArgumentError, match=r"must be what unfunnel.compare returned, got dict"):
        uf.plot_comparison({})
    with pytest.raises(uf.InvalidArgumentError, match="has no fits"):
        uf.plot_comparison(uf.Comparison(()))
