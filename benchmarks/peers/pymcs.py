"""PyMC's own NUTS on the model as it is written."""

from __future__ import annotations

from functools import partial

from benchmarks.models.case import CENTERED, NONCENTERED, Case
from benchmarks.peers.clock import counting_processor_seconds
from benchmarks.peers.fit import CHAINS, Effort, Fit, Peer
from benchmarks.plain import TARGET_ACCEPT


def fit(case: Case, seed: int, effort: Effort, *, way: str) -> Fit:
    """One call of `pm.sample`, with the warm-up kept for the sake of its gradients."""
    import pymc as pm

    with case.model(way), counting_processor_seconds("pymc.sampling.mcmc.time.time"):
        tree = pm.sample(
            effort.draws,
            tune=effort.tune,
            chains=CHAINS,
            cores=1,
            random_seed=seed,
            nuts_sampler="pymc",
            target_accept=TARGET_ACCEPT,
            discard_tuned_samples=False,
            compute_convergence_checks=False,
            progressbar=False,
            quiet=True,
        )
    return Fit.of_tree(tree, float(tree["posterior"].attrs["sampling_time"]))


PEERS = tuple(
    Peer(
        f"pymc-{way}",
        f"PyMC, {way}",
        f'`pm.sample(nuts_sampler="pymc")` of the model written {way}.',
        ("pymc",),
        partial(fit, way=way),
    )
    for way in (CENTERED, NONCENTERED)
)
