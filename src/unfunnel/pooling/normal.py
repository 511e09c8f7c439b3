"""Normal values: the population by the exact room, the effects given it in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from unfunnel.exact import ExactPosterior, Population

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NormalConditional:
    """Effects given the scales, mu integrated out; dims (group, point). `pooling` is the weight of the population."""

    mean: Floats
    variance: Floats
    pooling: Floats

    def value_moments(self) -> tuple[Floats, Floats]:
        """Mean and variance of the effect, which is in the data's unit."""
        return self.mean, self.variance

    def distribution(self, x: Floats) -> tuple[Floats, Floats]:
        """Probability below x, and density there."""
        sd = np.sqrt(self.variance)
        z = (x[:, None] - self.mean) / sd
        return ndtr(z), np.exp(-0.5 * z**2) / (np.sqrt(2 * np.pi) * sd)


@dataclass(frozen=True, eq=False)
class NormalPosterior:
    """Posterior of a normal table; see `CountPosterior` for its sibling."""

    exact: ExactPosterior
    sigma: float | None
    rank_limit: int = 5000

    block: ClassVar[int] = 2**18
    """Pairs of group and point held at a time."""

    @property
    def groups(self) -> int:
        """Number of groups."""
        return int(self.exact.statistics.count.size)

    @property
    def cells(self) -> int:
        """As many: no two groups are taken together."""
        return self.groups

    def by_group(self, values: Floats) -> Floats:
        """They are by group."""
        return values

    def value(self, effect: Floats) -> Floats:
        """An effect is in the data's unit."""
        return effect

    def rule(self, order: int) -> tuple[Population, Floats]:
        """Points of the population and their weights."""
        return self.exact.rule(order)

    def draw(self, size: int, rng: np.random.Generator) -> dict[str, Floats]:
        """Independent draws of mu, tau and sigma, dims (draw,)."""
        points = self.exact.population(rng.random((size, self.exact.axes)))
        drawn = {"mu": points.mu + points.mu_sd * rng.standard_normal(size), "tau": points.tau}
        return drawn if points.sigma is None else {**drawn, "sigma": points.sigma}

    def given(self, points: Population, rows: slice | NDArray[np.intp]) -> NormalConditional:
        """The effects of some groups at points of the population."""
        variance = self._noise(points.sigma, rows)
        total = variance + points.tau**2
        pooling, weight = variance / total, points.tau**2 / total
        own = self.exact.statistics.mean[rows][:, None]
        spread = variance * weight + (pooling * points.mu_sd) ** 2
        return NormalConditional(own + pooling * (points.mu - own), spread, pooling)

    def draw_effects(
        self, population: dict[str, Floats], rows: slice | NDArray[np.intp], rng: np.random.Generator
    ) -> Floats:
        """Effects of some groups given draws of the population; dims (group, draw)."""
        zero = np.zeros_like(population["mu"])
        points = Population(population["mu"], zero, population["tau"], population.get("sigma"))
        conditional = self.given(points, rows)
        noise = rng.standard_normal(conditional.mean.shape)
        return np.asarray(conditional.mean + np.sqrt(conditional.variance) * noise)

    def _noise(self, sigma: Floats | None, rows: slice | NDArray[np.intp]) -> Floats:
        """Variance of the groups' own means, dims (group, point) or (group, 1)."""
        statistics = self.exact.statistics
        count = statistics.count[rows][:, None]
        if sigma is not None:
            return np.asarray(sigma**2 / count)
        known = self.sigma if statistics.sigma is None else statistics.sigma[rows][:, None]
        assert known is not None
        return np.asarray(np.square(known) / count)
