"""A normal regime: observations with normal noise, of which the posterior is known exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unfunnel.errors import InvalidArgumentError
from unfunnel.study.case import THRESHOLD, Case, Floats, Truth
from unfunnel.study.data import GeneratedData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unfunnel.study.result import Draws

__all__ = ["THRESHOLD", "Floats", "Regime", "Truth"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Regime(Case):
    """One data set of observations in groups, and the normal hierarchical model of it.

    ``y_i ~ Normal(theta[group_i], sigma)``, ``theta_k ~ Normal(mu, tau)``, priors in `priors`.

    Parameters
    ----------
    sigma
        Noise of one observation: a number, one per group, or None where it is unknown and has a prior.
    **others
        As in :class:`unfunnel.study.case.Case`.

    Raises
    ------
    InvalidArgumentError
        As in :class:`unfunnel.study.case.Case`, or if a noise is not positive.
    """

    sigma: float | Floats | None

    def __post_init__(self) -> None:
        super().__post_init__()
        call = f"Regime {self.name!r}"
        if self.sigma is None and self.priors.sigma is None:
            raise InvalidArgumentError(f"{call}: sigma is unknown, so priors.sigma is needed; got none.")
        if self.sigma is not None and not np.all((np.asarray(self.sigma) > 0) & np.isfinite(self.sigma)):
            raise InvalidArgumentError(f"{call}: sigma must be positive, got {np.min(self.sigma):g}.")

    @classmethod
    def simulated(cls, data: GeneratedData, *, name: str, title: str, story: str, seed: int) -> Regime:
        """The regime of data from :func:`~unfunnel.generate_data`, individuals labelled from 0."""
        return cls(
            name=name,
            title=title,
            story=story,
            labels=tuple(str(k) for k in range(data["K"])),
            y=data["y"],
            group=data["idx"],
            sigma=float(data["sigma"]),
            truth=Truth(data["mu"], data["tau"], data["theta"]),
            seed=seed,
        )

    @property
    def equations(self) -> tuple[str, ...]:
        """The model without its priors."""
        return ("y ~ Normal(θ[group], σ)", "θ ~ Normal(μ, τ)")

    @property
    def noise(self) -> Floats:
        """Noise of one observation, dim (group,); where it is unknown, the pooled estimate from within the groups."""
        if self.sigma is not None:
            return np.broadcast_to(np.asarray(self.sigma, dtype=float), (len(self.labels),))
        within = float(np.sum((self.y - self.means[self.group]) ** 2))
        freedom = max(len(self.y) - len(self.labels), 1)
        return np.full(len(self.labels), np.sqrt(within / freedom))

    @property
    def standard_errors(self) -> Floats:
        """Standard error of each group's mean, dim (group,)."""
        return np.asarray(self.noise / np.sqrt(self.counts))

    def model(self) -> Any:
        """The PyMC model, as its author would write it: nothing in it says how it will be sampled."""
        import pymc as pm

        with pm.Model(coords={"group": list(self.labels)}) as model:
            mu = pm.Normal("mu", *self.priors.mu)
            tau = self.priors.tau.variable("tau")
            theta = pm.Normal("theta", mu, tau, dims="group")
            pm.Normal("y", theta[self.group], self._noise_term(), observed=self.y)
        return model

    def replicate(self, draws: Draws, chosen: NDArray[np.intp]) -> Floats:
        """One new observation per draw and chosen group, dims (sample, group).

        Exactly what ``pm.sample_posterior_predictive`` draws: given its group all observations are exchangeable, so
        one per group stands for them all, and normal noise needs no compilation.
        """
        theta = draws.theta[..., chosen].reshape(-1, len(chosen))
        noise: Any = self.noise[chosen] if draws.sigma is None else draws.sigma.reshape(-1, 1)
        return np.asarray(theta + noise * np.random.default_rng(0).standard_normal(theta.shape))

    def exact(self) -> Any:
        """The exact posterior: mu and theta integrated out, tau by quadrature."""
        from unfunnel import exact

        statistics = exact.GroupStatistics.from_observations(self.y, self.group, labels=self.labels)
        priors = self.priors
        return exact.fit(
            statistics,
            sigma=self.sigma,
            mu=priors.mu,
            tau=priors.tau.distribution(),
            sigma_prior=None if priors.sigma is None else priors.sigma.distribution(),
        )

    def _noise_term(self) -> Any:
        if self.sigma is None:
            assert self.priors.sigma is not None  # refused when it was made
            return self.priors.sigma.variable("sigma")
        return self.sigma[self.group] if isinstance(self.sigma, np.ndarray) else self.sigma
