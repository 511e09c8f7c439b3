"""The data: every observation, group by group."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from unfunnel.study.case import Case
from unfunnel.study.figures.canvas import Exhibit, new_figure, picture
from unfunnel.study.figures.labels import clean, describe, label, renamed, value_word
from unfunnel.study.figures.palette import COLOURS, DATA
from unfunnel.study.result import Result
from unfunnel.study.words import counted, number, whole

MOST_LABELS = 40


def data_plot(result: Result) -> Exhibit:
    """Observations against groups; with truth and standard errors where there are any."""
    regime = result.regime
    groups = len(regime.labels)
    order = np.arange(groups) if groups <= MOST_LABELS else np.argsort(regime.means, kind="stable")
    place = np.empty(groups)
    place[order] = np.arange(groups)
    figure = new_figure(3.4 if groups <= 12 or groups > MOST_LABELS else 4.4)
    ax = figure.add_subplot()
    _points(ax, regime, place)
    _ticks(ax, regime, order)
    ax.set_ylabel(value_word(regime))
    ax.legend(loc="upper left", bbox_to_anchor=(0, 1.14), ncols=4, borderaxespad=0, handletextpad=0.3)
    return Exhibit("data", "The data", _words(regime, groups > MOST_LABELS), (picture(figure, "data", _alt(regime)),))


def _points(ax: Axes, regime: Case, place: np.ndarray) -> None:
    x = place[regime.group]
    if regime.truth is not None:
        truth = regime.truth
        ax.axhspan(truth.mu - truth.tau, truth.mu + truth.tau, color="#EEF3F7", zorder=0, label="true μ ± τ")
        ax.plot(place, truth.theta, "_", ms=16, mew=2.2, color=COLOURS["noncentered"], label="true θ")
    if regime.estimates:
        errors = regime.standard_errors
        ax.errorbar(x, regime.y, errors[regime.group], fmt="o", ms=4, color=DATA, lw=1, label="estimate ± s.e.")
        return
    crowded = regime.counts.max() > 1
    wiggle = np.random.default_rng(0).uniform(-0.25, 0.25, len(x)) if crowded else np.zeros(len(x))
    size, alpha = (2.0, 0.2) if len(x) > 5000 else (2.5, 0.35) if len(x) > 200 else (3.5, 0.7) if crowded else (5, 1)
    ax.plot(x + wiggle, regime.y, "o", ms=size, mew=0, alpha=alpha, color=DATA, label="observation")
    if crowded:
        mark = 10 if len(place) <= MOST_LABELS else 3
        ax.plot(place, regime.means, "_", ms=mark, mew=1.8, color=COLOURS["centered"], label="mean of a group")


def _ticks(ax: Axes, regime: Case, order: np.ndarray) -> None:
    word = clean(regime.group_word, "group", 30)
    ax.set_xlim(-0.7, len(order) - 0.3)
    if len(order) > MOST_LABELS:
        ax.set_xlabel(f"{word}: {len(order)} groups, ordered by mean")
        ax.grid(False, axis="x")
        return
    names = [label(regime, int(k)) for k in order]
    known = [describe(regime, int(k)) for k in order]
    long = _crowded(names)
    if not long and not _crowded(known):
        names = [f"{name}\n{what}" for name, what in zip(names, known, strict=True)]
    size = 8 if len(order) <= 25 else 6.5
    ax.set_xticks(range(len(order)), names, rotation=90 if long else 0, fontsize=size)
    ax.set_xlabel(word)
    ax.grid(False, axis="x")


def _crowded(texts: list[str]) -> bool:
    """Whether they would touch, side by side below the axis."""
    return len(texts) * (2 + max(map(len, texts))) > 90


def _words(regime: Case, many: bool) -> tuple[str, ...]:
    groups, counts = len(regime.labels), regime.counts
    sizes = (
        f"each with {counted(int(counts[0]), 'row' if regime.truth is None else 'observation')}"
        if np.ptp(counts) == 0
        else f"with {counts.min()} to {whole(int(counts.max()))} observations each"
    )
    ratio = heterogeneity(regime)
    verdict = "they can hardly tell whether the groups differ at all" if ratio < 1.3 else "the groups do differ"
    first = (
        f"{groups} groups, {sizes}; values from {number(regime.y.min())} to {number(regime.y.max())}. Weighted"
        f" by precision, the group means lie {number(ratio, 2)} times as far apart as noise alone would put them: taken"
        f" by themselves, {verdict}."
    )
    extra = "Groups are ordered by their means." if many else ""
    if regime.truth is not None:
        extra += (
            f" The band is the population that every {regime.group_word} was drawn from, μ = {regime.truth.mu} ± τ ="
            f" {regime.truth.tau}; short bars are the true θ."
        )
    return tuple(filter(None, (first, extra.strip(), renamed(regime))))


def heterogeneity(regime: Case) -> float:
    """Spread of the group means over what noise alone would give: ``H = sqrt(Q / (K - 1))``, Q being Cochran's.

    About 1 if the groups do not differ.

    References
    ----------
    Higgins, J. and Thompson, S. (2002), Quantifying heterogeneity in a meta-analysis.
    """
    precision = 1 / regime.standard_errors**2
    centre = np.sum(precision * regime.means) / np.sum(precision)
    q = np.sum(precision * (regime.means - centre) ** 2)
    return float(np.sqrt(q / (len(regime.labels) - 1)))


def _alt(regime: Case) -> str:
    kind = "estimates with standard errors" if regime.estimates else "observations"
    return (
        f"Scatter plot of {len(regime.y)} {kind} in {len(regime.labels)} groups, from {number(regime.y.min())} to"
        f" {number(regime.y.max())}."
    )
