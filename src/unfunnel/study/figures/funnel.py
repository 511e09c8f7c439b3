"""The funnel grid: every group's theta against log tau, divergences on top."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.plots.funnel import plot_funnel
from unfunnel.reporting.picture import Picture
from unfunnel.study.figures.canvas import PAIRED, Exhibit, drawn, panels_of, picture
from unfunnel.study.figures.labels import named, title, within
from unfunnel.study.figures.palette import COLOURS
from unfunnel.study.figures.panels import grid_shape, limits, telling
from unfunnel.study.figures.pictured import GROUP, names, trees_of
from unfunnel.study.result import Draws, Result
from unfunnel.study.words import capital, counted, number, shown

OUTSIDE = 0.001
Chosen = NDArray[np.intp]
Reach = tuple[tuple[float, float], tuple[float, float]]


def funnel(result: Result) -> Exhibit:
    """One picture per parameterization and one of the exact posterior if it is known, all on the same axes."""
    chosen, why = telling(result.regime)
    reach = funnel_limits(result, chosen)
    pictures = tuple(_picture(result, name, chosen, reach) for name in result.draws)
    return Exhibit("funnel", "The funnel, group by group", _words(result, chosen, why, reach), pictures)


def funnel_limits(result: Result, chosen: Chosen) -> Reach:
    """Axis limits of theta and of log tau that hold for every parameterization."""
    every = list(result.draws.values())
    theta = limits((d.theta[..., k] for d in every for k in chosen), OUTSIDE)
    return theta, limits([d.log_tau for d in every], OUTSIDE)


def grid(result: Result, name: str, chosen: Chosen, reach: Reach, *, on: Any = None, **visuals: Any) -> Any:
    """The plot of one fit's chosen groups, in their order and within these limits; `on` another one of them."""
    rows, columns = grid_shape(len(chosen))
    titles = [title(result.regime, int(k)) for k in chosen]
    lines = max(text.count("\n") for text in titles)
    height = ((1.5 if rows > 1 else 2.2) + 0.15 * lines) * rows + 0.35
    plots = plot_funnel(
        trees_of(result)[name],
        "θ",
        "τ",
        location="μ",
        coords={GROUP: names(result.regime, chosen)},
        sort=False,
        most=len(chosen),
        plot_collection=on,
        backend="matplotlib",
        visuals={"draws": {"color": COLOURS[name]}, "titles": False, "heading": False, "legend": False, **visuals},
        figure_kwargs={"figsize": (PAIRED, height)},
    )
    for axes, text in zip(panels_of(plots), titles, strict=True):
        axes.set(xlim=reach[0], ylim=reach[1], title=text)
        axes.locator_params(axis="x", nbins=5 if columns > 2 else 8)
    return plots


def _picture(result: Result, name: str, chosen: Chosen, reach: Reach) -> Picture:
    figure = drawn(grid(result, name, chosen, reach))
    count = int(result.draws[name].diverging.sum())
    heading = "exact, independent draws" if name == "exact" else f"{shown(name)}, {counted(count, 'divergence')}"
    alt = (
        f"{capital(shown(name))}: scatter plots of θ against log τ for {len(chosen)} groups,"
        f" {counted(count, 'divergent draw')} marked."
    )
    return picture(figure, f"funnel_{name}", alt, capital(heading))


def narrowing(draws: Draws, group: int) -> float:
    """How much narrower theta is in the lowest quarter of log tau than in the highest: 1 is no funnel."""
    theta, log_tau = draws.theta[..., group].ravel(), draws.log_tau.ravel()
    low, high = np.quantile(log_tau, [0.25, 0.75])
    return float(np.std(theta[log_tau >= high]) / np.std(theta[log_tau <= low]))


def _words(result: Result, chosen: Chosen, why: str, reach: Reach) -> tuple[str, ...]:
    right = result.draws[result.reference]
    known = float(np.subtract(*np.quantile(right.log_tau, [0.95, 0.05]))) < 1
    ratios = {int(k): narrowing(right, int(k)) for k in chosen}
    most, least = max(ratios, key=ratios.__getitem__), min(ratios, key=ratios.__getitem__)
    regime = result.regime
    shape = (
        f"{within(result)}, comparing the highest quarter of log τ with the lowest, θ is {_times(ratios[most])}"
        f" for {named(regime, most)} and {_times(ratios[least])} for {named(regime, least)}."
    )
    if ratios[most] > 1.5:
        shape += " Narrowing towards the bottom is the funnel."
    elif known:
        shape += " That is hardly a funnel: these data know τ so well that only a short piece of it is ever visited."
    else:
        shape += " That is no funnel: these data hold every θ in place, however small or large τ is."
    how = (
        "Every panel is one group: its θ against log τ, in the same axes for every parameterization. Orange dots are"
        " divergent draws: places where the sampler's steps were too long for the neck of the funnel."
    )
    return tuple(filter(None, (how, why, shape, _depth(result), _outside(result, chosen, reach))))


def _times(ratio: float) -> str:
    return "about as wide" if 0.85 < ratio < 1.15 else f"{number(ratio, 2)} times as wide"


def _depth(result: Result) -> str:
    deep = {name: float(np.quantile(d.tau, 0.01)) for name, d in result.draws.items()}
    whose = result.reference
    reached = "; ".join(f"{shown(name)} {number(deep[name], 2)}" for name in result.fits if name != whose)
    bad = [name for name in result.fits if result.rows[name].divergences]
    text = f"One {whose} draw in a hundred has τ below {number(deep[whose], 2)}. The same hundredth is at: {reached}."
    if bad:
        worst = max(bad, key=lambda name: result.rows[name].divergences)
        text += f" Of the fits, {shown(worst)} diverges most: {_where(result, worst)}."
    return text


def _where(result: Result, name: str) -> str:
    """At which end of tau a fit diverges."""
    draws = result.draws[name]
    at = float(np.median(draws.tau[draws.diverging]))
    below = float(np.mean(result.draws[result.reference].tau < at))
    if 0.3 < below < 0.7:
        return "its divergent draws are spread over all τ, with no one end of the funnel to blame"
    end, share = ("below", below) if below < 0.5 else ("above", 1 - below)
    return (
        f"half of its divergent draws lie {end} τ = {number(at, 2)}, where {number(100 * share, 2)} % of the"
        f" {result.reference} draws lie"
    )


def _outside(result: Result, chosen: Chosen, reach: Reach) -> str:
    (left, right), (low, high) = reach
    worst = 0.0
    for draws in result.draws.values():
        theta, log_tau = draws.theta[..., chosen], draws.log_tau[..., None]
        out = (theta < left) | (theta > right) | (log_tau < low) | (log_tau > high)
        worst = max(worst, float(out.mean()))
    return f"The axes leave out at most {number(100 * worst, 2)} % of the draws of a fit." if worst > 0.0005 else ""
