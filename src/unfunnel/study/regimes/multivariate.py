"""Individuals with three components each, correlated in the population: one ensemble observed weakly and strongly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.study.case import THRESHOLD, Case, Floats, Other, Truth
from unfunnel.study.priors import Priors, ScalePrior

if TYPE_CHECKING:
    from unfunnel.parameterization import Mixed
    from unfunnel.study.result import Draws

SEED = 1239
INDIVIDUALS = 15
COMPONENTS = ("a", "b", "c")
MU = (4.5, 0.0, -2.0)
TAU = (3.5, 2.0, 1.0)
CORRELATIONS = ((1.0, 0.7, 0.3), (0.7, 1.0, -0.2), (0.3, -0.2, 1.0))
ETA = 4.0
PAIRS = ((0, 1), (0, 2), (1, 2))


@dataclass(frozen=True, eq=False, kw_only=True)
class Components(Case):
    """Individuals with several effects each, and the multivariate normal model of them.

    ``y_ij ~ Normal(theta[group_i, j], sigma)``, ``theta_k ~ MvNormal(mu, diag(tau) R diag(tau))``, ``R ~ LKJ(4)``. The
    pictures show the first component; the numbers are about all.

    Parameters
    ----------
    values
        Dims (observation, component); `y` is its first column.
    sigma
        Noise of one observation.
    **others
        As in :class:`unfunnel.study.case.Case`.
    """

    values: Floats
    sigma: float

    @property
    def equations(self) -> tuple[str, ...]:
        """The model without the priors of mu and tau, which hold for every component."""
        return (
            f"y ~ Normal(θ[{self.group_word}, component], {self.sigma:g})",
            "θ ~ MvNormal(μ, diag(τ) R diag(τ))",
            f"R ~ LKJ({ETA:g})",
        )

    @property
    def standard_errors(self) -> Floats:
        """Of the mean of the first component."""
        return np.asarray(self.sigma / np.sqrt(self.counts))

    @property
    def others(self) -> tuple[Other, ...]:
        """The correlations between components."""
        from scipy import stats

        size = len(COMPONENTS)
        shape = ETA - 1 + size / 2
        prior = stats.beta(shape, shape, loc=-1, scale=2)
        return tuple(
            Other(f"ρ({COMPONENTS[i]}, {COMPONENTS[j]})", prior, partial(_correlation, i, j), CORRELATIONS[i][j])
            for i, j in PAIRS
        )

    def model(self) -> Any:
        """The PyMC model."""
        import pymc as pm

        with pm.Model(coords={"group": list(self.labels), "component": list(COMPONENTS)}) as model:
            mu = pm.Normal("mu", *self.priors.mu, dims="component")
            spread = pm.HalfNormal.dist(self.priors.tau.scale)
            factor, *_ = pm.LKJCholeskyCov("covariance", n=len(COMPONENTS), eta=ETA, sd_dist=spread)
            theta = pm.MvNormal("theta", mu, chol=factor, dims=("group", "component"))
            pm.Normal("y", theta[self.group], self.sigma, observed=self.values)
        return model

    def replicate(self, draws: Draws, chosen: NDArray[np.intp]) -> Floats:
        """One new observation of the first component per draw and chosen group, dims (sample, group)."""
        theta = draws.theta[..., chosen].reshape(-1, len(chosen))
        return np.asarray(theta + self.sigma * np.random.default_rng(0).standard_normal(theta.shape))

    def mixed(self) -> Mixed:
        """The rule of thumb; all individuals have equally many observations, so it treats them alike."""
        from unfunnel.parameterization import Mixed

        return Mixed(centered=np.asarray(self.counts[0] > THRESHOLD))

    def checked(self, posterior: Any) -> Any:
        """Every mean, effect, log spread and correlation."""
        correlations = {
            f"rho_{COMPONENTS[i]}{COMPONENTS[j]}": posterior["covariance_corr"][..., i, j].drop_vars(
                ["covariance_corr_dim_0", "covariance_corr_dim_1"], errors="ignore"
            )
            for i, j in PAIRS
        }
        return posterior[["mu", "theta"]].assign(log_tau=np.log(posterior["covariance_stds"]), **correlations)

    def pictured(self, posterior: Any) -> Mapping[str, Any]:
        """The first component."""
        spread = posterior["covariance_stds"]
        first = {name: posterior[name].isel(component=0) for name in ("mu", "theta")}
        return {**first, "tau": spread.isel({spread.dims[-1]: 0})}

    def weight(self, parameterization: Any) -> Floats | None:
        """Of the first component."""
        found = super().weight(parameterization)
        return found[:, 0] if found is not None and found.ndim == 2 else found


def _correlation(i: int, j: int, draws: Draws) -> Floats:
    return draws.others["covariance_corr"][..., i, j]


def multivariate_weak() -> Components:
    """Three components in noise as large as the largest spread."""
    return _ensemble(
        "multivariate_weak",
        "Three components, weakly informative",
        5.0,
        "The noise is larger than any component's spread, so that each individual leans on the population, and the"
        " funnel has a neck for every component.",
    )


def multivariate_strong() -> Components:
    """The same in little noise."""
    return _ensemble(
        "multivariate_strong",
        "Three components, strongly informative",
        0.1,
        "The noise is small: every individual is known, and its components are best explored as they are.",
    )


def _ensemble(name: str, title: str, sigma: float, words: str) -> Components:
    generator = np.random.default_rng(SEED)
    covariance = np.outer(TAU, TAU) * np.asarray(CORRELATIONS)
    theta = generator.multivariate_normal(MU, covariance, size=INDIVIDUALS)
    values = generator.normal(theta, sigma)
    return Components(
        name=name,
        title=title,
        story=(
            f"{INDIVIDUALS} individuals have three components each, {', '.join(COMPONENTS)}, correlated in their"
            f" population, and each component is observed once with noise σ = {sigma:g}. {words} The pictures show"
            f" component {COMPONENTS[0]}; effective sizes and R-hat are about all components and correlations. The data"
            " are simulated."
        ),
        labels=tuple(str(k) for k in range(INDIVIDUALS)),
        y=values[:, 0],
        group=np.arange(INDIVIDUALS),
        priors=Priors(mu=(0.0, 5.0), tau=ScalePrior("HalfNormal", 5.0)),
        truth=Truth(MU[0], TAU[0], theta[:, 0]),
        seed=SEED,
        value_word=f"component {COMPONENTS[0]}",
        values=values,
        sigma=sigma,
    )
