"""Nine individuals with 1 to 1000 observations: the section that the notebook left empty."""

from __future__ import annotations

import numpy as np

from unfunnel.study.data import generate_data
from unfunnel.study.regime import Regime

SEED = 1236
COUNTS = (10, 5, 1000, 10, 1, 5, 100, 10, 5)


def unbalanced() -> Regime:
    """Sparsely and richly observed individuals together: no single parameterization fits them all."""
    index = np.repeat(np.arange(len(COUNTS)), COUNTS)
    data = generate_data(N=index.size, K=len(COUNTS), indiv_idx=index, sigma=10, seed=SEED)
    return Regime.simulated(
        data,
        name="unbalanced",
        title="Unbalanced likelihoods",
        story=(
            f"Nine individuals of the same population with {', '.join(map(str, COUNTS[:-1]))} and {COUNTS[-1]}"
            " observations, noise σ = 10. The sparsely observed individuals need the non-centered coordinates, the"
            " richly observed ones the centered. Betancourt's answer, which the notebook set out to write in PyMC and"
            " left unfinished, is a mixed model: each individual in its own coordinates, by a threshold on its number"
            " of observations."
        ),
        seed=SEED,
    )
