"""Evidence in words: how much there is, on which groups the data say most and least, and at which noise scale."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import fill
from typing import Any

import numpy as np

from unfunnel.parameterization.arrays import Floats
from unfunnel.parameterization.markup import html_paragraph, html_table

_COLUMNS = ("what", "strongest", "weakest")
_SHOWN = 3
_WIDTH = 100


def text_of(evidence: Any) -> str:
    """Evidence (:class:`unfunnel.Evidence`, which uses this) as lines of plain text."""
    rows = [f"  {what}: strongest {strongest}; weakest {weakest}" for what, strongest, weakest in _rows(evidence)]
    lines = [*rows, *_notes(evidence)]
    return "\n".join([_title(evidence), *(fill(line, _WIDTH, subsequent_indent="    ") for line in lines)])


def html_of(evidence: Any) -> str:
    """Evidence as a table in HTML."""
    notes = map(html_paragraph, _notes(evidence))
    return f"<div>{html_table(_title(evidence), _COLUMNS, _rows(evidence))}{''.join(notes)}</div>"


def _title(evidence: Any) -> str:
    groups, effects = evidence.h.shape
    counts = (_counted(groups, "group"), f"{_counted(effects, 'effect')} a group")
    return f"Evidence: {', '.join(counts)}, {_counted(evidence.h_B.size, 'shared parameter')}"


def _rows(evidence: Any) -> list[tuple[str, str, str]]:
    """What the numbers are on, and where the data say most and least of it."""
    information = np.diagonal(evidence.H, axis1=1, axis2=2)
    effects = information.shape[1]
    rows = [
        (f"effect {effect}" if effects > 1 else "effect", *_extremes(information[:, effect]))
        for effect in range(effects)
    ]
    if evidence.h_B.size:
        rows.append(("shared, beside effects", *_extremes(np.diagonal(evidence.D))))
    return rows


def _extremes(information: Floats) -> tuple[str, str]:
    """The elements of most and of least information, none of them in both."""
    order = np.argsort(-information, kind="stable")
    weakest = order[::-1][: min(_SHOWN, order.size // 2)]
    strongest = order[: min(_SHOWN, order.size - order.size // 2)]
    return _named(strongest, information), _named(weakest, information)


def _named(elements: Iterable[int], information: Floats) -> str:
    return ", ".join(f"{element} ({_known_to(information[element])})" for element in elements) or "none"


def _known_to(information: float) -> str:
    return f"±{information**-0.5:.2g}" if information > 0 else "nothing"


def _notes(evidence: Any) -> list[str]:
    given = ", the group's other effects given" if evidence.h.shape[1] > 1 else ""
    counted = "Groups, effects and shared parameters are" if given or evidence.h_B.size else "Groups are"
    notes = [
        f"{counted} counted from 0; ± is one standard deviation (1/√information) of what the data alone say{given},"
        " on the unconstrained line."
    ]
    if evidence.noise:
        notes.append(f"Found at the noise scale {evidence.noise:.3g}; at twice that, the information is a quarter.")
    if np.any(evidence.widths != 1.0):
        least, greatest = evidence.widths.min(), evidence.widths.max()
        seen = f"{least:.2g} to {greatest:.2g} times as wide as its reference"
        notes.append(f"From where the effects are, their prior looks {seen}.")
    return notes


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count or 'no'} {noun}s"
