"""Fitting: from statistics and priors to the exact posterior."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unfunnel.errors import InvalidArgumentError
from unfunnel.exact.adaptive import integrate
from unfunnel.exact.arrays import FloatArray
from unfunnel.exact.marginal import Marginal
from unfunnel.exact.moments import Tails, end_share
from unfunnel.exact.options import known_sigma, location_scale, variable_names
from unfunnel.exact.posterior import ExactPosterior
from unfunnel.exact.prior import ScalePrior
from unfunnel.exact.quadrature import Quadrature
from unfunnel.exact.reduction import data_scales, reduce
from unfunnel.exact.statistics import GroupStatistics

_CALL = "exact.fit"
#: Share of the posterior that may lie next to the ends of double precision, or be left out of its bulk.
_AT_THE_END = 1e-9


def fit(
    statistics: GroupStatistics,
    *,
    sigma: float | FloatArray | None = None,
    mu: tuple[float, float],
    tau: Any,
    sigma_prior: Any = None,
    names: Mapping[str, str] | None = None,
    group_dim: str = "group",
) -> ExactPosterior:
    """Compute the exact posterior of the normal hierarchical model.

    The model is `y_ij ~ Normal(theta_j, sigma_j)`, `theta_j ~ Normal(mu, tau)`, `mu ~ Normal(location, scale)`,
    with any prior on tau, and sigma known or with any prior (then one sigma for all groups). Effects and mu are
    integrated out in closed form; tau, and sigma where it is unknown, by adaptive quadrature on the log scale,
    with a relative error below 1e-9. No Markov chain is involved.

    Parameters
    ----------
    statistics : GroupStatistics
        The data.
    sigma : float or array, dims (group,), optional
        Known standard deviation of one observation, in the data's unit. Leave it out where `statistics` carries
        it (``from_estimates``), or to have it estimated under `sigma_prior`.
    mu : (float, float)
        Location and scale of the normal prior of mu.
    tau : frozen distribution
        Prior of tau, a frozen continuous distribution of ``scipy.stats`` on (0, inf) or a part of it:
        ``halfnorm(scale=5)``, ``halfcauchy(scale=5)``, ...
    sigma_prior : frozen distribution, optional
        Prior of an unknown sigma.
    names : mapping, optional
        Other names for "mu", "tau", "theta", "sigma" in moments and draws.
    group_dim : str
        Name of the groups' dimension in draws.

    Returns
    -------
    ExactPosterior

    Raises
    ------
    InvalidArgumentError
        If a scale is not positive, lengths disagree, sigma is given twice or not at all, a prior is not a
        continuous distribution on positive numbers, the posterior cannot be normalised, or data and priors
        contradict each other beyond double precision.
    UnfunnelError
        If the priors' densities are too rough to be integrated.

    Notes
    -----
    Time and memory grow with the number of distinct counts (or standard errors), not with the number of groups
    times the number of quadrature points.

    References
    ----------
    A. Gelman et al., Bayesian Data Analysis, 3rd edition (2013), section 5.4: the normal model with unknown
    means, and its analytical integrals.

    Examples
    --------
    >>> from scipy import stats
    >>> from unfunnel import exact
    >>> statistics = exact.GroupStatistics.from_estimates(
    ...     [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18]
    ... )
    >>> posterior = exact.fit(statistics, mu=(0, 5), tau=stats.halfcauchy(scale=5))
    >>> round(posterior.moments()["log_tau"].mean, 2)
    0.8
    """
    if not isinstance(statistics, GroupStatistics):
        raise InvalidArgumentError(
            f"{_CALL}: statistics must be a GroupStatistics, but a {type(statistics).__name__} came; make one with "
            "GroupStatistics.from_observations or GroupStatistics.from_estimates."
        )
    chosen = variable_names(names, group_dim)
    known = known_sigma(statistics, sigma, sigma_prior)
    prior = None if known is not None else ScalePrior.of("sigma_prior", sigma_prior)
    marginal, effects = reduce(statistics, known, location_scale(mu), ScalePrior.of("tau", tau), prior)
    tails = Tails.of(marginal, float(statistics.count.sum()))
    quadrature = _integrate(marginal, tails)
    return ExactPosterior(statistics, chosen, group_dim, marginal, effects, quadrature, tails)


def _integrate(marginal: Marginal, tails: Tails) -> Quadrature:
    low, high = data_scales(marginal)
    priors = [marginal.tau] if marginal.sigma is None else [marginal.tau, marginal.sigma]
    edges = [prior.edges(low, high) for prior in priors]
    limits = [(prior.low, prior.high) for prior in priors]
    quadrature = integrate(marginal.log_density, edges, limits, tails.weightings(len(priors)))
    bulk = quadrature.probability > _AT_THE_END
    for prior, log_scale in zip(priors, quadrature.points.T, strict=True):
        prior.check_reach(log_scale[bulk])
        if end_share(quadrature.probability, log_scale) > _AT_THE_END:
            raise InvalidArgumentError(
                f"{_CALL}: the posterior cannot be normalised under this {prior.name}: it puts mass below 1e-140 or "
                "above 1e140; take a prior with lighter tails, or one that keeps the scale away from 0 if the "
                "observations of each group are all equal."
            )
    return quadrature
