"""Centering weights of the informed parameterization against what is known of each group."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from unfunnel.study.case import THRESHOLD, Case, Floats
from unfunnel.study.figures.canvas import Exhibit, new_figure, picture
from unfunnel.study.figures.labels import clean, named
from unfunnel.study.figures.palette import COLOURS
from unfunnel.study.result import Result
from unfunnel.study.words import listed, number, whole


def weights(result: Result) -> Exhibit | None:
    """One dot per group: 0, the prior says it all; 1, the data do. None where the effects were sampled as written."""
    regime, learned = result.regime, result.weights
    if learned is None:
        return None
    x, axis, line = _across(regime)
    figure = new_figure(3.2)
    ax = figure.add_subplot()
    expected = expected_weights(result)
    order = np.argsort(x, kind="stable")
    ax.plot(
        x[order],
        expected[order],
        f"o{line}",
        ms=6,
        mfc="none",
        mew=1,
        lw=0.8,
        color=COLOURS["exact"],
        label=_right(result),
    )
    ax.plot(x, learned, "o", ms=5, mew=0, alpha=0.8, color=COLOURS["informed"], label="informed, from the pilot")
    if np.ptp(regime.counts) > 0 and not regime.estimates:
        _rule(ax)
    if not line:
        ax.set_xlim(-0.7, len(x) - 0.3)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(ylim=(-0.04, 1.04), xlabel=axis, ylabel="centering weight w")
    ax.legend(loc="best")
    low, high = float(learned.min()), float(learned.max())
    alt = f"Centering weights of {len(x)} groups against {axis}, from {number(low, 2)} to {number(high, 2)}."
    return Exhibit(
        "weights", "Who leans on the population", _words(result, learned), (picture(figure, "weights", alt),)
    )


def expected_weights(result: Result) -> Floats:
    """``E[tau^2 / (tau^2 + s_k^2)]``, s_k the standard error of group k; dim (group,).

    Over the exact posterior; without one, over the informed draws, and then s_k is an approximation too.
    """
    draws = result.draws[result.reference]
    tau = draws.tau.reshape(-1, 1)
    regime = result.regime
    errors = regime.standard_errors if draws.sigma is None else draws.sigma.reshape(-1, 1) / np.sqrt(regime.counts)
    return np.asarray(np.mean(tau**2 / (tau**2 + errors**2), axis=0))


def _right(result: Result) -> str:
    return "by standard errors" if result.exact is None else "exact"


def _across(regime: Case) -> tuple[Floats, str, str]:
    """Horizontal places, what they mean, and the line that joins neighbours where that makes sense."""
    if regime.estimates and np.ptp(regime.standard_errors) > 0:
        return regime.standard_errors, "standard error of the estimate", "-"
    if np.ptp(regime.counts) > 0:
        return regime.counts.astype(float), "observations in the group", "-"
    word = clean(regime.group_word, "group", 30)
    return np.arange(len(regime.labels), dtype=float), f"{word}, in order of appearance", ""


def _rule(ax: Axes) -> None:
    ax.set_xscale("log")
    low, high = ax.get_xlim()
    ax.xaxis.set_major_locator(LogLocator(subs=(1,) if high / low > 300 else (1, 2, 5)))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: whole(value)))
    ax.axvline(THRESHOLD, color=COLOURS["mixed"], lw=1.2, ls="--", label=f"rule of thumb: {THRESHOLD} observations")


def _mixed(regime: Case) -> str:
    """What the rule of thumb makes of these groups."""
    centered = np.flatnonzero(regime.counts > THRESHOLD)
    if len(centered) in (0, len(regime.labels)):
        which = "centers none of them: mixed is non-centered here" if len(centered) == 0 else "centers them all"
        return f" The rule of thumb, centered above {THRESHOLD} observations, {which}."
    names = listed(named(regime, int(k)) for k in centered) if len(centered) <= 4 else f"{len(centered)} of them"
    return f" The rule of thumb, centered above {THRESHOLD} observations, centers {names}."


def _words(result: Result, w: Floats) -> tuple[str, ...]:
    regime = result.regime
    low, high = int(np.argmin(w)), int(np.argmax(w))
    first = (
        "The weight of a group is the share of its estimate that its own data decide: 0 is what the non-centered"
        " coordinates suppose, 1 what the centered ones do, and the informed parameterization takes each group as it"
        " is."
    )
    if np.ptp(w) < 0.02:
        second = f"Here all groups have about the same weight, {number(float(w.mean()), 2)}."
    else:
        second = (
            f"Here it goes from {number(w[low], 2)} for {named(regime, low)} to {number(w[high], 2)} for"
            f" {named(regime, high)}."
        )
    second += _mixed(regime)
    gap = float(np.max(np.abs(w - expected_weights(result))))
    others = "those that the groups' standard errors give" if result.exact is None else "the exact ones"
    return first, f"{second} The weights learned from the pilot differ from {others} by at most {number(gap, 2)}."
