"""A peer's fits of a case in a process of their own, so that one that crashes or never ends takes nothing else with it.

Nor does code of earlier cases fill what a process may map, of which JAX's compiler takes much.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import time
import warnings
from multiprocessing.process import BaseProcess
from pathlib import Path

from benchmarks.peers.record import Key, Record, write

_PATIENCE = 0.2


def supervise(keys: list[Key], draws: int, folder: Path, limit: float, *, again: bool = False) -> None:
    """Have every fit done that has no record yet; a process is begun anew after one that died or was ended.

    Parameters
    ----------
    limit
        Seconds from one record to the next after which a fit is given up. The first of a case holds a warm-up call.
    again
        Whether a record of something that failed or was not available is no record.
    """
    missing = [key for key in keys if not _is_done(key.path(folder), again=again)]
    for key in missing:
        key.path(folder).unlink(missing_ok=True)
    while missing:
        case = [key for key in missing if key.case == missing[0].case]
        process = multiprocessing.get_context("spawn").Process(target=_work, args=(case, draws, folder))
        process.start()
        ended = _watch(process, missing, folder, limit)
        left = [key for key in missing if not key.path(folder).exists()]
        if left and (ended is not None or left == missing or process.exitcode):
            said = ended or f"the process ended with code {process.exitcode}"
            for key in _given_up(left, timed_out=ended is not None):
                write(key.path(folder), Record(key, draws, failure=said).as_json())
                print(f"{key.case} {key.peer} {key.seed}: {said}", flush=True)
            left = [key for key in left if not key.path(folder).exists()]
        missing = left


def _given_up(left: list[Key], *, timed_out: bool) -> list[Key]:
    """The fit that did not come to its end; where it took too long, the case's other seeds would too."""
    return [key for key in left if key.case == left[0].case] if timed_out else left[:1]


def _watch(process: BaseProcess, keys: list[Key], folder: Path, limit: float) -> str | None:
    """Wait for the end; say why if the process had to be ended."""
    done, since = 0, time.monotonic()
    while process.is_alive():
        process.join(_PATIENCE)
        now = sum(key.path(folder).exists() for key in keys)
        if now > done:
            done, since = now, time.monotonic()
        if time.monotonic() - since > limit:
            process.kill()
            process.join()
            return f"not finished within {limit:g} seconds"
    return None


def _work(keys: list[Key], draws: int, folder: Path) -> None:
    """One fit after the other, on one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from benchmarks.peers.measure import record
    from benchmarks.peers.registry import PEERS

    for name in ("unfunnel", "pymc", "bambi"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore")
    for key in keys:
        found = record(PEERS[key.peer], key, draws)
        write(key.path(folder), found.as_json())
        print(_line(found), flush=True)


def _line(found: Record) -> str:
    start = f"{found.key.case} {found.key.peer} {found.key.seed}:"
    if (numbers := found.numbers) is None:
        return f"{start} {found.reason or found.failure}"
    return (
        f"{start} {numbers.per_1000:.1f} per 1000 gradients, {numbers.divergences} divergences,"
        f" {numbers.processor:.1f} s of processor ({numbers.wall:.1f} s), off by {numbers.error_sd:.2f} sd"
    )


def _is_done(path: Path, *, again: bool) -> bool:
    if not path.exists():
        return False
    return not again or json.loads(path.read_text(encoding="utf-8"))["numbers"] is not None
