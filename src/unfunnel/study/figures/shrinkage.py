"""Partial pooling: each group's own mean against its estimate in the hierarchy."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from unfunnel.plots.canvas import legend
from unfunnel.plots.palette import DRAWS, OWN_DATA, POPULATION
from unfunnel.plots.shrinkage import plot_shrinkage
from unfunnel.study.figures.canvas import WIDTH, Exhibit, drawn, panels_of, picture
from unfunnel.study.figures.labels import named, value_word
from unfunnel.study.figures.palette import COLOURS
from unfunnel.study.figures.panels import telling
from unfunnel.study.figures.pictured import GROUP, names, trees_of
from unfunnel.study.result import Result
from unfunnel.study.words import capital, number

MOST = 40


def shrinkage(result: Result) -> Exhibit:
    """Hollow, the mean of a group's own data with its standard error; filled, the informed fit's 89 % interval."""
    regime = result.regime
    chosen, why = telling(regime, MOST)
    chosen = chosen[np.argsort(regime.means[chosen], kind="stable")]
    plots = plot_shrinkage(
        trees_of(result)["informed"],
        "θ",
        location="μ",
        unpooled=regime.means,
        sizes=None if regime.estimates else regime.counts,
        coords={GROUP: names(regime, chosen)},
        most=MOST,
        backend="matplotlib",
        visuals={"heading": False, "legend": False},
        figure_kwargs={"figsize": (WIDTH, max(2.2, 0.21 * len(chosen) + 1.3))},
    )
    axes = panels_of(plots)[0]
    entries: list[tuple[str, dict[str, Any]]] = [
        ("own data ± s.e.", {"color": OWN_DATA, "facecolor": "#FFFFFF", "marker": "o"}),
        ("informed fit, 89 %", {"color": DRAWS, "marker": "o"}),
        ("posterior mean of μ", {"color": POPULATION, "linestyle": "--"}),
    ]
    if _beside(axes, result, chosen):
        entries.append(("true θ", {"color": COLOURS["exact"], "marker": "x"}))
    axes.set_xlabel(value_word(regime))
    legend(plots, entries)
    alt = f"For {len(chosen)} groups: own mean with standard error, and posterior mean with 89 % interval, around μ."
    return Exhibit("shrinkage", "Partial pooling", _words(result, why), (picture(drawn(plots), "shrinkage", alt),))


def _beside(axes: Axes, result: Result, chosen: np.ndarray) -> bool:
    """Draw the standard errors, and the true effects where they are known, above and on the rows; whether they are."""
    regime, rows = result.regime, np.arange(len(chosen))
    errors = regime.standard_errors[chosen]
    axes.errorbar(regime.means[chosen], rows + 0.25, xerr=errors, fmt="none", color=OWN_DATA, lw=0.8, alpha=0.7)
    if regime.truth is None:
        return False
    axes.plot(regime.truth.theta[chosen], rows, "x", ms=5, mew=1.4, color=COLOURS["exact"])
    return True


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
