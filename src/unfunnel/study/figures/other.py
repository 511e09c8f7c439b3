"""What a model has beside its population and its effects: a slope, correlations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from unfunnel.planning.sentences import listed
from unfunnel.plots.density import density
from unfunnel.study.case import Other
from unfunnel.study.figures.canvas import Exhibit, new_figure, picture
from unfunnel.study.figures.labels import within
from unfunnel.study.figures.palette import COLOURS, PRIOR, TRUTH
from unfunnel.study.figures.panels import limits
from unfunnel.study.result import Result
from unfunnel.study.words import number, shown


def other(result: Result) -> Exhibit | None:
    """One panel each: prior, every posterior, the true value. None for a model without such parameters."""
    others = result.regime.others
    if not others:
        return None
    figure = new_figure(3.0)
    axes = figure.subplots(1, len(others), squeeze=False)[0]
    for ax, parameter in zip(axes, others, strict=True):
        _panel(ax, result, parameter)
    axes[0].set_ylabel("density")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=6)
    names = listed(parameter.name for parameter in others)
    alt = f"Densities of {names}: prior, each fit, and the true value."
    return Exhibit("other", f"And {names}", _words(result), (picture(figure, "other", alt),))


def _panel(ax: Axes, result: Result, parameter: Other) -> None:
    draws = {name: parameter.of(found) for name, found in result.draws.items()}
    low, high = limits(draws.values(), 0.001)
    lowest, highest = parameter.prior.support()
    reach = max(low, lowest), min(high, highest)
    grid = np.linspace(*reach, 400)
    ax.plot(grid, parameter.prior.pdf(grid), color=PRIOR, lw=1.3, ls="--", label="prior")
    for name, values in draws.items():
        ax.plot(*density(values, *reach), color=COLOURS[name], lw=1.2, label=shown(name))
    if parameter.truth is not None:
        ax.axvline(parameter.truth, color=TRUTH, lw=1, ls=":", label="true value")
    ax.set(xlim=reach, ylim=(0, None), xlabel=parameter.name)


def _words(result: Result) -> tuple[str, ...]:
    draws = result.draws[result.reference]
    parts = [_sentence(parameter.name, parameter.of, draws, parameter.truth) for parameter in result.regime.others]
    return (f"{within(result)}: {'; '.join(parts)} (intervals of 89 %).",)


def _sentence(name: str, of: Callable[..., object], draws: object, truth: float | None) -> str:
    low, middle, high = np.quantile(np.asarray(of(draws)), [0.055, 0.5, 0.945])
    true = "" if truth is None else f", where the truth is {number(truth, 2)}"
    interval = f"from {number(float(low), 2)} to {number(float(high), 2)}"
    return f"{name} has its median at {number(float(middle), 2)}, {interval}{true}"
