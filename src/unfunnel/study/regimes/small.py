"""Two individuals, precisely observed: a small ensemble."""

from __future__ import annotations

import numpy as np

from unfunnel.study.data import generate_data
from unfunnel.study.regime import Regime

SEED = 1237


def small() -> Regime:
    """Two individuals can hardly tell the population's mean from its spread."""
    data = generate_data(N=2, K=2, indiv_idx=np.arange(2), sigma=0.1, seed=SEED)
    return Regime.simulated(
        data,
        name="small",
        title="A small ensemble",
        story=(
            "Two individuals, each known to within σ = 0.1. Two points say little about the population they come"
            " from: its mean μ may lie anywhere within its spread τ of them, so that μ and τ form a funnel of their"
            " own. The case study says that this one cannot be parameterized away, and no centering of the individuals"
            " reaches it; the informed parameterization can, because it takes μ into its coordinates."
        ),
        seed=SEED,
    )
