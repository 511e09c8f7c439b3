"""Twenty-one calibration experiments of a counter, some long and some short, at drifting temperatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.study.case import Case, Floats, Other, Truth
from unfunnel.study.priors import Priors, ScalePrior

if TYPE_CHECKING:
    from unfunnel.study.result import Draws

SEED = 1238
READINGS = (3, 12, 2, 40, 5, 1, 8, 120, 4, 2, 15, 60, 1, 6, 30, 3, 250, 10, 2, 5, 20)
MINUTES = (0.2, 1.0, 0.1, 4.0, 0.5, 0.1, 1.0, 8.0, 0.5, 0.2, 2.0, 4.0, 0.1, 0.5, 2.0, 0.2, 8.0, 1.0, 0.1, 0.5, 2.0)
MU, TAU, BETA = 1.2, 0.5, 0.25


@dataclass(frozen=True, eq=False, kw_only=True)
class Counter(Case):
    """Counts with an exposure and a temperature each, and the Poisson model of them.

    ``count_i ~ Poisson(exposure_i exp(theta[group_i] + beta warmth_i))``, ``theta_k ~ Normal(mu, tau)``.

    Parameters
    ----------
    count
        Dim (observation,).
    exposure
        Dim (observation,), in minutes.
    warmth
        Dim (observation,): temperature less 20 °C, in units of 5 °C.
    beta
        Scale of the prior of beta, normal around 0.
    **others
        As in :class:`unfunnel.study.case.Case`; `y` is the log of the counted rate.
    """

    count: NDArray[np.int64]
    exposure: Floats
    warmth: Floats
    beta: float = 0.5

    @property
    def equations(self) -> tuple[str, ...]:
        """The model without the priors of mu and tau."""
        return (
            "count ~ Poisson(exposure · exp(θ[experiment] + β · warmth))",
            "θ ~ Normal(μ, τ)",
            f"β ~ Normal(0, {self.beta:g})",
        )

    @property
    def means(self) -> Floats:
        """Log rate of each experiment from its own counts, as if it were at 20 °C throughout."""
        return np.asarray(np.log(self._counted / self._summed(self.exposure)))

    @property
    def standard_errors(self) -> Floats:
        """That of a log rate is one over the root of the count."""
        return np.asarray(1 / np.sqrt(self._counted))

    @property
    def others(self) -> tuple[Other, ...]:
        """The slope over temperature."""
        from scipy import stats

        return (Other("β", stats.norm(0, self.beta), lambda draws: draws.others["beta"], BETA),)

    def model(self) -> Any:
        """The PyMC model."""
        import pymc as pm

        with pm.Model(coords={"group": list(self.labels)}) as model:
            mu = pm.Normal("mu", *self.priors.mu)
            tau = self.priors.tau.variable("tau")
            theta = pm.Normal("theta", mu, tau, dims="group")
            beta = pm.Normal("beta", 0.0, self.beta)
            rate = self.exposure * pm.math.exp(theta[self.group] + beta * self.warmth)
            pm.Poisson("y", rate, observed=self.count)
        return model

    def replicate(self, draws: Draws, chosen: NDArray[np.intp]) -> Floats:
        """A new count for one of each group's own readings per draw, as the log of its rate; dims (sample, group)."""
        generator = np.random.default_rng(0)
        theta, beta = draws.theta[..., chosen].reshape(-1, len(chosen)), draws.others["beta"].reshape(-1)
        columns = []
        for place, k in enumerate(chosen):
            row = generator.choice(np.flatnonzero(self.group == k), len(theta))
            rate = self.exposure[row] * np.exp(theta[:, place] + beta * self.warmth[row])
            # Counts are whole numbers; spread by up to a quarter, their picture is smooth, and no rate is near zero.
            count = generator.poisson(rate) + generator.uniform(-0.25, 0.25, len(rate))
            columns.append(log_rate(count, self.exposure[row]))
        return np.stack(columns, axis=1)

    def checked(self, posterior: Any) -> Any:
        """With the slope over temperature."""
        return super().checked(posterior).assign(beta=posterior["beta"])

    @property
    def _counted(self) -> Floats:
        # Half a count more, so that an experiment without any has a rate.
        return self._summed(self.count) + 0.5

    def _summed(self, values: Any) -> Floats:
        return np.asarray(np.bincount(self.group, weights=values, minlength=len(self.labels)))


def log_rate(count: Any, exposure: Floats) -> Floats:
    """Log of counts per minute, half a count added."""
    return np.asarray(np.log((np.asarray(count) + 0.5) / exposure))


def adc() -> Counter:
    """Poisson counts of unequal exposure: as many readings say much in one experiment and little in another."""
    generator = np.random.default_rng(SEED)
    group = np.repeat(np.arange(len(READINGS)), READINGS)
    theta = generator.normal(MU, TAU, len(READINGS))
    exposure = np.asarray(MINUTES)[group]
    # Every experiment has a temperature of its own, around which its readings drift.
    warmth = generator.normal(0.0, 0.8, len(READINGS))[group] + generator.normal(0.0, 0.6, group.size)
    count = generator.poisson(exposure * np.exp(theta[group] + BETA * warmth))
    return Counter(
        name="adc",
        title="Calibrating a counter: Poisson, unequal exposure",
        story=(
            f"{len(READINGS)} experiments calibrate a counter. Each took 1 to {max(READINGS)} readings of"
            f" {min(MINUTES):g} to {max(MINUTES):g} minutes, so that some experiments hold a handful of counts and"
            " others thousands; the temperature drifts, and warmth raises every rate alike. The effects live on the"
            " log scale, the likelihood is Poisson, and what an experiment says of its θ goes with its counts, not"
            " with its number of readings: a rule of thumb that counts readings is misled. The counts are simulated."
        ),
        labels=tuple(str(k + 1) for k in range(len(READINGS))),
        y=log_rate(count, exposure),
        group=group,
        priors=Priors(mu=(0.0, 2.0), tau=ScalePrior("HalfNormal", 1.0)),
        truth=Truth(MU, TAU, theta),
        seed=SEED,
        group_word="experiment",
        value_word="log rate (counts per minute)",
        count=count,
        exposure=exposure,
        warmth=warmth,
    )
