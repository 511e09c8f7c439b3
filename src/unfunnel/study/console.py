"""What the command line says while a study runs: a bar on a terminal, plain lines elsewhere, all on stderr."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from unfunnel.study.study import Study


class Reporter:
    """A progress bar, used as a context; `step` fits :func:`unfunnel.study.run`."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("starting", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def say(self, text: str) -> None:
        """One line, above the bar if there is one."""
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            print(text, file=sys.stderr, flush=True)

    def step(self, regime: str, step: str, done: int, total: int) -> None:
        """A step of a regime begins."""
        if self._bar is not None:
            self._bar.update(self._task, description=f"{regime}: {step}", completed=done, total=total)
        else:
            print(f"[{done + 1}/{total}] {regime}: {step}", file=sys.stderr, flush=True)

    def within(self, text: str, done: float) -> None:
        """Somewhere within a step; shown on a terminal only."""
        if self._bar is not None:
            self._bar.update(self._task, description=text, completed=done)


def conclusion(study: Study) -> str:
    """What is where, and what is missing if the study was interrupted."""
    if study.unfinished and not study.finished:
        return "Interrupted before any regime was finished; nothing was written."
    page = study.folder / "index.html"
    if study.unfinished:
        return (
            f"Interrupted. Finished: {', '.join(study.finished)}; not finished: {', '.join(study.unfinished)}."
            f" What is finished is in {page}."
        )
    return f"Done. Open {page}."


def table(summary: Mapping[str, Any]) -> str:
    """Effective draws per 1000 gradients by regime and parameterization, a `!` behind flagged fits."""
    regimes = summary["regimes"]
    if not regimes:
        return ""
    names = list(next(iter(regimes.values())))
    wide = max(len("ESS per 1000 gradients"), *map(len, regimes))
    lines = ["  ".join([f"{'ESS per 1000 gradients':<{wide}}", *(f"{name:>12}" for name in names)])]
    for regime, rows in regimes.items():
        cells = (f"{_cell(rows[name]):>12}" for name in names)
        lines.append("  ".join([f"{regime:<{wide}}", *cells]))
    return "\n".join([*lines, "! flagged by the fit's own diagnostics"])


def _cell(row: Mapping[str, Any]) -> str:
    value = row["ess_per_1000_gradients"]
    return f"{'?' if value is None else format(value, '.3g')} {'!' if row['flagged'] else ' '}"
