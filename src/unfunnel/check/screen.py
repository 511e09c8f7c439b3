"""The first screen of a check: what was wrong as written, what was done, and what came of it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from unfunnel.check.check import Check, Fitted
from unfunnel.diagnosis.table import grouped
from unfunnel.parameterization import Informed
from unfunnel.planning.sentences import listed
from unfunnel.reporting.verdict import phrases
from unfunnel.showing.table import printable

WIDTH = 100
_PARAMETERS = 6
"""Parameters of the population whose medians are shown."""


def screen(check: Check) -> str:
    """The whole of it, as plain text."""
    parts: list[str] = []
    if check.as_written is not None:
        parts += _part("As written", check.as_written, cures=check.sampled is None)
    if check.sampled is not None:
        parts += _done(check)
        parts += _part("Sampled by unfunnel", check.sampled, cures=True)
    if check.as_written is not None and check.sampled is not None:
        parts += [_table(check.as_written, check.sampled), ""]
    return printable_lines([*parts, *_conclusion(check)])


def _part(title: str, fitted: Fitted, *, cures: bool) -> list[str]:
    """What the diagnosis of one fit says, in a few lines."""
    diagnosis = fitted.diagnosis
    parts = grouped(diagnosis.wrong)
    found = "; ".join(phrases(diagnosis))
    verdict = found or ("it has problems" if diagnosis.problems else "fine")
    heading = f"{title} ({diagnosis.chains} chains of {diagnosis.draws} draws): {verdict}."
    lines: list[str] = []
    for part in parts:
        worst = max(part, key=lambda finding: finding.severity)
        lines.append(worst.sentence)
        if cures and worst.cure:
            lines.append(f"Mend it: {worst.cure}")
    return [*_wrapped([heading], ""), *_wrapped(lines or diagnosis.problems), ""]


def _done(check: Check) -> list[str]:
    """What was done with which variables, in plain words."""
    plan = check.plan
    words = [
        *(_eliminated(block.effects, block.shared) for block in plan.blocks),
        *(
            f"{choice.site.name} is explored {choice.coordinates}"
            for choice in plan.choices
            if choice.parameterization is not None and not isinstance(choice.parameterization, Informed)
        ),
    ]
    whitened = [choice.site.name for choice in plan.choices if choice.whitened and not choice.logarithmic]
    if whitened:
        words.append(
            f"{listed(whitened)} through the quantiles of {'its prior' if len(whitened) == 1 else 'their priors'}"
        )
    if not words:
        return ["What was done: nothing; the model has no group-level variable that can be charted.", ""]
    same = "Names, priors and posterior are those of the model as written; print(uf.plan(model)) shows the details."
    return [
        "What was done: the same model was explored in other coordinates.",
        *_wrapped([f"{'; '.join(words)}. {same}"]),
        "",
    ]


def _eliminated(effects: Sequence[str], shared: Sequence[str]) -> str:
    beside = f", together with {listed(shared)}," if shared else ""
    return (
        f"{listed(effects)}{beside} {'is' if len(effects) == 1 else 'are'} explored by what the data say of each group,"
        " which a short pilot run found"
    )


def _table(as_written: Fitted, sampled: Fitted) -> str:
    """The two fits beside each other, and the parameters of the population in both."""
    rows: list[tuple[str, ...]] = [("", "as written", "unfunnel")]
    for name, form in (
        ("divergences", "{:d}"),
        ("ess", "{:.0f}"),
        ("r_hat", "{:.3f}"),
        ("per_1000_gradients", "{:.3g}"),
    ):
        values = [form.format(getattr(fitted.numbers, name)) for fitted in (as_written, sampled)]
        rows.append((_NAMES[name], *values))
    for name in _population(sampled):
        rows.append((f"median of {name}", *(_median(fitted, name) for fitted in (as_written, sampled))))
    wide = max(len(row[0]) for row in rows)
    return "\n".join(f"  {row[0]:<{wide}}  {row[1]:>12}  {row[2]:>12}" for row in rows)


_NAMES = {
    "divergences": "divergences",
    "ess": "smallest effective sample size",
    "r_hat": "largest R-hat",
    "per_1000_gradients": "effective draws per 1000 gradients",
}


def _population(fitted: Fitted) -> Sequence[str]:
    """Single numbers among the model's variables."""
    posterior = fitted.tree["posterior"].to_dataset()
    return [str(name) for name, array in posterior.data_vars.items() if array.ndim == 2][:_PARAMETERS]


def _median(fitted: Fitted, name: str) -> str:
    posterior: Any = fitted.tree["posterior"]
    return f"{float(np.median(posterior[name].values)):.3g}" if name in posterior else ""


def _conclusion(check: Check) -> list[str]:
    lines = []
    if not check.complete:
        lines.append("Interrupted: the results are of the draws so far.")
    if check.sampled is None:
        good = "Nothing is wrong with it as written." if check.good else "Do not rely on these draws."
    elif check.good and not check.differs:
        good = "These draws are sound, and those of pm.sample() would be of the same coordinates."
    elif check.good:
        good = "These draws are sound. In your own code, write dt = uf.sample(model) where it has pm.sample()."
    else:
        good = "The diagnosis still objects: do not rely on these draws."
    lines.append(good)
    if check.folder is not None:
        files = "report.html, draws.zarr, plan.json, check.json"
        lines.append(f"In {check.folder}: {files}; xarray.open_datatree reads the draws.")
    return lines


def _wrapped(paragraphs: Iterable[str], indent: str = "  ") -> list[str]:
    return [
        line
        for paragraph in paragraphs
        for line in textwrap.wrap(printable(paragraph), WIDTH, initial_indent=indent, subsequent_indent="  ")
    ]


def printable_lines(lines: Iterable[str]) -> str:
    """Lines without anything that a terminal would obey."""
    return "\n".join(printable(line) for part in lines for line in part.split("\n"))
