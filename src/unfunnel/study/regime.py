"""A regime: one data set with its model, the same for every parameterization."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError
from unfunnel.study.data import GeneratedData
from unfunnel.study.priors import Priors

Floats = NDArray[np.float64]
THRESHOLD = 25


@dataclass(frozen=True, eq=False)
class Truth:
    """The values that generated the data; theta has dim (group,)."""

    mu: float
    tau: float
    theta: Floats


@dataclass(frozen=True, eq=False)
class Regime:
    """One data set of observations in groups, and the normal hierarchical model of it.

    ``y_i ~ Normal(theta[group_i], sigma)``, ``theta_k ~ Normal(mu, tau)``, priors in `priors`.

    Parameters
    ----------
    name
        Key in `summary.json` and folder name.
    title, story
        What a reader sees: a heading, and a paragraph on where the data come from.
    labels
        Dim (group,): names of the groups, all different.
    y
        Dim (observation,), in the unit of the data.
    group
        Dim (observation,): index of each observation's group.
    sigma
        Noise of one observation: a number, one per group, or None where it is unknown and has a prior.
    truth
        The generating values, where the data are simulated.
    seed
        Seed of the simulated data.
    estimates
        True where every row is already an estimate with a standard error, as in a meta-analysis.

    Raises
    ------
    InvalidArgumentError
        If a group has no rows, labels repeat, a value is not finite, a noise is not positive, or there is one group.
    """

    name: str
    title: str
    story: str
    labels: tuple[str, ...]
    y: Floats
    group: NDArray[np.intp]
    sigma: float | Floats | None
    priors: Priors = field(default_factory=Priors)
    truth: Truth | None = None
    seed: int | None = None
    group_word: str = "individual"
    value_word: str = "y"
    estimates: bool = False

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def simulated(cls, data: GeneratedData, *, name: str, title: str, story: str, seed: int) -> Regime:
        """The regime of data from :func:`~unfunnel.study.generate_data`, individuals labelled from 0."""
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
    def counts(self) -> NDArray[np.intp]:
        """Observations per group, dim (group,)."""
        return np.bincount(self.group, minlength=len(self.labels))

    @property
    def means(self) -> Floats:
        """Mean observation per group, dim (group,): the estimate without pooling."""
        sums: Floats = np.bincount(self.group, weights=self.y, minlength=len(self.labels))
        return sums / self.counts

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

    def _noise_term(self) -> Any:
        if self.sigma is None:
            assert self.priors.sigma is not None  # _check refuses a regime without it
            return self.priors.sigma.variable("sigma")
        return self.sigma[self.group] if isinstance(self.sigma, np.ndarray) else self.sigma


def _check(regime: Regime) -> None:
    call, groups = f"Regime {regime.name!r}", len(regime.labels)
    if groups < 2:
        raise InvalidArgumentError(f"{call}: a hierarchy needs at least 2 groups, got {groups}.")
    if len(set(regime.labels)) != groups:
        raise InvalidArgumentError(
            f"{call}: labels must all be different, got {groups - len(set(regime.labels))} twice."
        )
    if regime.y.shape != regime.group.shape or regime.y.ndim != 1:
        raise InvalidArgumentError(
            f"{call}: y and group must be flat and of one length, got shapes {regime.y.shape} and {regime.group.shape}."
        )
    if not np.all(np.isfinite(regime.y)):
        raise InvalidArgumentError(f"{call}: y must be finite, got {regime.y[~np.isfinite(regime.y)][0]}.")
    if regime.group.min(initial=0) < 0 or regime.group.max(initial=0) >= groups:
        raise InvalidArgumentError(f"{call}: group must hold 0 to {groups - 1}, got up to {regime.group.max()}.")
    empty = np.flatnonzero(regime.counts == 0)
    if empty.size:
        raise InvalidArgumentError(
            f"{call}: group {regime.labels[empty[0]]!r} has no rows; every group needs at least one observation."
        )
    if regime.sigma is None and regime.priors.sigma is None:
        raise InvalidArgumentError(f"{call}: sigma is unknown, so priors.sigma is needed; got none.")
    if regime.sigma is not None and not np.all((np.asarray(regime.sigma) > 0) & np.isfinite(regime.sigma)):
        raise InvalidArgumentError(f"{call}: sigma must be positive, got {np.min(regime.sigma):g}.")
