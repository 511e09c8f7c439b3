"""What one regime produced: the fits, the exact posterior, and their draws as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from unfunnel.study.case import Case, Floats
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

_PICTURED = ("mu", "tau", "theta", "sigma")


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws as arrays; dims (chain, draw) and (chain, draw, group), in the unit of the data.

    Parameters
    ----------
    mu, tau, theta
        What the pictures show.
    sigma
        The noise, where it is unknown.
    diverging
        Dims (chain, draw).
    others
        What else the model has, by name.
    """

    mu: Floats
    tau: Floats
    theta: Floats
    sigma: Floats | None
    diverging: NDArray[np.bool_]
    others: Mapping[str, Floats]

    @classmethod
    def of(cls, dt: xr.DataTree, case: Case) -> Draws:
        """The draws of a fit, or of the exact posterior, in which nothing diverges."""
        posterior = dt["posterior"].to_dataset().transpose("chain", "draw", ...)
        pictured = case.pictured(posterior)
        mu: Floats = pictured["mu"].values
        diverging = np.zeros(mu.shape, dtype=bool)
        if "sample_stats" in dt.children:
            diverging = dt["sample_stats"]["diverging"].transpose("chain", "draw").values.astype(bool)
        sigma = posterior["sigma"].values if "sigma" in posterior else None
        others = {str(name): values.values for name, values in posterior.data_vars.items() if name not in _PICTURED}
        return cls(mu, pictured["tau"].values, pictured["theta"].values, sigma, diverging, others)

    @cached_property
    def log_tau(self) -> Floats:
        """Natural logarithm of tau."""
        return np.asarray(np.log(self.tau))


@dataclass(frozen=True, eq=False)
class Result:
    """One regime, fitted in every parameterization, and computed exactly where that can be done.

    `fits` is ordered as the study shows it; `draws` holds the same, and "exact" last where there is one.
    """

    regime: Case
    fits: dict[str, xr.DataTree]
    exact: ExactPosterior | None
    exact_draws: xr.DataTree | None
    seconds: dict[str, float]

    @cached_property
    def draws(self) -> dict[str, Draws]:
        """Draws per parameterization, "exact" last where there is one."""
        return {name: Draws.of(dt, self.regime) for name, dt in self.trees.items()}

    @property
    def trees(self) -> dict[str, xr.DataTree]:
        """The fits, and the exact draws where there are some."""
        return self.fits if self.exact_draws is None else {**self.fits, "exact": self.exact_draws}

    @property
    def reference(self) -> str:
        """Whose draws words and pictures measure by: the exact ones, or the informed ones where none are exact."""
        return "informed" if self.exact is None else "exact"

    @cached_property
    def rows(self) -> dict[str, Row]:
        """The summary per parameterization."""
        moments = None if self.exact is None else self.exact.moments()
        return {name: summarize(dt, moments, self.regime.checked) for name, dt in self.fits.items()}

    @cached_property
    def weights(self) -> Floats | None:
        """Centering weights of the informed parameterization, dim (group,): 0 the prior, 1 the data dominate.

        None where the effects were sampled as written.
        """
        return self.regime.weight(self.fits["informed"]["parameterization"])
