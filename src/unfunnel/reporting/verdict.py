"""The verdict on a fit in plain words, which a page begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unfunnel.diagnosis import Diagnosis, Finding, Verdict
from unfunnel.diagnosis.table import grouped
from unfunnel.planning.sentences import counted, listed

_GOOD = "This fit is sound: its diagnosis objects to nothing."
_BAD = "Do not rely on this fit yet:"
_SLOW = "This fit passes the usual checks, but was slow, and other data could break it:"
_MISFITS = (Verdict.FUNNEL, Verdict.INVERTED_FUNNEL)
"""Verdicts on coordinates, which may have cost gradients and nothing else."""
_NAMED_GROUPS = 4
"""Groups that a phrase names."""


@dataclass(frozen=True)
class Advice:
    """One thing that is wrong, and the line of code that mends it; empty where there is none."""

    sentence: str
    cure: str = ""


def headline(diagnosis: Diagnosis) -> str:
    """One sentence: sound or not, and what is wrong."""
    if diagnosis.ok:
        return _GOOD
    found = phrases(diagnosis)
    if not diagnosis.problems and all(finding.verdict in _MISFITS for finding in diagnosis.wrong):
        return f"{_SLOW} {'; '.join(found)}."
    return f"{_BAD} {'; '.join(found)}." if found else f"{_BAD} {' '.join(diagnosis.problems)}"


def phrases(diagnosis: Diagnosis) -> tuple[str, ...]:
    """What is wrong, a few words each: "theta is a funnel in groups A and B"."""
    return tuple(_phrase(part, len(diagnosis.of(part[0].variable))) for part in _wrong(diagnosis))


def advice(diagnosis: Diagnosis) -> tuple[Advice, ...]:
    """What is wrong in the sentence of the worst element, once for every sort, and problems without a cause."""
    worst = [max(part, key=lambda finding: finding.severity) for part in _wrong(diagnosis)]
    found = [Advice(finding.sentence, finding.cure) for finding in worst]
    problems = diagnosis.problems if found else ()
    return (*found, *(Advice(problem) for problem in problems))


def run_line(diagnosis: Diagnosis) -> str:
    """How large the fit is, and what its sampler reported."""
    parts = [f"{counted(diagnosis.chains, 'chain')} of {counted(diagnosis.draws, 'draw')}"]
    if diagnosis.divergences >= 0:
        parts.append(counted(diagnosis.divergences, "divergence"))
    if diagnosis.gradients >= 0:
        parts.append(f"{diagnosis.gradients} gradients while drawing")
    return ", ".join(parts) + "."


def _wrong(diagnosis: Diagnosis) -> list[list[Finding]]:
    return grouped(diagnosis.wrong)


def _phrase(part: Sequence[Finding], elements: int) -> str:
    """Findings that are alike."""
    first = part[0]
    if first.verdict is Verdict.STUCK_CHAIN:
        chains = listed([finding.group for finding in part])
        return f"chain {chains} is stuck" if len(part) == 1 else f"chains {chains} are stuck"
    article = "an" if str(first.verdict)[0] in "aeiou" else "a"
    return f"{first.variable} is {article} {first.verdict}{_where(part, elements)}"


def _where(part: Sequence[Finding], elements: int) -> str:
    if not part[0].coords:
        return ""
    if len(part) == elements > _NAMED_GROUPS:
        return f" in all {elements} groups"
    if len(part) > _NAMED_GROUPS:
        return f" in {len(part)} of its {elements} groups"
    return f" in group{'s' if len(part) > 1 else ''} {listed([finding.group for finding in part])}"
