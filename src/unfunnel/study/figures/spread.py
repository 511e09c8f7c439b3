"""tau: its prior, every posterior, the exact marginal density where it is known, and the true value."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from unfunnel.study.case import Floats
from unfunnel.study.figures.canvas import Exhibit, new_figure, picture
from unfunnel.study.figures.density import density
from unfunnel.study.figures.labels import within
from unfunnel.study.figures.palette import COLOURS, PRIOR, TRUTH
from unfunnel.study.figures.panels import limits
from unfunnel.study.result import Result
from unfunnel.study.words import number, shown

BINS = 60


def spread(result: Result) -> Exhibit:
    """Left on the scale of tau, right on that of log tau, where the neck of the funnel shows."""
    figure = new_figure(3.5)
    left, right = figure.subplots(1, 2)
    _plain(left, result, *_reach(result))
    _logarithmic(right, result, limits([d.log_tau for d in result.draws.values()], 0.001))
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=4)
    alt = f"Densities of τ and of log τ: prior, each fit{'' if result.exact is None else ', the exact posterior'}" + (
        ", and the true value." if result.regime.truth else "."
    )
    return Exhibit("tau", "The population's spread τ", _words(result), (picture(figure, "tau", alt),))


def _reach(result: Result) -> tuple[float, float]:
    """From 0, unless all draws lie far from it, to where hardly any draw lies."""
    every = [d.tau for d in result.draws.values()]
    bottom, top = min(float(np.quantile(t, 0.001)) for t in every), max(float(np.quantile(t, 0.995)) for t in every)
    return (0.0 if bottom < top / 3 else bottom - 0.2 * (top - bottom)), top


def _plain(ax: Axes, result: Result, bottom: float, top: float) -> None:
    edges = np.linspace(bottom, top, BINS + 1)
    grid = np.linspace(bottom + (top - bottom) / 800, top, 400)
    prior = result.regime.priors.tau.distribution()
    ax.plot(grid, prior.pdf(grid), color=PRIOR, lw=1.3, ls="--", label="prior")
    for name in result.fits:
        tau = result.draws[name].tau.ravel()
        heights = np.histogram(tau, edges)[0] / (len(tau) * (edges[1] - edges[0]))
        ax.stairs(heights, edges, color=COLOURS[name], lw=1.2, label=shown(name))
    if result.exact is not None:
        ax.plot(grid, result.exact.density(grid), color=COLOURS["exact"], lw=1.8, label="exact")
    _truth(ax, result, log=False)
    ax.set(xlim=(bottom, top), ylim=(0, None), xlabel="τ", ylabel="density of τ")


def _logarithmic(ax: Axes, result: Result, reach: tuple[float, float]) -> None:
    grid = np.linspace(*reach, 400)
    tau = np.exp(grid)
    prior = result.regime.priors.tau.distribution()
    ax.plot(grid, prior.pdf(tau) * tau, color=PRIOR, lw=1.3, ls="--")
    for name in result.fits:
        ax.plot(*density(result.draws[name].log_tau, *reach), color=COLOURS[name], lw=1.2)
    if result.exact is not None:
        ax.plot(grid, result.exact.density(tau) * tau, color=COLOURS["exact"], lw=1.8)
    _truth(ax, result, log=True)
    ax.set(xlim=reach, ylim=(0, None), xlabel="log τ", ylabel="density of log τ")


def _truth(ax: Axes, result: Result, *, log: bool) -> None:
    if result.regime.truth is not None:
        tau = result.regime.truth.tau
        ax.axvline(np.log(tau) if log else tau, color=TRUTH, lw=1, ls=":", label=f"true τ = {tau}")


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
        " The right half has log τ across: its left end is the neck of the funnel."
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
