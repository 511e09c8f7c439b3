"""The bars of the benchmark, and which of them a measurement passes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.models.case import Case
from benchmarks.models.peers import Peers, Row, best_of
from benchmarks.moments import distance, pooled
from benchmarks.ours import Call
from benchmarks.references.store import read

FACTOR_ALL_GRADIENTS = 3.0
FACTOR_SECONDS_LARGE, FACTOR_SECONDS_SMALL, LARGE = 3.0, 1.0, 500
COMPILATION_FACTOR, COMPILATION_PLUS = 1.3, 1.0
OWN_SECONDS, OWN_GROUPS = 0.3, 200
FURTHEST = 4.0
"""Monte Carlo standard errors."""


@dataclass(frozen=True)
class Check:
    """One bar: what came and what was asked for, in words, and whether it was passed; None: not measured."""

    name: str
    came: str
    passed: bool | None


def checks(case: Case, row: Row, peers: Peers, call: Call, observations: int) -> list[Check]:
    """Every bar for one way of writing a model."""
    return [
        *_efficiency(case, row),
        *_against_plain(row, peers.plain, observations),
        _own_time(case, call),
        Check("one compilation", f"{call.compilations}", call.compilations == 1),
        _agreement(case, row),
    ]


def _efficiency(case: Case, row: Row) -> list[Check]:
    value, words = row.median("per_1000"), "ESS/1000 gradients"
    found = [Check("divergences", f"{row.divergences}", row.divergences == 0)]
    if case.bar is None:
        return [Check(words, f"{value:.1f}, no bar", None), *found]
    return [Check(words, f"{value:.1f} of {case.bar:g}", value >= case.bar), *found]


def _against_plain(row: Row, plain: list[Row], observations: int) -> list[Check]:
    names = ("all gradients / best plain", "ESS per second / best plain", "compilation")
    if not plain:
        return [Check(name, "no peers", None) for name in names]
    factor = {what: row.median(what) / best_of(plain, what).median(what) for what in ("per_1000_all", "per_second")}
    least = FACTOR_SECONDS_LARGE if observations > LARGE else FACTOR_SECONDS_SMALL
    # Held against the plain model that a person would compile, whichever is dearer to compile.
    allowed = COMPILATION_FACTOR * max(peer.compilation for peer in plain) + COMPILATION_PLUS
    return [
        Check(
            names[0],
            f"{factor['per_1000_all']:.1f} of {FACTOR_ALL_GRADIENTS:g}",
            factor["per_1000_all"] >= FACTOR_ALL_GRADIENTS,
        ),
        Check(names[1], f"{factor['per_second']:.1f} of {least:g}", factor["per_second"] >= least),
        Check(names[2], f"{row.compilation:.1f} s of {allowed:.1f} s", row.compilation <= allowed),
    ]


def _own_time(case: Case, call: Call) -> Check:
    source = "" if call.reported else ", not reported: what nutpie leaves over"
    came = f"{call.seconds_other:.2f} s of {OWN_SECONDS:g} s{source}"
    # The bar is set at K = 200; smaller models must not need more.
    return Check("own time", came, call.seconds_other < OWN_SECONDS if case.groups <= OWN_GROUPS else None)


def _agreement(case: Case, row: Row) -> Check:
    truth = read(case.name)
    if truth is None:
        return Check("agreement", "no reference", None)
    # Seeds are pooled: smaller errors, and far fewer comparisons that chance could fail.
    largest, where = distance(pooled([fit.moments for fit in row.fits]), truth)
    return Check("agreement", f"{largest:.1f} of {FURTHEST:g} MCSE ({where})", bool(np.less_equal(largest, FURTHEST)))
