"""What one regime produced: the fits, the exact posterior, and their draws as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from unfunnel.study.regime import Floats, Regime
from unfunnel.study.summary import Row, summarize

if TYPE_CHECKING:
    from unfunnel.exact import ExactPosterior

NAMES = {
    "centered": "centered",
    "noncentered": "non-centered",
    "mixed": "mixed",
    "informed": "informed",
    "exact": "exact",
}


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws as arrays; dims (chain, draw) and (chain, draw, group), in the unit of the data."""

    mu: Floats
    tau: Floats
    theta: Floats
    sigma: Floats | None
    diverging: NDArray[np.bool_]

    @classmethod
    def of(cls, dt: xr.DataTree) -> Draws:
        """The draws of a fit, or of the exact posterior, in which nothing diverges."""
        posterior = dt["posterior"].to_dataset().transpose("chain", "draw", ...)
        mu: Floats = posterior["mu"].values
        diverging = np.zeros(mu.shape, dtype=bool)
        if "sample_stats" in dt.children:
            diverging = dt["sample_stats"]["diverging"].transpose("chain", "draw").values.astype(bool)
        sigma = posterior["sigma"].values if "sigma" in posterior else None
        return cls(mu, posterior["tau"].values, posterior["theta"].values, sigma, diverging)

    @cached_property
    def log_tau(self) -> Floats:
        """Natural logarithm of tau."""
        return np.asarray(np.log(self.tau))


@dataclass(frozen=True, eq=False)
class Result:
    """One regime, fitted in every parameterization and computed exactly.

    `fits` is ordered as the study shows it; `draws` holds the same and "exact" last.
    """

    regime: Regime
    fits: dict[str, xr.DataTree]
    exact: ExactPosterior
    exact_draws: xr.DataTree
    seconds: dict[str, float]

    @cached_property
    def draws(self) -> dict[str, Draws]:
        """Draws per parameterization, "exact" last."""
        return {name: Draws.of(dt) for name, dt in {**self.fits, "exact": self.exact_draws}.items()}

    @cached_property
    def rows(self) -> dict[str, Row]:
        """The summary per parameterization."""
        moments = self.exact.moments()
        return {name: summarize(dt, moments) for name, dt in self.fits.items()}

    @cached_property
    def weights(self) -> Floats:
        """Centering weights of the informed parameterization, dim (group,): 0 the prior, 1 the data dominate."""
        return np.asarray(self.fits["informed"]["parameterization"]["theta_weight"].values, dtype=float)
