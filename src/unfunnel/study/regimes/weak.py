"""Nine individuals, one very noisy observation each: the notebook's first data set."""

from __future__ import annotations

import numpy as np

from unfunnel.study.data import generate_data
from unfunnel.study.regime import Regime

SEED = 1234


def weak() -> Regime:
    """Sparsely observed individuals: σ = 10 is nearly three times the true spread of 3.5."""
    data = generate_data(N=9, K=9, indiv_idx=np.arange(9), sigma=10, seed=SEED)
    return Regime.simulated(
        data,
        name="weak",
        title="Uniformly weakly informative likelihoods",
        story=(
            "Nine individuals are drawn from Normal(4.5, 3.5) and each is observed once, with noise σ = 10. One"
            " observation says little about its individual, so each θ leans on the population, and the population's"
            " spread τ is itself poorly known. Here the posterior is a funnel: where τ is small all θ are squeezed"
            " together, where it is large they spread out."
        ),
        seed=SEED,
    )
