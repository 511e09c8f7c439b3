"""Counts: the population by quadrature over mean and scale, the effects given it one by one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray
from scipy.special import logsumexp

from unfunnel.exact import Population
from unfunnel.exact.adaptive import integrate
from unfunnel.exact.quadrature import Quadrature
from unfunnel.exact.rule import gauss_rule, quantile_rule
from unfunnel.pooling.integral import CountConditional
from unfunnel.pooling.likelihood import Likelihood
from unfunnel.pooling.mixture import quantile
from unfunnel.pooling.priors import Priors
from unfunnel.pooling.surface import Box, Surface, bulk

Floats = NDArray[np.float64]

_BLOCK = 2**14
"""Pairs of cell and point integrated at a time; each takes some hundred numbers."""
_FEW = 400
"""Groups that are enough to find the neighbourhood of the posterior."""
_MU_NODES, _MU_GRID = 256, 2048


@dataclass(frozen=True, eq=False)
class CountPosterior:
    """Posterior of a table of counts.

    ``theta_j ~ Normal(mu, tau)``, and events of a group given its effect are binomial or Poisson. The likelihood of
    (mu, tau) is a product of one integral a group; groups with the same counts share it. It is tabulated in mu and t,
    ``tau = unit * sinh(t)``, where it is smooth from tau = 0 to any tau.
    """

    likelihood: Likelihood
    events: Floats  # (cell,)
    size: Floats  # (cell,)
    index: NDArray[np.intp]  # (group,): its cell
    unit: float
    surface: Surface
    priors: Priors
    rank_limit: int = 500

    @classmethod
    def of(cls, likelihood: Likelihood, events: Floats, size: Floats, priors: Priors) -> Self:
        """Find the posterior of the population; events and size have dims (group,)."""
        cells, index, many = np.unique(np.stack([events, size]), axis=1, return_inverse=True, return_counts=True)
        own, variance = likelihood.own(cells[0], cells[1])
        unit = float(np.sqrt(variance.min()))
        location, scale = priors.mu
        # Nothing of the posterior is beyond 12 standard deviations of the prior around it and what the data say.
        reach = Box(
            np.array([1e-7, min(location - 12 * scale, own.min() - 5)]),
            np.array([np.arcsinh(priors.tau.isf(1e-30) / unit), max(location + 12 * scale, own.max() + 5)]),
        )
        few = np.unique(np.linspace(0, many.size - 1, _FEW).astype(np.int64))
        times = many.astype(np.float64)
        coarse = _Marginal(likelihood, cells[0][few], cells[1][few], times[few], unit, priors)
        whole = _Marginal(likelihood, cells[0], cells[1], times, unit, priors)
        box = bulk(coarse.log_density, reach, reach)
        if few.size < many.size:
            box = bulk(whole.log_density, box, reach)
        surface = Surface.of(whole.log_likelihood, whole.log_density, box)
        return cls(likelihood, cells[0], cells[1], index.ravel(), unit, surface, priors)

    block: ClassVar[int] = _BLOCK

    @property
    def groups(self) -> int:
        """Number of groups."""
        return int(self.index.size)

    @property
    def cells(self) -> int:
        """Number of groups that differ."""
        return int(self.events.size)

    def by_group(self, values: Floats) -> Floats:
        """From one value a cell to one a group."""
        return values[self.index]

    def value(self, effect: Floats) -> Floats:
        """An effect as a probability or rate."""
        return self.likelihood.rate(effect)

    def rule(self, order: int) -> tuple[Population, Floats]:
        """Points of the population and their weights; see `ExactPosterior.rule`."""
        shares, weights = quantile_rule(order)
        t = self._quadrature.sample(shares[:, None])[:, 0]
        nodes, share = self._mu_nodes
        values = self._log_density(t, nodes) + np.log(share)
        rules = [gauss_rule(nodes, np.exp(row - logsumexp(row)), order) for row in values]
        joint = np.concatenate([weight * part for weight, (_, part) in zip(weights, rules, strict=True)])
        mu = np.concatenate([points for points, _ in rules])
        tau = self.unit * np.sinh(np.repeat(t, [points.size for points, _ in rules]))
        kept = joint > 1e-10
        return Population(mu[kept], np.zeros(kept.sum()), tau[kept]), joint[kept] / joint[kept].sum()

    def draw(self, size: int, rng: np.random.Generator) -> dict[str, Floats]:
        """Independent draws of mu and tau, dims (draw,)."""
        t = self._quadrature.sample(rng.random((size, 1)))[:, 0]
        shares = rng.random(size)
        box = self.surface.box
        grid = np.linspace(box.low[1], box.high[1], _MU_GRID)
        mu = np.empty(size)
        for start in range(0, size, 512):
            block = slice(start, start + 512)
            values = self._log_density(t[block], grid)
            density = np.exp(values - values.max(axis=1, keepdims=True))
            below = np.cumsum(0.5 * (density[:, 1:] + density[:, :-1]), axis=1)
            for row, (share, total) in enumerate(zip(shares[block], below, strict=True)):
                mu[start + row] = np.interp(share * total[-1], np.concatenate([[0.0], total]), grid)
        return {"mu": mu, "tau": self.unit * np.sinh(t)}

    def given(self, points: Population, rows: slice | NDArray[np.intp]) -> CountConditional:
        """The effects of cells (not groups) at points of the population."""
        events, size = self.events[rows][:, None], self.size[rows][:, None]
        return CountConditional.of(self.likelihood, events, size, points.mu[None], points.tau[None])

    def draw_effects(self, population: dict[str, Floats], rows: NDArray[np.intp], rng: np.random.Generator) -> Floats:
        """Effects of some groups given draws of the population; dims (group, draw)."""
        mu, tau = population["mu"], population["tau"]
        result = np.empty((rows.size, mu.size))
        for row, cell in enumerate(self.index[rows]):
            one = CountConditional.of(
                self.likelihood, self.events[[[cell]]], self.size[[[cell]]], mu[:, None], tau[:, None]
            )
            result[row] = quantile(one, np.ones((mu.size, 1)), rng.random(mu.size))
        return result

    @cached_property
    def _mu_nodes(self) -> tuple[Floats, Floats]:
        box = self.surface.box
        nodes, weights = leggauss(_MU_NODES)
        half = 0.5 * (box.high[1] - box.low[1])
        return box.low[1] + half * (1 + nodes), half * weights

    @cached_property
    def _quadrature(self) -> Quadrature:
        """The posterior of t."""
        nodes, weights = self._mu_nodes

        def marginal(points: Floats) -> Floats:
            return np.asarray(logsumexp(self._log_density(points[:, 0], nodes) + np.log(weights), axis=1))

        low, high = float(self.surface.box.low[0]), float(self.surface.box.high[0])
        return integrate(marginal, [np.linspace(low, high, 9)], [(low, high)], np.zeros((1, 1)))

    def _log_density(self, t: Floats, mu: Floats) -> Floats:
        """At all pairs, dims (t, mu)."""
        priors = _log_prior(self.priors, self.unit, t[:, None], mu[None])
        return self.surface.outer(t, mu) + priors


@dataclass(frozen=True, eq=False)
class _Marginal:
    """The density of (t, mu) as it is, integral by integral."""

    likelihood: Likelihood
    events: Floats
    size: Floats
    many: Floats
    unit: float
    priors: Priors

    def log_likelihood(self, t: Floats, mu: Floats) -> Floats:
        """Up to a constant; dims (point,)."""
        tau = self.unit * np.sinh(t)
        total = np.zeros_like(t)
        rows = max(1, _BLOCK // t.size)
        # Relative to what each cell's own data say at best, or a million of trials would leave few digits.
        own, _ = self.likelihood.own(self.events, self.size)
        best = self.events * own - self.size * self.likelihood.cumulant(own)
        for start in range(0, self.events.size, rows):
            block = slice(start, start + rows)
            one = CountConditional.of(
                self.likelihood, self.events[block, None], self.size[block, None], mu[None], tau[None]
            )
            total += self.many[block] @ (one.log_likelihood - best[block, None])
        return total

    def log_density(self, t: Floats, mu: Floats) -> Floats:
        """Up to a constant; dims (point,)."""
        return self.log_likelihood(t, mu) + _log_prior(self.priors, self.unit, t, mu)


def _log_prior(priors: Priors, unit: float, t: Floats, mu: Floats) -> Floats:
    location, scale = priors.mu
    tau = priors.tau.logpdf(unit * np.sinh(t)) + np.log(unit * np.cosh(t))
    return np.asarray(tau - 0.5 * ((mu - location) / scale) ** 2)
