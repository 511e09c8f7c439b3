"""The exact posterior: densities, moments and independent draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from unfunnel.exact.arrays import FloatArray
from unfunnel.exact.draws import Source, draw_tree
from unfunnel.exact.effects import Effects, Scales
from unfunnel.exact.marginal import Marginal
from unfunnel.exact.moments import Moment, Tails, exists, inside, plain_moment, scale_moment
from unfunnel.exact.quadrature import Quadrature
from unfunnel.exact.rule import gauss_rule, quantile_rule
from unfunnel.exact.statistics import GroupStatistics
from unfunnel.exact.tau import TauMarginal

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, eq=False)
class Population:
    """Points of the scales of an `ExactPosterior`, and the law of mu given each; in the data's unit.

    Parameters
    ----------
    mu, mu_sd : array, dims (point,)
        Mean and standard deviation of mu, which is normal given the scales.
    tau : array, dims (point,)
        Standard deviation between groups.
    sigma : array, dims (point,), or None
        Standard deviation of an observation; None where it is known.
    """

    mu: FloatArray
    mu_sd: FloatArray
    tau: FloatArray
    sigma: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class ExactPosterior:
    """Posterior of the normal hierarchical model, as `fit` returns it.

    Attributes
    ----------
    statistics : GroupStatistics
        The data.
    names : mapping
        Names of "mu", "tau", "theta" and "sigma" in `moments` and `sample`.
    group_dim : str
        Name of the groups' dimension in `sample`.
    """

    statistics: GroupStatistics
    names: Mapping[str, str]
    group_dim: str
    _marginal: Marginal = field(repr=False)
    _effects: Effects = field(repr=False)
    _quadrature: Quadrature = field(repr=False)
    _tails: Tails = field(repr=False)

    def log_density(self, tau: Any) -> FloatArray:
        """Log of the posterior density of tau.

        Parameters
        ----------
        tau : float or array
            Values of tau, in the data's unit, any shape.

        Returns
        -------
        array
            Same shape, normalised: its exponential integrates to 1 over tau (not over log tau). -inf outside the
            prior's support, NaN where `tau` is NaN. Where sigma is unknown it is integrated out numerically.
        """
        values = np.asarray(tau, dtype=np.float64)
        return self._tau.log_density(values.ravel()).reshape(values.shape)

    def density(self, tau: Any) -> FloatArray:
        """Posterior density of tau, per unit of tau; see `log_density`."""
        result: FloatArray = np.exp(self.log_density(tau))
        return result

    def tau_quantile(self, p: Any) -> FloatArray:
        """Quantiles of tau.

        Parameters
        ----------
        p : float or array
            Probabilities in [0, 1], any shape.

        Returns
        -------
        array
            Same shape, in the data's unit; the ends of the prior's support at 0 and 1.

        Raises
        ------
        InvalidArgumentError
            If a probability lies outside [0, 1] or is NaN.
        """
        values = np.asarray(p, dtype=np.float64)
        return self._tau.quantile(values.ravel()).reshape(values.shape)

    def moments(self) -> dict[str, Moment]:
        """Posterior means and standard deviations, by quadrature.

        Returns
        -------
        dict
            Name to `Moment(mean, sd)`: floats for "mu", "tau", "log_tau" (and "sigma", "log_sigma" where sigma is
            unknown), arrays of dims (group,) for "theta", in the order of ``statistics.labels``. In the data's
            unit, logs in log units.

        Notes
        -----
        E[tau^r] exists if and only if r < nu + J, where J is the number of groups with data, and the prior of tau
        falls as tau^-(1 + nu) (nu = 1 for HalfCauchy, inf for HalfNormal): the likelihood falls as tau^-J, not as
        tau^-(J - 1), because mu has a proper prior. So with HalfCauchy and one group tau has a mean and no
        variance; with no data at all it has neither. For an unknown sigma the same holds with the number of
        observations in place of J. Of a scale, mean and sd are inf where they do not exist. An effect whose group
        has data has both (with an unknown sigma its variance needs nu_tau + nu_sigma + N > 2, else its sd is inf);
        one whose group has none has NaN mean and sd where tau has no mean, and sd inf where tau has no variance.
        mu and log_tau always have both. Any other NaN says that the moment exists, but that its integral reaches
        beyond 1e140.
        """
        points, probability = self._quadrature.points, self._quadrature.probability
        log_tau, log_sigma = self._marginal.split(points)
        scales = Scales(log_tau, log_sigma, *self._marginal.mu(log_tau, log_sigma))
        mu = plain_moment(probability, scales.mu)
        mu_sd = float(np.sqrt(probability @ (scales.mu_sd**2 + (scales.mu - mu.mean) ** 2)))
        names, centre = self.names, self._marginal.strata.centre
        tau = scale_moment(probability, log_tau, self._tails.tau)
        result = {
            names["mu"]: Moment(centre + mu.mean, mu_sd),
            names["tau"]: tau,
            f"log_{names['tau']}": plain_moment(probability, log_tau),
            names["theta"]: self._theta(scales, tau, Moment(mu.mean, mu_sd)),
        }
        if self._marginal.sigma is not None:
            result[names["sigma"]] = scale_moment(probability, log_sigma, self._tails.sigma)
            result[f"log_{names['sigma']}"] = plain_moment(probability, log_sigma)
        return result

    def population(self, uniform: FloatArray) -> Population:
        """Draws of the scales from uniform numbers, and the law of mu given each.

        Parameters
        ----------
        uniform : array, dims (point, axis)
            Independent and uniform in (0, 1); one axis, or two where sigma is unknown. They give independent draws.

        Returns
        -------
        Population
            In the data's unit.
        """
        return self._population(*self._marginal.split(self._quadrature.sample(uniform)))

    def rule(self, order: int) -> tuple[Population, FloatArray]:
        """A quadrature rule: points of the population and their weights, which add up to 1.

        Parameters
        ----------
        order : int
            Points an axis. Means over the rule are those over the posterior up to an error that falls exponentially
            with it; 25 leave about 1e-5 of a standard deviation.

        Returns
        -------
        Population
            The points, in the data's unit.
        weights : array, dims (point,)
        """
        shares, weights = quantile_rule(order)
        log_tau = np.log(self.tau_quantile(shares))
        if self._marginal.sigma is None:
            return self._population(*self._marginal.split(log_tau[:, None])), weights
        rules = [gauss_rule(*self._tau.sigma_given(value), order) for value in log_tau]
        log_sigma = np.concatenate([nodes for nodes, _ in rules])
        joint = np.concatenate([weight * part for weight, (_, part) in zip(weights, rules, strict=True)])
        log_tau = np.repeat(log_tau, [nodes.size for nodes, _ in rules])
        kept = joint > 1e-12
        return self._population(log_tau[kept], log_sigma[kept]), joint[kept] / joint[kept].sum()

    def _population(self, log_tau: FloatArray, log_sigma: FloatArray) -> Population:
        mean, sd = self._marginal.mu(log_tau, log_sigma)
        sigma = None if self._marginal.sigma is None else np.exp(log_sigma)
        return Population(self._marginal.strata.centre + mean, sd, np.exp(log_tau), sigma)

    @property
    def axes(self) -> int:
        """Number of scales that are unknown: 1, or 2 where sigma is."""
        return self._marginal.dim

    def sample(
        self,
        draws: int = 1000,
        chains: int = 4,
        random_seed: int | np.random.Generator | None = None,
        var_names: Sequence[str] | None = None,
    ) -> xr.DataTree:
        """Independent draws from the posterior: tau (and sigma) by inverting its distribution, then mu, then theta.

        Parameters
        ----------
        draws, chains : int
            Draws per chain, and number of chains; chains are as independent of each other as draws are.
        random_seed : int or numpy.random.Generator, optional
            Same seed, same draws.
        var_names : sequence of str, optional
            Variables to keep, all by default. With 100 000 groups theta takes 0.8 MB a draw; leaving it out
            changes no other draw.

        Returns
        -------
        xarray.DataTree
            Group `posterior` with mu, tau (and sigma where it is unknown), dims (chain, draw), and theta, dims
            (chain, draw, group), under their names; group `observed_data` with the statistics, dims (group,).

        Raises
        ------
        InvalidArgumentError
            If a number is not positive, the seed is not usable, or a variable is not there.
        """
        source = Source(self.statistics, self.names, self.group_dim, self._marginal, self._effects, self._quadrature)
        return draw_tree(source, draws, chains, random_seed, var_names)

    @cached_property
    def _tau(self) -> TauMarginal:
        return TauMarginal.of(self._marginal, self._quadrature)

    def _theta(self, scales: Scales, tau: Moment, mu: Moment) -> Moment:
        """Moments of the effects, those of groups without data from the moments of tau and mu."""
        centre = self._marginal.strata.centre
        size = self.statistics.count.size
        mean = np.full(size, centre + mu.mean if np.isfinite(tau.mean) else np.nan)
        variance = np.full(size, tau.mean**2 + tau.sd**2 + mu.sd**2 if np.isfinite(tau.mean) else np.nan)
        filled = self._effects.filled
        relative, spread = self._effects.moments(scales, self._quadrature.probability)
        mean[filled] = centre + relative
        both = np.minimum(scales.log_tau, scales.log_sigma)
        reached = inside(self._quadrature.probability, both, 2)
        variance[filled] = np.inf if not exists(2, self._tails.both) else spread if reached else np.nan
        return Moment(mean, np.sqrt(variance))
