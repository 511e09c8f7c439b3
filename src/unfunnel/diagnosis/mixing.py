"""R-hat and effective sample size of every element, with what they may be in a sound fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unfunnel.sampling import convergence
from unfunnel.sampling.thresholds import ENOUGH

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Mixing:
    """How elements mixed; all dims (element,).

    NaN, which constant draws and ones that are not finite give, counts as poor.
    """

    ess_bulk: Floats
    ess_tail: Floats
    r_hat: Floats
    poor: NDArray[np.bool_]
    """Whether R-hat or an effective sample size is not what it may be in a sound fit."""

    @property
    def ess(self) -> Floats:
        """The smaller of the two effective sample sizes."""
        return np.minimum(self.ess_bulk, self.ess_tail)


def mixing_of(draws: Floats) -> Mixing:
    """How elements mixed; `draws` has dims (chain, draw, element).

    The numbers are ArviZ's; how much they may be off by chance is what :mod:`unfunnel.sampling.convergence` says.
    """
    import arviz as az
    import xarray as xr

    chains, count, size = draws.shape
    if count < 4 or size == 0:
        nothing = np.full(size, np.nan)
        return Mixing(nothing, nothing, nothing, np.zeros(size, dtype=bool))
    elements = xr.Dataset({"x": (("chain", "draw", "element"), draws)})
    with np.errstate(invalid="ignore", divide="ignore"):
        bulk = az.ess(elements, method="bulk")["x"].values
        tail = az.ess(elements, method="tail")["x"].values
        r_hat = az.rhat(elements)["x"].values
    enough = ENOUGH * chains
    # Where draws are fewer than are wanted, only what they can show counts.
    least = convergence.smallest_allowed(min(enough, chains * count / 2), chains * count, 2 * size)
    largest = convergence.largest_allowed(np.fmax(bulk, least), 2 * chains, 2 * size)
    return Mixing(bulk, tail, r_hat, ~((np.minimum(bulk, tail) >= least) & (r_hat <= largest)))
