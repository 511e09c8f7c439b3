"""Nutpie's NUTS on the model as it is written, with a diagonal metric and with a low-rank one."""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks.models.case import CENTERED, NONCENTERED, Case
from benchmarks.models.peers import LOW_RANK_MOST, dimension
from benchmarks.peers.clock import Clock
from benchmarks.peers.fit import CHAINS, Effort, Fit, NotAvailableError, Peer
from benchmarks.plain import TARGET_ACCEPT


def fit(case: Case, seed: int, effort: Effort, *, way: str, adaptation: str) -> Fit:
    """Compile and sample."""
    import nutpie

    if adaptation == "low_rank" and (size := dimension(case)) > LOW_RANK_MOST:
        raise NotAvailableError(f"not run on {size} coordinates: adapting the metric to them takes hours")
    compiled = nutpie.compile_pymc_model(case.model(way))
    return sampled(compiled, case, seed, effort, adaptation)


def sampled(compiled: Any, case: Case, seed: int, effort: Effort, adaptation: str) -> Fit:
    """A fit of a model that nutpie has compiled."""
    import nutpie

    clock = Clock()
    tree = nutpie.sample(
        compiled,
        draws=effort.draws,
        tune=effort.tune,
        chains=CHAINS,
        cores=1,
        seed=seed,
        target_accept=TARGET_ACCEPT,
        adaptation=adaptation,
        progress_bar=False,
    )
    return Fit.of_tree(tree, clock.processor)


PEERS = tuple(
    Peer(
        f"nutpie-{short}-{way}",
        f"nutpie {words}, {way}",
        f'`nutpie.sample(adaptation="{adaptation}")` of the model written {way}.',
        ("pymc", "nutpie"),
        partial(fit, way=way, adaptation=adaptation),
    )
    for adaptation, short, words in (("diag", "diag", "diagonal"), ("low_rank", "low-rank", "low-rank"))
    for way in (CENTERED, NONCENTERED)
)
