"""The posterior predictive check: what each fit would expect to observe, with the data on it."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from unfunnel.plots.density import density
from unfunnel.study.case import Floats
from unfunnel.study.figures.canvas import Exhibit, new_figure, picture
from unfunnel.study.figures.labels import describe, label, value_word
from unfunnel.study.figures.palette import COLOURS, DATA
from unfunnel.study.figures.panels import limits, telling
from unfunnel.study.result import Result
from unfunnel.study.words import number, shown, whole

MOST_ROWS = 150


def predictive(result: Result) -> Exhibit:
    """Split violins: the left half one fit, the right half another."""
    regime = result.regime
    chosen, why = telling(regime)
    pairs = (("centered", "noncentered"), ("informed", "mixed" if result.exact is None else "exact"))
    replicated = {name: regime.replicate(result.draws[name], chosen) for pair in pairs for name in pair}
    shown_rows = [regime.y[regime.group == k] for k in chosen]
    columns = [r[:, i] for r in replicated.values() for i in range(len(chosen))]
    low, high = limits([*columns, *[np.array([y.min(), y.max()]) for y in shown_rows]], 0.002)
    figure = new_figure(5.6)
    axes = figure.subplots(2, 1, sharex=True, sharey=True)
    for ax, pair in zip(axes, pairs, strict=True):
        for name, side in zip(pair, (-1, 1), strict=True):
            _halves(ax, replicated[name], name, side, (low, high))
        _data(ax, shown_rows)
        ax.set(ylim=(low, high), ylabel=value_word(regime))
        ax.legend(loc="upper left", bbox_to_anchor=(0, 1.15), ncols=3, borderaxespad=0)
        ax.grid(False, axis="x")
    names = [f"{label(regime, int(k))}\n{describe(regime, int(k))}" for k in chosen]
    crowded = len(chosen) * max(len(part) for name in names for part in name.split("\n")) > 100
    axes[1].set_xticks(range(len(chosen)), names, rotation=40 if crowded else 0, ha="right" if crowded else "center")
    alt = f"Split violins of the posterior predictive distribution of {len(chosen)} groups, with the data as dots."
    return Exhibit(
        "predictive", "Posterior predictive check", _words(result, chosen, why), (picture(figure, "predictive", alt),)
    )


def _halves(ax: Axes, values: Floats, name: str, side: int, reach: tuple[float, float]) -> None:
    for place, column in enumerate(values.T):
        grid, height = density(column, *reach)
        edge = place + side * 0.42 * height / height.max()
        words = shown(name) if place == 0 else None
        ax.fill_betweenx(grid, place, edge, color=COLOURS[name], alpha=0.45, lw=0, label=words)
        for quantile, style in zip(np.quantile(column, [0.25, 0.5, 0.75]), (":", "-", ":"), strict=True):
            reached = place + side * 0.42 * np.interp(quantile, grid, height) / height.max()
            ax.plot([place, reached], [quantile] * 2, color=COLOURS[name], lw=0.9, ls=style)


def _data(ax: Axes, rows: list[Floats]) -> None:
    generator = np.random.default_rng(0)
    for place, values in enumerate(rows):
        kept = values if len(values) <= MOST_ROWS else generator.choice(values, MOST_ROWS, replace=False)
        crowd = len(kept) > 1
        x = place + (generator.uniform(-0.12, 0.12, len(kept)) if crowd else 0)
        style: Any = {"ms": 2.2, "alpha": 0.6} if crowd else {"ms": 5, "alpha": 1.0}
        name = "data" if place == 0 else None
        ax.plot(np.broadcast_to(x, kept.shape), kept, "o", mew=0, color=DATA, label=name, **style)


def _gap(result: Result, name: str, chosen: Any) -> float:
    """Largest gap between the fit's predictive quartiles and the reference's, in predictive standard deviations."""
    fit, right = (result.regime.replicate(result.draws[n], chosen) for n in (name, result.reference))
    quartiles = [0.25, 0.5, 0.75]
    gap = np.abs(np.quantile(fit, quartiles, axis=0) - np.quantile(right, quartiles, axis=0)) / np.std(right, axis=0)
    return float(gap.max())


def _words(result: Result, chosen: Any, why: str) -> tuple[str, ...]:
    regime, whose = result.regime, result.reference
    right = regime.replicate(result.draws[whose], np.arange(len(regime.labels)))
    low, high = np.quantile(right, [0.055, 0.945], axis=0)
    inside = int(np.sum((regime.y >= low[regime.group]) & (regime.y <= high[regime.group])))
    first = (
        f"{whole(inside)} of {whole(len(regime.y))} observations lie within the {whose} predictive 89 % interval of"
        f" their group, where about {whole(0.89 * len(regime.y))} should. Dots are observations, lines the quartiles of"
        " each half."
    )
    apart = max(_gap(result, name, chosen) for name in result.fits)
    ones = "the exact ones" if whose == "exact" else "those of the informed fit"
    second = (
        f"The quartiles of the fits lie at most {number(100 * apart, 2)} % of the predictive standard deviation from"
        f" {ones}. The noise of an observation hides most of what a bad fit gets wrong: this check tests the"
        " model, not the sampler."
    )
    big = int(regime.counts.max())
    third = f"At most {MOST_ROWS} dots are drawn per group." if big > MOST_ROWS else ""
    return tuple(filter(None, (why, first, second, third)))
