"""What a reader is told of a diagnosis: a row for what is alike, and a paragraph for what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from unfunnel.diagnosis.finding import Finding
from unfunnel.planning.sentences import counted
from unfunnel.showing.table import Paragraph, Table, printable

COLUMNS = ("variable", "groups", "verdict", "sampled", "weight", "ESS", "R-hat")

_SHOWN = 4
"""Groups that a row names."""


@dataclass(frozen=True)
class Row:
    """Findings of one variable, one verdict and the same coordinates.

    Parameters
    ----------
    cells
        As `COLUMNS` names them: the weight as a range, the smallest effective sample size, the largest R-hat.
    """

    cells: tuple[str, ...]


def table_of(diagnosis: Any) -> Table:
    """The table of a diagnosis (:class:`unfunnel.Diagnosis`, which uses this)."""
    alike = grouped(diagnosis.findings)
    wrong = [part for part in alike if not part[0].ok]
    paragraphs = [
        *(paragraph for part in wrong for paragraph in explained(part)),
        *(Paragraph("problem", printable(problem)) for problem in diagnosis.problems),
        *(Paragraph("note", printable(note)) for note in diagnosis.notes),
    ]
    rows = tuple(Row(_cells(part, _elements(diagnosis.findings, part[0]))) for part in alike)
    return Table(title_of(diagnosis), rows, tuple(paragraphs), COLUMNS)


def title_of(diagnosis: Any) -> str:
    """The verdict on the whole fit in a line."""
    found = dict.fromkeys(str(finding.verdict) for finding in diagnosis.wrong)
    what = ", ".join(found) or ("no funnel, but see the problems" if diagnosis.problems else "fine")
    run = f"{counted(diagnosis.chains, 'chain')} of {counted(diagnosis.draws, 'draw')}"
    divergent = "" if diagnosis.divergences < 0 else f", {counted(diagnosis.divergences, 'divergence')}"
    return printable(f"Diagnosis of {run}{divergent}: {what}")


def grouped(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one variable, one verdict and the same coordinates together; those that are not fine first."""
    parts: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        key = (finding.variable, str(finding.verdict), finding.coordinates, finding.scale)
        parts.setdefault(key, []).append(finding)
    return sorted(parts.values(), key=lambda part: part[0].ok)


def explained(part: Sequence[Finding]) -> list[Paragraph]:
    """What is wrong with findings that are alike, in the sentence of the worst of them, and what mends it."""
    worst, *others = sorted(part, key=lambda finding: -finding.severity)
    same = f" The same holds for {_listed(others)}." if others else ""
    found = [Paragraph(str(worst.verdict), printable(worst.sentence + same))]
    return [*found, Paragraph("mend it", printable(worst.cure))] if worst.cure else found


def _cells(part: Sequence[Finding], elements: int) -> tuple[str, ...]:
    first = part[0]
    groups = f"all {elements}" if len(part) == elements > _SHOWN else _listed(part)
    if first.ok and _SHOWN < len(part) < elements:
        groups = f"the other {len(part)}"
    texts = (
        first.variable,
        groups if first.coords else "",
        str(first.verdict),
        first.coordinates,
        _range([finding.weight for finding in part]),
        _extreme([min(finding.ess_bulk, finding.ess_tail) for finding in part], np.nanmin, "{:.0f}"),
        _extreme([finding.r_hat for finding in part], np.nanmax, "{:.3f}"),
    )
    return tuple(map(printable, texts))


def _elements(findings: Iterable[Finding], like: Finding) -> int:
    return sum(finding.variable == like.variable and finding.scale == like.scale for finding in findings)


def _listed(part: Sequence[Finding]) -> str:
    """The groups of findings, the worst first where there are too many to name."""
    if len(part) <= _SHOWN:
        return ", ".join(finding.group for finding in part)
    worst = sorted(part, key=lambda finding: -finding.severity)[: _SHOWN - 1]
    return f"{', '.join(finding.group for finding in worst)} and {len(part) - len(worst)} more"


def _range(values: Sequence[float]) -> str:
    known = [value for value in values if np.isfinite(value)]
    if not known:
        return ""
    low, high = f"{min(known):.2f}", f"{max(known):.2f}"
    return low if low == high else f"{low} to {high}"


def _extreme(values: Sequence[float], of: Callable[[Any], Any], form: str) -> str:
    known = [value for value in values if np.isfinite(value)]
    return form.format(of(known)) if known else ""
