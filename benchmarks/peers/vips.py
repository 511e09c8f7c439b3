"""Variationally inferred parameterization: pymc-extras learns how far to center each effect by ADVI, then NUTS."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from benchmarks.models.case import CENTERED, Case
from benchmarks.peers.clock import Clock
from benchmarks.peers.fit import Effort, Fit, NotAvailableError, Peer
from benchmarks.peers.nutpies import sampled


def fit(case: Case, seed: int, effort: Effort) -> Fit:
    """`vip_reparametrize`, `vip.fit` with its defaults, then nutpie with its own."""
    import nutpie
    import pymc as pm
    from pymc_extras.model.transforms.autoreparam import vip_reparametrize

    written = case.model(CENTERED)
    model, vip = vip_reparametrize(written, effects(written, case))
    clock = Clock()
    with model:
        vip.set_all_lambda(0.5)
        vip.fit(effort.variational, random_seed=seed, progressbar=False)
    learning = clock.processor
    found = sampled(
        nutpie.compile_pymc_model(pm.model.transform.freeze_dims_and_data(model)), case, seed, effort, "diag"
    )
    # ADVI takes one gradient a step.
    return replace(
        found, gradients={"tuning": effort.variational, **found.gradients}, sampling=found.sampling + learning
    )


def effects(model: Any, case: Case) -> list[str]:
    """The variables that a person would hand over: normal, and with a scale that is itself unknown."""
    from pytensor.graph.traversal import ancestors

    free = set(model.free_RVs)
    names = [
        variable.name
        for variable in model.free_RVs
        if type(variable.owner.op).__name__ == "NormalRV" and free & set(ancestors(variable.owner.inputs[-1:]))
    ]
    if not names:
        raise NotAvailableError("VIP reparameterizes independent normal and exponential variables; this has none")
    return names


PEERS = (
    Peer(
        "vip",
        "pymc-extras VIP",
        "`vip_reparametrize` of the model written centered, `vip.fit` for 10 000 steps of ADVI from a half,"
        " then `nutpie.sample`. The steps count as tuning, one gradient each.",
        ("pymc", "nutpie", "pymc-extras"),
        fit,
    ),
)
