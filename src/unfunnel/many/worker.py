"""What a worker does: fits of one structure after each other, on one compilation."""

from __future__ import annotations

import logging
import os
import platform
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from unfunnel.errors import OutputError
from unfunnel.formula import read_model
from unfunnel.many.numbers import Columns, summary_of, worst_of
from unfunnel.many.place import MANIFEST, Marks, Place
from unfunnel.many.record import DONE, FAILED, Record
from unfunnel.many.settings import Arrays, Settings
from unfunnel.many.specification import Fit
from unfunnel.sampling.refusals import check_model
from unfunnel.sampling.reuse import COMPILATIONS

logger = logging.getLogger("unfunnel")


@dataclass(frozen=True)
class Outcome:
    """A fit that has ended; its numbers, draws and what else is kept only where they are not in a folder."""

    record: Record
    summary: Columns | None = None
    tree: Any = None
    kept: Arrays | None = None


@dataclass(frozen=True)
class Piece:
    """Fits that a worker does in one go, with the seed of each.

    Parameters
    ----------
    jobs
        The fits and their seeds.
    settings
        Of all.
    folder
        Where results go; None to send them back.
    marks
        Where fits are marked that have been begun.
    """

    jobs: tuple[tuple[Fit, int], ...]
    settings: Settings
    folder: Path | None
    marks: Path


def run(piece: Piece) -> list[Outcome]:
    """Do the fits of a piece; what fails is recorded, and the rest goes on.

    Raises
    ------
    OutputError
        If the results' folder is not to be seen from here, or cannot be written.
    """
    place = None if piece.folder is None else Place(piece.folder)
    if piece.folder is not None and not (piece.folder / MANIFEST).is_file():
        raise OutputError(
            f"fit_many: the folder {str(piece.folder)!r} is not to be seen on {platform.node()}; name one on a file"
            " system that all workers share, or leave it out."
        )
    marks, outcomes = Marks(piece.marks), []
    for spec, seed in piece.jobs:
        marks.begin(spec.name)
        outcome = _outcome(spec, seed, piece.settings)
        if place is not None:
            outcome = _written(place, outcome)
        marks.end(spec.name)
        outcomes.append(outcome)
    return outcomes


def _written(place: Place, outcome: Outcome) -> Outcome:
    try:
        place.write(outcome.record, outcome.summary, outcome.tree, outcome.kept)
    except OSError as error:
        raise OutputError(f"fit_many: {str(place.folder)!r} cannot be written: {error}.") from error
    return Outcome(outcome.record)


def _outcome(spec: Fit, seed: int, settings: Settings) -> Outcome:
    began, worked, said = perf_counter(), process_time(), _Said()
    about: dict[str, Any] = {"name": spec.name, "seed": seed, "worker": f"{platform.node()}:{os.getpid()}"}
    summary, tree, kept = None, None, None
    try:
        with _listening(said):
            summary, tree, kept, found = _fitted(spec, seed, settings)
        found["status"] = DONE
    except Exception as error:  # whatever a person's builder raises is the fit's, and the rest goes on
        found = {"status": FAILED, "error": type(error).__name__, "message": str(error)}
        found["traceback"] = traceback.format_exc()
    spent: dict[str, Any] = {"seconds": perf_counter() - began, "processor_seconds": process_time() - worked}
    record = Record(warnings=tuple(said.lines), **about, **found, **spent)
    return Outcome(record, summary, tree if settings.keep == "draws" else None, kept)


def _fitted(spec: Fit, seed: int, settings: Settings) -> tuple[Columns, Any, Arrays | None, dict[str, Any]]:
    author = spec.build if spec.is_built else spec.build(**spec.data)
    written = read_model(author)
    model = written.model
    check_model(model)
    given = settings.arguments(seed)
    given.check_names(model)
    compiled, anew = COMPILATIONS.of(written, settings.parameterization, None)
    if spec.is_built:
        compiled = compiled.with_data(**spec.data) if spec.data else compiled
    options: dict[str, Any] = {
        "tune": given.tune,
        "chains": given.chains,
        "cores": given.cores,
        "target_accept": given.target_accept,
        "random_seed": seed,
    }
    tree = compiled.sample(given.draws, **options)
    posterior, about = tree["posterior"].to_dataset(), tree["parameterization"].attrs
    free = [rv.name for rv in model.free_RVs if rv.name in posterior] or list(posterior.data_vars)
    worst = summary_of(posterior, free)
    size, where, r_hat = worst_of(worst)
    numbers = {
        "min_ess": size,
        "worst": where,
        "r_hat": r_hat,
        "divergences": int(tree["sample_stats"]["diverging"].sum()),
        "gradients": sum(int(about[f"gradients_{phase}"]) for phase in ("pilot", "tune", "draw")),
        "compiled": anew,
    }
    kept = settings.arrays(tree)
    if settings.var_names is not None:
        tree["posterior"] = type(tree)(posterior[list(settings.var_names)])
    wanted = settings.var_names or list(posterior.data_vars)
    summary = worst if list(wanted) == free else summary_of(posterior, wanted)
    return summary, tree, kept, numbers


class _Said(logging.Filter):
    """Keeps what is logged in one thread, and keeps it from everybody's screen."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._thread = threading.get_ident()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether others are to see a line."""
        ours = record.thread == self._thread and record.levelno >= logging.WARNING
        if ours:
            self.lines.append(record.getMessage())
        return not ours


@contextmanager
def _listening(said: _Said) -> Iterator[None]:
    """Warnings of a fit are in its record."""
    logger.addFilter(said)
    try:
        yield
    finally:
        logger.removeFilter(said)
