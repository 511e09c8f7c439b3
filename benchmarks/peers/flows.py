"""Nutpie's NUTS in coordinates that a normalizing flow learns during warm-up."""

from __future__ import annotations

from benchmarks.models.case import NONCENTERED, Case
from benchmarks.peers.fit import Effort, Fit, Peer
from benchmarks.peers.nutpies import sampled


def fit(case: Case, seed: int, effort: Effort) -> Fit:
    """Compile for JAX and sample; the flow learns from the gradients of the warm-up and asks for no others."""
    import nutpie

    compiled = nutpie.compile_pymc_model(case.model(NONCENTERED), backend="jax", gradient_backend="jax")
    return sampled(compiled.with_transform_adapt(), case, seed, effort, "flow")


PEERS = (
    Peer(
        "nutpie-flow",
        "nutpie flow, noncentered",
        '`nutpie.sample(adaptation="flow")` of the model written noncentered, compiled for JAX.',
        ("pymc", "nutpie", "jax", "flowjax", "equinox"),
        fit,
        most_seeds=1,
    ),
)
