"""Traces of mu and tau, chain by chain, with the divergences and each chain's density."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from unfunnel.planning.sentences import listed
from unfunnel.plots.density import density
from unfunnel.study.case import Floats
from unfunnel.study.figures.canvas import Exhibit, new_figure, picture
from unfunnel.study.figures.palette import COLOURS
from unfunnel.study.figures.panels import limits
from unfunnel.study.result import Draws, Result
from unfunnel.study.words import capital, counted, number, shown

LONGEST = 1000


def trace(result: Result) -> Exhibit:
    """Rows are parameterizations; the chains stand one after the other, with their densities at the side."""
    draws = {name: result.draws[name] for name in result.fits}
    figure = new_figure(1.25 * len(draws) + 0.4)
    axes = figure.subplots(len(draws), 4, sharey="col", width_ratios=(4, 1, 4, 1), squeeze=False)
    every = list(result.draws.values())
    reach = {"mu": limits([d.mu for d in every], 0.0005), "tau": limits([d.log_tau for d in every], 0.0005)}
    for row, (name, d) in zip(axes, draws.items(), strict=True):
        _trace(row[0], d.mu, d, COLOURS[name], reach["mu"])
        _sides(row[1], d.mu, COLOURS[name], reach["mu"])
        _trace(row[2], d.log_tau, d, COLOURS[name], reach["tau"])
        _sides(row[3], d.log_tau, COLOURS[name], reach["tau"])
        row[0].set_ylabel(shown(name), color=COLOURS[name], fontweight="bold")
    for ax, text in zip(axes[0], ("μ", "per chain", "log τ", "per chain"), strict=True):
        ax.set_title(text)
    alt = f"Trace plots of μ and log τ for {listed(map(shown, draws))}, {_chains(result)} chains each."
    return Exhibit("trace", "Traces of μ and τ", _words(result), (picture(figure, "trace", alt),))


def _trace(ax: Axes, values: Floats, draws: Draws, colour: str, reach: tuple[float, float]) -> None:
    chains, length = values.shape
    step = max(1, -(-length // LONGEST))
    for chain in range(chains):
        x = np.arange(0, length, step) + chain * length
        ax.plot(x, values[chain, ::step], lw=0.35, color=colour, alpha=0.9)
    for chain in range(1, chains):
        ax.axvline(chain * length, color="#888888", lw=0.6)
    bad = np.flatnonzero(draws.diverging.ravel())
    low, high = reach
    if bad.size:
        ax.plot(bad, np.full(bad.size, low + 0.03 * (high - low)), "|", color="black", ms=5, mew=0.6)
    ax.set_xlim(0, chains * length)
    ax.set_ylim(low, high)
    ax.set_xticks((np.arange(chains) + 0.5) * length, [f"chain {c + 1}" for c in range(chains)], fontsize=6.5)
    ax.tick_params(axis="x", length=0)
    ax.grid(False, axis="x")


def _sides(ax: Axes, values: Floats, colour: str, reach: tuple[float, float]) -> None:
    for chain in values:
        grid, height = density(chain, *reach)
        ax.plot(height, grid, lw=0.8, color=colour, alpha=0.8)
    ax.set_xlim(left=0)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)


def _chains(result: Result) -> int:
    return int(result.fits["informed"]["posterior"].sizes["chain"])


def _words(result: Result) -> tuple[str, ...]:
    how = (
        "Each strip shows the chains one after the other, τ on the log scale; a black tick at the bottom is a"
        " divergence. A good strip is a band of even noise in which every chain looks alike and the densities at the"
        " side lie on one another; a bad one sticks, drifts, or never visits the small τ that other strips reach."
    )
    return how, " ".join(_sentence(name, result) for name in result.fits)


def _sentence(name: str, result: Result) -> str:
    draws, row = result.draws[name], result.rows[name]
    apart = _apart(draws.log_tau)
    text = f"{capital(shown(name))}: R-hat at most {number(row.rhat_max, 4)}, {counted(row.divergences, 'divergence')}"
    if apart > 0.3:
        text += f", and the chains disagree: their means of log τ lie {number(apart, 2)} standard deviations apart"
    return text + "."


def _apart(values: Floats) -> Any:
    return np.ptp(values.mean(axis=1)) / values.std()
