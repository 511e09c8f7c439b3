"""Nine individuals, one very precise observation each: the notebook's second data set."""

from __future__ import annotations

import numpy as np

from unfunnel.study.data import generate_data
from unfunnel.study.regime import Regime

SEED = 1235


def strong() -> Regime:
    """Richly observed individuals: σ = 0.1 is a small part of the true spread of 3.5."""
    data = generate_data(N=9, K=9, indiv_idx=np.arange(9), sigma=0.1, seed=SEED)
    return Regime.simulated(
        data,
        name="strong",
        title="Uniformly strongly informative likelihoods",
        story=(
            "The same population, again nine individuals observed once, now with noise σ = 0.1. Each observation pins"
            " its individual down, whatever the population does. In the centered coordinates nothing is left of the"
            " funnel; in the non-centered ones θ = μ + τ η is nearly fixed, so η must move against μ and τ in"
            " lockstep: an inverted funnel."
        ),
        seed=SEED,
    )
