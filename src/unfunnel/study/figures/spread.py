"""tau: its prior, every posterior, the exact marginal density where it is known, and the true value."""

from __future__ import annotations

import numpy as np

from unfunnel.plots.scale import plot_scale
from unfunnel.study.case import Floats
from unfunnel.study.figures.canvas import WIDTH, Exhibit, drawn, panels_of, picture
from unfunnel.study.figures.labels import within
from unfunnel.study.figures.palette import TRUTH
from unfunnel.study.figures.pictured import trees_of
from unfunnel.study.result import Result
from unfunnel.study.words import number, shown


def spread(result: Result) -> Exhibit:
    """Densities of log tau, on whose scale the neck of the funnel shows."""
    trees = trees_of(result)
    plots = plot_scale(
        {shown(name): trees[name] for name in result.fits},
        "τ",
        exact=result.exact,
        backend="matplotlib",
        visuals={"heading": False},
        figure_kwargs={"figsize": (WIDTH, 3.5)},
    )
    truth = result.regime.truth
    if truth is not None:
        axes = panels_of(plots)[0]
        axes.axvline(np.log(truth.tau), color=TRUTH, lw=1, ls=":")
        axes.text(np.log(truth.tau), 0.98, f" true τ = {truth.tau}", transform=axes.get_xaxis_transform(), va="top")
    alt = f"Densities of log τ: prior, each fit{'' if result.exact is None else ', the exact posterior'}" + (
        ", and the true value." if truth is not None else "."
    )
    return Exhibit("tau", "The population's spread τ", _words(result), (picture(drawn(plots), "tau", alt),))


def _words(result: Result) -> tuple[str, ...]:
    low, middle, high = (float(q) for q in quantiles(result, np.array([0.055, 0.5, 0.945])))
    prior = result.regime.priors.tau.distribution()
    gain = (float(prior.ppf(0.945)) - float(prior.ppf(0.055))) / (high - low)
    learnt = (
        "hardly narrower than the prior's: these data say little about τ"
        if gain < 1.5
        else f"{number(gain, 2)} times narrower than the prior's"
    )
    begin = "Exactly" if result.exact is not None else within(result)
    first = (
        f"{begin}, τ has its median at {number(middle)} and lies with 89 % probability between {number(low)} and"
        f" {number(high)}, an interval {learnt}."
    )
    off = distances(result)
    worst, best = max(off, key=off.__getitem__), min(off, key=off.__getitem__)
    second = (
        f"The largest gap between a fit's distribution of τ and the {result.reference} one is"
        f" {number(100 * off[worst], 2)} percentage points ({shown(worst)}), the smallest"
        f" {number(100 * off[best], 2)} ({shown(best)})."
        " Log τ is across: the left end is the neck of the funnel."
    )
    return first, second


def distances(result: Result) -> dict[str, float]:
    """Per fit, the largest difference between its distribution function of tau and the reference's."""
    levels: Floats = np.linspace(0.01, 0.99, 99)
    right = quantiles(result, levels)
    found = {}
    for name in result.fits:
        if name != result.reference:
            tau = np.sort(result.draws[name].tau.ravel())
            found[name] = float(np.max(np.abs(np.searchsorted(tau, right) / tau.size - levels)))
    return found


def quantiles(result: Result, levels: Floats) -> Floats:
    """Of tau: the exact ones, or where none are known those of the informed fit."""
    if result.exact is not None:
        return np.asarray(result.exact.tau_quantile(levels))
    return np.asarray(np.quantile(result.draws["informed"].tau, levels))
