"""What the regimes say together, made from their numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from unfunnel.planning.sentences import listed
from unfunnel.study.section import Section
from unfunnel.study.verdict import best_fixed
from unfunnel.study.words import capital, counted, number, shown


def overall(sections: Sequence[Section]) -> tuple[str, ...]:
    """The first sentences of the page."""
    if not sections:
        return ("No regime was finished.",)
    clean = [s for s in sections if s.good]
    if len(clean) == len(sections):
        first = f"The informed fit is clean in {_all(len(sections))}."
    else:
        bad = listed(s.title for s in sections if not s.good)
        first = f"The informed fit is flagged by its own diagnostics in: {bad}."
    lowest = min(sections, key=lambda s: s.rows["informed"].ess_per_1000_gradients)
    price = number(lowest.rows["informed"].ess_per_1000_gradients)
    sentences = [first]
    if len(sections) == 1:
        sentences.extend(lowest.verdict[1:2])
    else:
        sentences.append(
            f"It makes at least {price} effective draws per 1000 gradients (lowest in: {lowest.title})."
            f" {_fixed(sections)}"
        )
    return tuple(sentences)


def _fixed(sections: Sequence[Section]) -> str:
    names = [name for name in sections[0].rows if name != "informed"]
    worst = {name: min(s.rows[name].ess_per_1000_gradients for s in sections) for name in names}
    flagged = {name: sum(s.rows[name].flagged for s in sections) for name in names}
    parts = [
        f"{shown(n)} falls to {number(worst[n], 2)} and is flagged in {flagged[n]} of {len(sections)}" for n in names
    ]
    return f"Of the fixed parameterizations, {listed(parts)}."


def choosing(sections: Sequence[Section]) -> tuple[str, ...]:
    """How to choose: the rule, then what these regimes showed."""
    rule = (
        "Sparsely observed groups want the non-centered coordinates, richly observed ones the centered; sparse and rich"
        " are meant against the population's spread, so the same count can be rich in one table and sparse in another."
        " Where a table holds both, choose group by group (mixed) or let the data choose (informed). Whatever you"
        " choose, look at the divergences first: a fit that has them may be wrong."
    )
    found = defaultdict(list)
    for section in sections:
        name = best_fixed(section.rows)
        found["none" if section.rows[name].flagged else name].append(section.title)
    parts = [
        f"{capital(shown(name))} was the best fixed choice in: {'; '.join(titles)}."
        for name, titles in found.items()
        if name != "none"
    ]
    if found["none"]:
        parts.append(f"No fixed choice came through without a flag in: {'; '.join(found['none'])}.")
    ahead = [s.title for s in sections if winner(s) == "informed"]
    if ahead:
        parts.append(
            f"The informed fit was the most efficient of the unflagged ones in {counted(len(ahead), 'regime')}."
        )
    return (rule, " ".join(parts)) if parts else (rule,)


def winner(section: Section) -> str:
    """The most efficient fit without a flag; empty if there is none."""
    fine = [name for name, row in section.rows.items() if not row.flagged]
    return max(fine, key=lambda name: section.rows[name].ess_per_1000_gradients, default="")


def _all(count: int) -> str:
    return "this data set" if count == 1 else f"all {count} regimes"
