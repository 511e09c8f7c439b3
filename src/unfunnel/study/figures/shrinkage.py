"""Partial pooling: each group's own mean against its estimate in the hierarchy."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from unfunnel.study.figures.canvas import Exhibit, new_figure, picture
from unfunnel.study.figures.labels import describe, label, named, value_word
from unfunnel.study.figures.palette import COLOURS, PRIOR
from unfunnel.study.figures.panels import telling
from unfunnel.study.result import Result
from unfunnel.study.words import capital, number

MOST = 40


def shrinkage(result: Result) -> Exhibit:
    """Hollow, the mean of a group's own data with its standard error; filled, the informed fit's 89 % interval."""
    regime = result.regime
    chosen, why = telling(regime, MOST)
    chosen = chosen[np.argsort(regime.means[chosen], kind="stable")]
    figure = new_figure(max(2.2, 0.21 * len(chosen) + 1.1))
    ax = figure.add_subplot()
    _rows(ax, result, chosen)
    names = [f"{label(regime, int(k))} ({describe(regime, int(k))})" for k in chosen]
    ax.set_yticks(range(len(chosen)), names, fontsize=8 if len(chosen) <= 20 else 7)
    ax.set_ylim(-0.7, len(chosen) - 0.3)
    ax.set_xlabel(value_word(regime))
    ax.grid(False, axis="y")
    figure.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    alt = f"For {len(chosen)} groups: own mean with standard error, and posterior mean with 89 % interval, around μ."
    return Exhibit("shrinkage", "Partial pooling", _words(result, why), (picture(figure, "shrinkage", alt),))


def _rows(ax: Axes, result: Result, chosen: np.ndarray) -> None:
    regime, rows = result.regime, np.arange(len(chosen))
    theta = result.draws["informed"].theta[..., chosen].reshape(-1, len(chosen))
    low, high = np.quantile(theta, [0.055, 0.945], axis=0)
    ax.axvline(float(result.draws["informed"].mu.mean()), color=PRIOR, lw=1, ls="--", label="posterior mean of μ")
    means, errors = regime.means[chosen], regime.standard_errors[chosen]
    ax.errorbar(means, rows + 0.17, xerr=errors, fmt="o", ms=4, mfc="white", color=PRIOR, lw=1, label="own data ± s.e.")
    ax.hlines(rows - 0.17, low, high, color=COLOURS["informed"], lw=1.6)
    ax.plot(theta.mean(axis=0), rows - 0.17, "o", ms=4, color=COLOURS["informed"], label="informed fit, 89 %")
    if regime.truth is not None:
        ax.plot(regime.truth.theta[chosen], rows, "x", ms=5, mew=1.4, color=COLOURS["exact"], label="true θ")


def _words(result: Result, why: str) -> tuple[str, ...]:
    regime = result.regime
    theta = result.draws["informed"].theta.reshape(-1, len(regime.labels)).mean(axis=0)
    moved = np.abs(theta - regime.means)
    most = int(np.argmax(moved))
    unit = regime.standard_errors[most]
    first = (
        f"The hierarchy draws each group from its own mean towards μ, the more the less its own data say."
        f" {capital(named(regime, most))} moves furthest: its own mean is {number(regime.means[most], 4)}, its"
        f" estimate {number(theta[most], 4)}, {number(moved[most] / unit, 2)} standard errors away."
    )
    spread = float(np.std(theta) / np.std(regime.means)) if np.std(regime.means) > 0 else 1.0
    second = f"The estimates spread {number(100 * spread, 2)} % as far as the groups' own means."
    return tuple(filter(None, (why, first, second)))
