"""What a reader is told of a comparison: a row a parameterization, who won, and what is noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from unfunnel.comparison.measure import Measured
from unfunnel.planning.sentences import counted
from unfunnel.showing.table import Paragraph, Table, printable

COLUMNS = (
    "parameterization",
    "diagnosis",
    "divergences",
    "ESS/1000 gradients",
    "ESS/s",
    "step size",
    "steps",
    "most",
    "apart",
)


@dataclass(frozen=True)
class Row:
    """A parameterization; medians over seeds, divergences as their sum."""

    cells: tuple[str, ...]


def table_of(comparison: Any) -> Table:
    """The table of a comparison (:class:`unfunnel.Comparison`, which uses this), the best first."""
    seeds = len({fit.seed for fit in comparison.fits})
    title = f"{counted(len(comparison.parameterizations), 'parameterization')}, {counted(seeds, 'seed')} each"
    rows = tuple(Row(_cells(comparison, name)) for name in comparison.order)
    return Table(f"{title}: {comparison.winner} is best", rows, tuple(_paragraphs(comparison)), COLUMNS)


def _cells(comparison: Any, name: str) -> tuple[str, ...]:
    fits: Sequence[Measured] = comparison.of(name)
    apart = comparison.apart(name)
    texts = (
        name,
        ", ".join(dict.fromkeys(word for fit in fits if not fit.sound for word in fit.said.split(", "))) or "fine",
        str(sum(fit.divergences for fit in fits)),
        _median([fit.per_1000_gradients for fit in fits]),
        _median([fit.per_second for fit in fits]),
        _median([fit.step_size for fit in fits]),
        _median([fit.steps for fit in fits]),
        str(max(fit.most_steps for fit in fits)),
        "" if name == comparison.winner else f"{apart.distance:.1f}",
    )
    return tuple(map(printable, texts))


def _paragraphs(comparison: Any) -> list[Paragraph]:
    found = [Paragraph("winner", printable(_won(comparison)))]
    for name in comparison.order[1:]:
        apart = comparison.apart(name)
        if not apart.noise:
            found.append(Paragraph("apart", printable(_disagreeing(comparison, name, apart))))
    how = "; ".join(f"{served}: {seconds:.1f} s" for served, seconds in comparison.compilations.items())
    if how:
        what = counted(len(comparison.compilations), "compilation")
        found.append(Paragraph("compiled", printable(f"{what} ({how}), which seconds of sampling do not count.")))
    explained = (
        "ESS is the smallest bulk effective sample size over all elements of all free variables. Numbers are medians"
        " over seeds; divergences are added up. Steps are leapfrog steps a draw, and most of any draw. Apart is the"
        " largest distance of a mean from the winner's, in Monte Carlo standard errors."
    )
    return [*found, Paragraph("note", explained)]


def _won(comparison: Any) -> str:
    name = comparison.winner
    if not comparison.sound(name):
        return f"{name} is the most efficient, but the diagnosis objects to every one of them: rely on none."
    if len(comparison.order) == 1:
        return f"{name} is the only one."
    second = comparison.order[1]
    ahead = comparison.ahead(second)
    times = f"{ahead.ratio:.2g} times as many effective draws a gradient as {second}"
    interval = f"95 % interval {ahead.low:.2g} to {ahead.high:.2g}"
    if not comparison.sound(second):
        return f"{name} is the only one that the diagnosis finds sound. It has {times} ({interval})."
    if not ahead.noise:
        return f"{name} has {times} ({interval})."
    ties = " and ".join(comparison.ties)
    return f"{name}, by {times}; but that is noise ({interval}): it is a tie with {ties}."


def _disagreeing(comparison: Any, name: str, apart: Any) -> str:
    wrong = name if not comparison.sound(name) else "one of the two"
    return (
        f"The mean of {apart.where} differs between {name} and {comparison.winner} by {apart.distance:.1f} Monte Carlo"
        f" standard errors, where {apart.allowed:.1f} are chance: {wrong} misses part of the posterior."
    )


def _median(values: Sequence[float]) -> str:
    """Of the values that there are, to two or three digits."""
    known = [value for value in values if np.isfinite(value)]
    if not known:
        return "none"
    value = median(known)
    return f"{value:.0f}" if value >= 100 else f"{value:.2g}"
