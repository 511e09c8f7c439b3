"""`unfunnel.sample`, as a person calls it."""

from __future__ import annotations

from benchmarks.models.case import CENTERED, Case
from benchmarks.peers.clock import counting_processor_seconds
from benchmarks.peers.fit import CHAINS, Effort, Fit, Peer


def fit(case: Case, seed: int, effort: Effort) -> Fit:
    """One call on the model written centered, which finds no code of an earlier one, as no peer does."""
    import unfunnel as uf
    from unfunnel.sampling.reuse import COMPILATIONS

    COMPILATIONS.kept.clear()
    with counting_processor_seconds("unfunnel.sampling.seconds.perf_counter"):
        tree = uf.sample(
            case.model(CENTERED),
            effort.draws,
            tune=effort.tune,
            chains=CHAINS,
            cores=1,
            random_seed=seed,
            progressbar=False,
        )
    cost = tree["parameterization"].attrs
    return Fit(
        tree["posterior"].to_dataset(),
        divergences=int(tree["sample_stats"]["diverging"].sum()),
        gradients={
            "tuning": int(cost["gradients_pilot"]),
            "warm-up": int(cost["gradients_tune"]),
            "draws": int(cost["gradients_draw"]),
        },
        sampling=float(cost["seconds_pilot"]) + float(cost["seconds_sampling"]),
    )


PEERS = (
    Peer(
        "unfunnel",
        "unfunnel",
        "`unfunnel.sample(model)` of the model written centered. Its pilot counts as tuning.",
        ("pymc", "nutpie"),
        fit,
    ),
)
