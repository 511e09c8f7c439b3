"""The price: leapfrog steps per draw, and step sizes."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from unfunnel.study.figures.canvas import Exhibit, new_figure, picture
from unfunnel.study.figures.palette import COLOURS
from unfunnel.study.result import Result
from unfunnel.study.summary import step_sizes
from unfunnel.study.words import capital, listed, number, shown, whole


def leapfrog(result: Result) -> Exhibit:
    """Share of draws by number of leapfrog steps, beside each chain's step size."""
    figure = new_figure(3.1)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    _steps(left, result)
    _sizes(right, result)
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels))
    alt = f"Histogram of leapfrog steps per draw, and step sizes by chain, for {listed(map(shown, result.fits))}."
    return Exhibit("leapfrog", "Leapfrog steps and step sizes", _words(result), (picture(figure, "leapfrog", alt),))


def _steps(ax: Axes, result: Result) -> None:
    steps = {name: np.ravel(dt["sample_stats"]["n_steps"].to_numpy()) for name, dt in result.fits.items()}
    depths = {name: np.floor(np.log2(np.maximum(values, 1))).astype(int) for name, values in steps.items()}
    deepest = max(int(d.max()) for d in depths.values())
    width = 0.8 / len(steps)
    for place, (name, depth) in enumerate(depths.items()):
        share = np.bincount(depth, minlength=deepest + 1) / depth.size
        x = np.arange(deepest + 1) - 0.4 + (place + 0.5) * width
        ax.bar(x, 100 * share, width, color=COLOURS[name], label=shown(name))
    names = ["1", *(f"{2**d}\u2013{2 ** (d + 1) - 1}" for d in range(1, deepest + 1))]
    ax.set_xticks(range(deepest + 1), names, rotation=35 if deepest > 5 else 0)
    ax.set(xlabel="leapfrog steps for one draw", ylabel="% of draws")
    ax.grid(False, axis="x")


def _sizes(ax: Axes, result: Result) -> None:
    for place, (name, dt) in enumerate(result.fits.items()):
        sizes = step_sizes(dt)
        x = place + np.linspace(-0.15, 0.15, len(sizes))
        ax.plot(x, sizes, "o", ms=5, color=COLOURS[name], alpha=0.8)
    ax.set_yscale("log")
    every = np.concatenate([step_sizes(dt) for dt in result.fits.values()])
    low, high = float(every.min()) / 1.3, float(every.max()) * 1.3
    steps = (1, 2, 5) if high / low > 12 else (1, 1.5, 2, 3, 4, 5, 6, 8)
    ticks = [t for t in (m * 10.0**e for e in range(-8, 3) for m in steps) if low <= t <= high]
    ax.set_yticks(ticks, [f"{t:g}" for t in ticks])
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_ylim(low, high)
    ax.set_xticks(range(len(result.fits)), [shown(name) for name in result.fits], rotation=20)
    ax.set(ylabel="step size, one dot per chain", xlim=(-0.5, len(result.fits) - 0.5))
    ax.grid(False, axis="x")


def _words(result: Result) -> tuple[str, ...]:
    rows = result.rows
    cheap = max(rows, key=lambda name: rows[name].ess_per_1000_gradients)
    means = {name: float(dt["sample_stats"]["n_steps"].mean()) for name, dt in result.fits.items()}
    first = "Mean leapfrog steps per draw: " + listed(f"{shown(n)} {number(m)}" for n, m in means.items()) + "."
    sizes = f"Step sizes: {listed(f'{shown(n)} {number(row.step_size, 2)}' for n, row in rows.items())}."
    second = (
        f"{capital(shown(cheap))} got most for its price, {number(rows[cheap].ess_per_1000_gradients)} effective draws"
        f" per 1000 gradients while drawing; its whole run, pilot and warm-up included, took"
        f" {whole(rows[cheap].gradients_tune + rows[cheap].gradients_draw)} gradients."
        " A short step or a long path is the price of a narrow place in the coordinates; few steps alone are no merit"
        " if the draws repeat each other."
    )
    return f"{first} {sizes}", second
