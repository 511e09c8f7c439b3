"""What the study needs of a data set and its model, whatever the likelihood."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError
from unfunnel.study.priors import Priors

if TYPE_CHECKING:
    from unfunnel.exact import ExactPosterior
    from unfunnel.parameterization import Mixed
    from unfunnel.study.result import Draws

Floats = NDArray[np.float64]
THRESHOLD = 25


@dataclass(frozen=True, eq=False)
class Truth:
    """The values that generated the data; theta has dim (group,)."""

    mu: float
    tau: float
    theta: Floats


@dataclass(frozen=True, eq=False)
class Other:
    """A parameter beside the population's and the effects.

    Parameters
    ----------
    name
        As a reader sees it.
    prior
        A frozen SciPy distribution.
    of
        From draws to those of this parameter, dims (chain, draw).
    truth
        The generating value, where the data are simulated.
    """

    name: str
    prior: Any
    of: Callable[[Draws], Floats]
    truth: float | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Case(ABC):
    """One data set of observations in groups, and a hierarchical model of it: the same for every parameterization.

    Its population has a mean mu and a spread tau, its groups effects theta. A model with several effects a group
    chooses one of them for the pictures.

    Parameters
    ----------
    name
        Key in `summary.json` and folder name.
    title, story
        What a reader sees: a heading, and a paragraph on where the data come from.
    labels
        Dim (group,): names of the groups, all different.
    y
        Dim (observation,), on the scale of the effects, for the pictures.
    group
        Dim (observation,): index of each observation's group.
    priors
        Of mu, tau, and the noise where it is unknown.
    truth
        The generating values, where the data are simulated.
    seed
        Seed of the simulated data.
    estimates
        True where every row is already an estimate with a standard error, as in a meta-analysis.

    Raises
    ------
    InvalidArgumentError
        If a group has no rows, labels repeat, a value is not finite, or there is one group.
    """

    name: str
    title: str
    story: str
    labels: tuple[str, ...]
    y: Floats
    group: NDArray[np.intp]
    priors: Priors = field(default_factory=Priors)
    truth: Truth | None = None
    seed: int | None = None
    group_word: str = "individual"
    value_word: str = "y"
    estimates: bool = False

    def __post_init__(self) -> None:
        _check(self)

    @property
    @abstractmethod
    def equations(self) -> tuple[str, ...]:
        """The model without its priors, one readable line each."""

    @property
    @abstractmethod
    def standard_errors(self) -> Floats:
        """Standard error of each group's estimate from its own data, dim (group,)."""

    @abstractmethod
    def model(self) -> Any:
        """The PyMC model, as its author would write it: nothing in it says how it will be sampled."""

    @abstractmethod
    def replicate(self, draws: Draws, chosen: NDArray[np.intp]) -> Floats:
        """One new observation per draw and chosen group, on the scale of `y`; dims (sample, group)."""

    @property
    def counts(self) -> NDArray[np.intp]:
        """Observations per group, dim (group,)."""
        return np.bincount(self.group, minlength=len(self.labels))

    @property
    def means(self) -> Floats:
        """Estimate of each group from its own data alone, without pooling, dim (group,)."""
        sums: Floats = np.bincount(self.group, weights=self.y, minlength=len(self.labels))
        return sums / self.counts

    @property
    def others(self) -> tuple[Other, ...]:
        """Parameters that have a picture of their own."""
        return ()

    def exact(self) -> ExactPosterior | None:
        """The exact posterior; None for a model that is not known exactly."""
        return None

    def mixed(self) -> Mixed:
        """The rule of thumb: centered where a group has more than a threshold of observations."""
        from unfunnel.parameterization import Mixed

        return Mixed.by_count(self.counts, threshold=THRESHOLD)

    def checked(self, posterior: Any) -> Any:
        """The quantities that diagnostics are about, as a dataset: everything, scales on the log scale."""
        checked = posterior[["mu", "theta"]].assign(log_tau=np.log(posterior["tau"]))
        return checked.assign(log_sigma=np.log(posterior["sigma"])) if "sigma" in posterior else checked

    def pictured(self, posterior: Any) -> Mapping[str, Any]:
        """The variables of the pictures: mu and tau with dims (chain, draw), theta with (chain, draw, group)."""
        return {name: posterior[name] for name in ("mu", "tau", "theta")}

    def weight(self, parameterization: Any) -> Floats | None:
        """Weights of the pictured effects, dim (group,); None where they have none."""
        if "theta_weight" not in parameterization:
            return None
        return np.asarray(parameterization["theta_weight"].values, dtype=float)


def _check(case: Case) -> None:
    call, groups = f"Regime {case.name!r}", len(case.labels)
    if groups < 2:
        raise InvalidArgumentError(f"{call}: a hierarchy needs at least 2 groups, got {groups}.")
    if len(set(case.labels)) != groups:
        raise InvalidArgumentError(f"{call}: labels must all be different, got {groups - len(set(case.labels))} twice.")
    if case.y.shape != case.group.shape or case.y.ndim != 1:
        raise InvalidArgumentError(
            f"{call}: y and group must be flat and of one length, got shapes {case.y.shape} and {case.group.shape}."
        )
    if not np.all(np.isfinite(case.y)):
        raise InvalidArgumentError(f"{call}: y must be finite, got {case.y[~np.isfinite(case.y)][0]}.")
    if case.group.min(initial=0) < 0 or case.group.max(initial=0) >= groups:
        raise InvalidArgumentError(f"{call}: group must hold 0 to {groups - 1}, got up to {case.group.max()}.")
    empty = np.flatnonzero(case.counts == 0)
    if empty.size:
        raise InvalidArgumentError(
            f"{call}: group {case.labels[empty[0]]!r} has no rows; every group needs at least one observation."
        )
