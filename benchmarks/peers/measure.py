"""From one fit to its record; the same for every peer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import arviz as az
import numpy as np

from benchmarks.models.case import Case
from benchmarks.moments import Moments, distance, moments_of, on_lines, worst_ess
from benchmarks.peers.cases import CASES, truth
from benchmarks.peers.clock import Clock
from benchmarks.peers.fit import Effort, Fit, NotAvailableError, Peer
from benchmarks.peers.record import Key, Numbers, Record

_ALWAYS = ("numpy", "pytensor", "numba", "arviz")


def record(peer: Peer, key: Key, draws: int) -> Record:
    """Fit once, and say how it went; what fails is a record too."""
    versions: dict[str, str] = {}
    try:
        versions = _versions(peer)
        warm(peer, key.case)
        return Record(key, draws, numbers=measured(peer, key, draws), versions=versions)
    except NotAvailableError as why:
        return Record(key, draws, reason=str(why), versions=versions)
    except ImportError as why:
        return Record(key, draws, reason=f"not installed: {why}", versions=versions)
    except Exception as error:
        return Record(key, draws, failure=f"{type(error).__name__}: {_first_line(error)}", versions=versions)


@cache
def warm(peer: Peer, case: str) -> None:
    """A short call nobody measures: what only the first call of a process pays is nobody's cost."""
    peer.fit(CASES[case], 0, Effort.warming())


def measured(peer: Peer, key: Key, draws: int) -> Numbers:
    """The whole call, from building the model on."""
    case, clock = CASES[key.case], Clock()
    fit = peer.fit(case, key.seed, Effort(draws))
    spent = (clock.wall + fit.before[0], clock.processor + fit.before[1])
    return numbers(case, fit, *spent)


def numbers(case: Case, fit: Fit, wall: float, processor: float) -> Numbers:
    """What is read off the draws."""
    draws = on_lines(fit.posterior, case.lines, case.aliases)
    ess, ess_of = worst_ess(draws)
    rhat = az.rhat(draws)
    errors = _errors(moments_of(draws), truth(case))
    return Numbers(
        divergences=fit.divergences,
        ess=ess,
        ess_of=ess_of,
        rhat=float(np.max([np.max(rhat[name].values) for name in rhat.data_vars])),
        gradients=dict(fit.gradients),
        sampling=fit.sampling,
        wall=wall,
        processor=processor,
        **errors,
    )


def _errors(found: Mapping[str, Moments], true: Mapping[str, Moments] | None) -> dict[str, Any]:
    if true is None:
        nan = float("nan")
        return {"error_sd": nan, "error_sd_of": "no reference", "error_mcse": nan, "error_mcse_of": "no reference"}
    worst, where = 0.0, ""
    for name, one in found.items():
        off = np.abs(one.mean - true[name].mean) / true[name].sd
        at = int(np.argmax(off))
        if off[at] > worst:
            worst, where = float(off[at]), f"{name}[{at}]"
    mcse, mcse_where = distance(found, true)
    return {"error_sd": worst, "error_sd_of": where, "error_mcse": mcse, "error_mcse_of": mcse_where}


def _versions(peer: Peer) -> dict[str, str]:
    missing, found = [], {}
    for package in (*_ALWAYS, *peer.packages):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            missing.append(package)
    if missing:
        raise NotAvailableError(f"not installed: {', '.join(missing)}")
    return found


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else "no message"
