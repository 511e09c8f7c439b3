"""Running pieces on joblib's workers until every fit has ended, whatever becomes of the workers."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Any

from unfunnel.errors import SamplingError
from unfunnel.many.pieces import Job, pieces_of
from unfunnel.many.place import Marks, Place
from unfunnel.many.record import FAILED, Record
from unfunnel.many.settings import Settings
from unfunnel.many.worker import Outcome, run

logger = logging.getLogger("unfunnel")


def outcomes_of(
    jobs: Sequence[Job], settings: Settings, n_jobs: int | None, folder: Path | None, marks: Path
) -> Iterator[Outcome]:
    """Do all fits; each comes back once, in the order in which they end.

    When a worker is killed, joblib gives up all of them. What is finished stays so, and the rest is begun again on new
    workers; a fit on which a worker was is done by itself. If a worker dies then too, it is the fit's doing, which is
    recorded as failed.

    Raises
    ------
    SamplingError
        If workers die before they begin with a fit.
    """
    left = {spec.name: (spec, seed) for spec, seed in jobs}
    suspects: list[str] = []
    while left:
        alone = suspects[:1]
        now = [left[name] for name in alone] if alone else list(left.values())
        lost = None
        before = len(left)
        for outcome in _round(now, settings, n_jobs, folder, marks):
            if isinstance(outcome, BaseException):
                lost = outcome
            else:
                left.pop(outcome.record.name, None)
                yield outcome
        if lost is None:
            suspects = [name for name in suspects if name in left]
            continue
        for outcome in _finished(left, folder):
            left.pop(outcome.record.name)
            yield outcome
        begun = Marks(marks).begun(left)
        for name in begun:
            Marks(marks).end(name)
        if alone and alone[0] in left:
            yield _given_up(left.pop(alone[0]), lost, folder)
        elif not begun and len(left) == before:
            raise SamplingError(
                f"fit_many: a worker died before it began with a fit ({type(lost).__name__}: {lost}); check its memory"
                " limit, and that the builders' modules can be imported there."
            ) from lost
        else:
            logger.warning(
                "A worker died (%s) while on %s; these are done again, each by itself.",
                type(lost).__name__,
                ", ".join(map(repr, begun)) or "no fit",
            )
        suspects = [name for name in dict.fromkeys([*suspects, *begun]) if name in left]


def _round(
    jobs: Sequence[Job], settings: Settings, n_jobs: int | None, folder: Path | None, marks: Path
) -> Iterator[Outcome | BaseException]:
    """One go of all of these, and the error of a lost worker in its place."""
    import joblib

    options: dict[str, Any] = {"n_jobs": n_jobs, "batch_size": 1, "pre_dispatch": "2 * n_jobs"}
    parallel = joblib.Parallel(**options)
    # Ray's workers, and those of multiprocessing, give nothing back before all is done.
    if parallel._backend.supports_return_generator:
        parallel = joblib.Parallel(return_as="generator_unordered", **options)
    workers = max(1, joblib.effective_n_jobs(parallel.n_jobs))
    pieces = pieces_of(jobs, workers, settings, folder, marks)
    try:
        for outcomes in parallel(joblib.delayed(run)(piece) for piece in pieces):
            yield from outcomes
    except Exception as error:
        if not _is_loss(error):
            raise
        yield error


def _is_loss(error: Exception) -> bool:
    """Whether a worker was killed, of loky (as of any pool of processes) or of dask."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ in ("KilledWorker", "WorkerCrashedError")


def _finished(left: Any, folder: Path | None) -> list[Outcome]:
    """Fits of lost pieces that are in the folder all the same."""
    if folder is None:
        return []
    records = [Place(folder).record(name) for name in left]
    return [Outcome(record) for record in records if record is not None]


def _given_up(job: Job, lost: BaseException, folder: Path | None) -> Outcome:
    spec, seed = job
    message = f"the worker died twice on this fit, the second time with nothing else to do: {lost}"
    record = Record(name=spec.name, status=FAILED, seed=seed, error=type(lost).__name__, message=message)
    if folder is not None:
        Place(folder).write(record, None, None)
    return Outcome(record)
