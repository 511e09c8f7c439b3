"""Who wins, in sentences that are computed."""

from __future__ import annotations

from math import isnan

from benchmarks.peers.registry import OURS, PEERS
from benchmarks.peers.summary import FURTHEST, MEASURES, Measure, Row

_EVEN = 1.05
"""Numbers within a factor of this are called even: seeds differ by more."""


def best(rows: list[Row], measure: Measure) -> list[Row]:
    """The rows that none of the converged ones is better than; several, where they are equal."""
    able = [row for row in rows if row.converged and not isnan(measure.of(row))]
    return [row for row in able if not any(measure.better(measure.of(other), measure.of(row)) for other in able)]


def verdicts(rows: list[Row]) -> list[str]:
    """A sentence a measure."""
    return [*(_verdict(rows, measure) for measure in MEASURES), _agreement(rows)]


def _verdict(rows: list[Row], measure: Measure) -> str:
    start = f"{measure.name[0].upper()}{measure.name[1:]}"
    winners = best(rows, measure)
    if not winners:
        return f"{start}: nobody, because no converged fit has this number."
    names = [PEERS[row.peer].title for row in winners]
    value = measure.shown(measure.of(winners[0]))
    said = f"{start}: **{_and(names)}** ({value})" if len(names) < 4 else f"{start}: {len(names)} are equal ({value})"
    mine = next((row for row in rows if row.peer == OURS), None)
    if mine is None or mine in winners:
        return f"{said}{_next_best(rows, winners, measure)}."
    return f"{said}; unfunnel has {measure.shown(measure.of(mine))}."


def _agreement(rows: list[Row]) -> str:
    """Who is off; below the bound it is chance, which nobody wins by."""
    known = [row for row in rows if row.fits and not isnan(row.off)]
    off = [f"{PEERS[row.peer].title} ({row.off:.1f})" for row in known if row.off > FURTHEST]
    if not known:
        return "There is no reference to be off."
    if not off:
        return f"Nobody is off the reference by more than {FURTHEST:g} Monte Carlo standard errors."
    return f"Off the reference by more than {FURTHEST:g} Monte Carlo standard errors: {_and(off)}."


def _next_best(rows: list[Row], winners: list[Row], measure: Measure) -> str:
    """Whom the winner leaves behind."""
    if len(winners) > 3:
        return ", unfunnel among them"
    seconds = best([row for row in rows if row not in winners], measure)
    if not seconds:
        return ""
    return f"; next is {PEERS[seconds[0].peer].title} ({measure.shown(measure.of(seconds[0]))})"


def lost(case: str, rows: list[Row]) -> list[str]:
    """Where peers are better than unfunnel by more than seeds differ, a sentence a measure."""
    mine = next((row for row in rows if row.peer == OURS), None)
    if mine is None or not mine.fits:
        return [f"`{case}`: unfunnel was not measured, or has no fit."]
    found = []
    for measure in MEASURES:
        ahead = [row for row in rows if row.converged and _clearly_better(measure, measure.of(row), measure.of(mine))]
        if ahead:
            ahead.sort(key=measure.of, reverse=measure.most)
            said = ", ".join(f"{PEERS[row.peer].title} ({measure.shown(measure.of(row))})" for row in ahead)
            found.append(f"`{case}`, {measure.name}: {said}; unfunnel has {measure.shown(measure.of(mine))}.")
    near = [row for row in rows if row.converged and row.off <= FURTHEST]
    if mine.off > FURTHEST and near:
        said = ", ".join(f"{PEERS[row.peer].title} ({row.off:.1f})" for row in near)
        found.append(f"`{case}`, agreement: unfunnel is off by {mine.off:.1f} standard errors; not so {said}.")
    return found


def _clearly_better(measure: Measure, one: float, other: float) -> bool:
    if isnan(one) or isnan(other):
        return isnan(other) and not isnan(one)
    return measure.better(one, other * _EVEN if measure.most else other / _EVEN)


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
