"""The population: mu against log tau, with both marginals."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from unfunnel.planning.sentences import listed
from unfunnel.plots.density import density
from unfunnel.study.figures.canvas import Exhibit, new_figure, picture
from unfunnel.study.figures.labels import within
from unfunnel.study.figures.palette import COLOURS, DIVERGENCE
from unfunnel.study.figures.panels import limits, thinned
from unfunnel.study.result import Draws, Result
from unfunnel.study.words import number, shown

Reach = tuple[float, float]


def population(result: Result) -> Exhibit:
    """One joint picture per parameterization; the black lines in the margins are the reference."""
    every = list(result.draws.values())
    reach = limits([d.mu for d in every], 0.001), limits([d.log_tau for d in every], 0.001)
    figure = new_figure(3.1 * -(-len(result.fits) // 2) + 0.2)
    blocks = figure.subfigures(-(-len(result.fits) // 2), 2, squeeze=False)
    for block, name in zip(blocks.flat, result.fits, strict=False):
        _joint(block, result, name, *reach)
    alt = f"μ against log τ with their marginal densities, one panel each for {listed(map(shown, result.fits))}."
    return Exhibit(
        "population", "The population: μ against log τ", _words(result), (picture(figure, "population", alt),)
    )


def _joint(block: Any, result: Result, name: str, across: Reach, up: Reach) -> None:
    draws, exact, colour = result.draws[name], result.draws[result.reference], COLOURS[name]
    axes = block.subplots(2, 2, width_ratios=(5, 1), height_ratios=(1, 5))
    axes[0, 1].set_visible(False)
    joint, top, side = axes[1, 0], axes[0, 0], axes[1, 1]
    joint.plot(thinned(draws.mu.ravel()), thinned(draws.log_tau.ravel()), "o", ms=1.6, mew=0, alpha=0.3, color=colour)
    bad = draws.diverging
    if bad.any():
        joint.plot(draws.mu[bad], draws.log_tau[bad], "o", ms=3.6, mew=0.6, mec="black", mfc=DIVERGENCE)
    joint.set(xlim=across, ylim=up, xlabel="μ", ylabel="log τ")
    for values, reference, ax, flip, reach in (
        (draws.mu, exact.mu, top, False, across),
        (draws.log_tau, exact.log_tau, side, True, up),
    ):
        _margin(ax, values, colour, reach, flip=flip, fill=True)
        _margin(ax, reference, COLOURS["exact"], reach, flip=flip, fill=False)
    top.set(xlim=across, ylim=(0, None), yticks=[], xticklabels=[])
    side.set(ylim=up, xlim=(0, None), xticks=[], yticklabels=[])
    top.set_title(shown(name), color=colour, fontweight="bold")


def _margin(ax: Axes, values: Any, colour: str, reach: Reach, *, flip: bool, fill: bool) -> None:
    grid, height = density(values, *reach)
    if fill:
        (ax.fill_betweenx if flip else ax.fill_between)(grid, height, color=colour, alpha=0.35, lw=0)
    else:
        ax.plot(*((height, grid) if flip else (grid, height)), color=colour, lw=1)


def widening(draws: Draws) -> float:
    """How much wider mu is in the highest quarter of log tau than in the lowest."""
    low, high = np.quantile(draws.log_tau, [0.25, 0.75])
    return float(np.std(draws.mu[draws.log_tau >= high]) / np.std(draws.mu[draws.log_tau <= low]))


def _words(result: Result) -> tuple[str, ...]:
    ratio = widening(result.draws[result.reference])
    shape = f"{within(result)} μ is {number(ratio, 2)} times as wide in the highest quarter of log τ as in the lowest"
    if ratio > 2:
        shape += (
            ": a funnel of the population itself, which no centering of the groups removes, because it is μ that"
            " narrows. The informed parameterization takes μ into its coordinates as well."
        )
    else:
        shape += ", so μ and τ form no marked funnel here."
    return shape, (
        f"Coloured margins are the fit, black lines the {result.reference} draws: where the two part, the fit has"
        " missed or overcounted a region."
    )
