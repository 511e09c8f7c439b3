"""The function a person calls with a table."""

from __future__ import annotations

from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError, InvalidTableError
from unfunnel.exact import GroupStatistics, fit
from unfunnel.pooling.counts import CountPosterior
from unfunnel.pooling.draws import generator
from unfunnel.pooling.groups import Posterior, summarize
from unfunnel.pooling.likelihood import BINOMIAL, POISSON
from unfunnel.pooling.normal import NormalPosterior
from unfunnel.pooling.pooled import Pooled
from unfunnel.pooling.priors import Priors, count_priors, normal_priors
from unfunnel.pooling.ranking import ranks_of
from unfunnel.tables import counts_of, estimates_of, moments_of

Floats = NDArray[np.float64]
FAMILIES = ("normal", "binomial", "poisson")


def pool(
    table: Any,
    group: str,
    value: str,
    *,
    se: str | None = None,
    family: Literal["normal", "binomial", "poisson"] = "normal",
    trials: str | None = None,
    exposure: str | None = None,
    sigma: float | None = None,
    mu: tuple[float, float] | None = None,
    tau: float | None = None,
    sigma_scale: float | None = None,
    prob: float = 0.89,
    draws: int = 4000,
    missing: Literal["refuse", "drop"] = "refuse",
    random_seed: int | np.random.Generator | None = None,
) -> Pooled:
    """Estimate every group of a table with the help of the others: partial pooling, without MCMC.

    The groups' effects are ``theta_j ~ Normal(mu, tau)``. Values are ``Normal(theta_j, sigma)`` with an unknown sigma,
    or estimates with known standard errors; successes are ``Binomial(trials, invlogit(theta_j))``; events are
    ``Poisson(exposure * exp(theta_j))``. A table of any number of rows is reduced to a few numbers a group, without
    being loaded; what follows is quadrature, whose cost grows with the groups.

    Parameters
    ----------
    table : data frame, str or pathlib.Path
        What narwhals takes, eager or lazy (pandas, polars, pyarrow, duckdb, dask, ...), or the name or glob of CSV,
        Parquet or Arrow files. Groups of CSV files are text.
    group : str
        Column that says which group a row is of.
    value : str
        Column of observations, of estimates if `se` is given, of successes (0 or 1 without `trials`), or of events.
    se : str, optional
        Column of standard errors: then one row, an estimate, a group, as in a meta-analysis.
    family : {"normal", "binomial", "poisson"}
        Of the values.
    trials : str, optional
        Binomial: column of trials; without it a row is one trial.
    exposure : str, optional
        Poisson: column of exposures; without it a row has exposure 1.
    sigma : float, optional
        Normal: standard deviation of one observation, if it is known.
    mu : (float, float), optional
        Location and scale of the normal prior of mu. By default it is at the mean of the groups' means, 2.5 times the
        unit of scale wide, which is the larger standard deviation of rows and group means. For counts it is at the
        overall rate and 2.5 wide, on the logit or log scale.
    tau : float, optional
        Scale of the half-normal prior of tau: by default twice the unit of scale; 1 on the logit or log scale.
    sigma_scale : float, optional
        Scale of the half-normal prior of an unknown sigma: by default twice the unit of scale.
    prob : float, default 0.89
        Share of the posterior in intervals, equal tails.
    draws : int, default 4000
        Draws of the population in ``pooled.population``.
    missing : {"refuse", "drop"}
        What to do with rows that lack a group or a value; with "drop" a warning says how many there were.
    random_seed : int or numpy.random.Generator, optional
        Of these draws, and of ranks; all else is quadrature.

    Returns
    -------
    Pooled

    Raises
    ------
    InvalidTableError
        If the table cannot be read, lacks a column, holds what cannot be used (the error says in which rows), has one
        group only, or no scatter that the noise could be told from.
    InvalidArgumentError
        If an argument cannot be used.

    Warns
    -----
    SimilarLabelsWarning
        If labels differ only in case or blanks; such groups are taken as different.
    DroppedRowsWarning
        If rows were left out.

    References
    ----------
    Gelman et al., *Bayesian Data Analysis*, 3rd edition (2013), chapter 5. Gelman and Pardoe, Bayesian measures of
    explained variance and pooling in multilevel models, *Technometrics* 48 (2006): the pooling factor.

    Examples
    --------
    >>> import polars as pl
    >>> import unfunnel as uf
    >>> schools = pl.DataFrame({"school": list("ABC"), "effect": [28.0, 8.0, -3.0], "se": [15.0, 10.0, 16.0]})
    >>> pooled = uf.pool(schools, "school", "effect", se="se", mu=(0, 20), tau=10, random_seed=1)
    >>> pooled.to_frame()["estimate"].round(1).tolist()
    [12.7, 8.7, 6.9]
    """
    _check(family, group, value, se, trials, exposure, sigma, sigma_scale, prob, draws, missing)
    rng = generator("pool", random_seed)
    drop, asked = missing == "drop", (mu, tau, sigma_scale)
    if family == "normal":
        labels, posterior, priors, rows, columns = _normal(table, group, value, se, sigma, asked, drop)
    else:
        binomial = family == "binomial"
        size = trials if binomial else exposure
        labels, posterior, priors, rows, columns = _counts(table, group, value, size, binomial, asked, drop)
    summaries = summarize(posterior, prob)
    ranks = ranks_of(posterior, summaries, prob, rng)
    for name in ("estimate", "sd", "lower", "upper", "pooling"):
        columns[name] = getattr(summaries, name)
    columns["shrinkage"] = summaries.estimate - columns["raw"]
    columns |= {"rank": ranks.rank, "rank_lower": ranks.lower, "rank_upper": ranks.upper}
    if family != "normal":
        columns |= {"effect": summaries.effect, "effect_sd": summaries.effect_sd}
    return Pooled(
        family=family,
        group=group,
        value=value,
        rows=rows,
        priors=priors,
        prob=prob,
        population=posterior.draw(draws, rng),
        _table=_framed(group, labels, columns),
        _posterior=posterior,
    )


Read = tuple[NDArray[Any], Posterior, Priors, int, dict[str, Any]]


def _normal(table: Any, group: str, value: str, se: str | None, sigma: float | None, asked: Any, drop: bool) -> Read:
    if se is not None:
        found = estimates_of(table, group, value, se, drop=drop)
        ones = np.ones(found.labels.size, dtype=np.int64)
        noise = float(found.standard_error.max())
        priors = normal_priors(found.estimate, ones, np.zeros(ones.size), noise, value, asked)
        statistics = GroupStatistics.from_estimates(found.estimate, found.standard_error)
        columns = {"n": ones, "raw": found.estimate, "raw_se": found.standard_error}
        return found.labels, _exact(statistics, None, priors), priors, int(ones.size), columns
    moments = moments_of(table, group, value, drop=drop)
    if sigma is None and not moments.sum_of_squares.any():
        what = "has one row" if moments.count.max() == 1 else "has the same value in all its rows"
        raise InvalidTableError(
            f"Every group in column {group!r} {what}, so the noise cannot be told from the spread between the groups;"
            " give sigma, the noise of a row, or se, a column of standard errors."
        )
    priors = normal_priors(moments.mean, moments.count, moments.sum_of_squares, sigma, value, asked)
    statistics = GroupStatistics(moments.count, moments.mean, moments.sum_of_squares)
    posterior = _exact(statistics, sigma, priors)
    noise = sigma if sigma is not None else _mean_sigma(posterior)
    columns = {"n": moments.count, "raw": moments.mean, "raw_se": noise / np.sqrt(moments.count)}
    return moments.labels, posterior, priors, int(moments.count.sum()), columns


def _exact(statistics: GroupStatistics, sigma: float | None, priors: Priors) -> NormalPosterior:
    exact = fit(statistics, sigma=sigma, mu=priors.mu, tau=priors.tau, sigma_prior=priors.sigma)
    return NormalPosterior(exact, sigma)


def _mean_sigma(posterior: NormalPosterior) -> float:
    points, weights = posterior.rule(9)
    return float(weights @ cast("Floats", points.sigma))


def _counts(table: Any, group: str, value: str, size: str | None, binomial: bool, asked: Any, drop: bool) -> Read:
    found = counts_of(table, group, value, size, rate=not binomial, drop=drop)
    if binomial and not found.size.all():
        empty = str(found.labels[int((found.size == 0).argmax())])
        raise InvalidTableError(f"Group {empty!r} of column {group!r} has no trials at all; leave it out.")
    likelihood = BINOMIAL if binomial else POISSON
    overall, _ = likelihood.own(found.events.sum(keepdims=True), found.size.sum(keepdims=True))
    priors = count_priors(float(overall[0]), likelihood.link, asked)
    posterior = CountPosterior.of(likelihood, found.events, found.size, priors)
    columns = {"n": found.size, "events": found.events, "raw": found.events / found.size}
    return found.labels, posterior, priors, int(found.rows.sum()), columns


def _framed(group: str, labels: NDArray[Any], columns: dict[str, Any]) -> Any:
    import polars as pl

    taken = columns.keys() & {group}
    if taken:
        columns = {f"{name}_" if name == group else name: values for name, values in columns.items()}
    names = labels.tolist() if labels.dtype.kind in "UTO" else labels
    return pl.DataFrame({group: names, **columns})


def _check(
    family: Any,
    group: Any,
    value: Any,
    se: Any,
    trials: Any,
    exposure: Any,
    sigma: Any,
    sigma_scale: Any,
    prob: Any,
    draws: Any,
    missing: Any,
) -> None:
    """Refuse arguments that cannot be used, or not together."""
    if family not in FAMILIES:
        raise InvalidArgumentError(f"pool: family must be one of {', '.join(FAMILIES)}, got {family!r}.")
    if missing not in ("refuse", "drop"):
        raise InvalidArgumentError(f"pool: missing must be 'refuse' or 'drop', got {missing!r}.")
    named = {"group": group, "value": value, "se": se, "trials": trials, "exposure": exposure}
    for name, given in named.items():
        if (given is None and name in ("group", "value")) or not (given is None or isinstance(given, str)):
            raise InvalidArgumentError(f"pool: {name} must be the name of a column, got {given!r}.")
    columns = [given for given in named.values() if given is not None]
    if len(set(columns)) < len(columns):
        raise InvalidArgumentError(f"pool: each column can have one role only, got {', '.join(columns)}.")
    belongs = {"se": "normal", "sigma": "normal", "sigma_scale": "normal", "trials": "binomial", "exposure": "poisson"}
    given = {"se": se, "sigma": sigma, "sigma_scale": sigma_scale, "trials": trials, "exposure": exposure}
    for name, of in belongs.items():
        if given[name] is not None and family != of:
            raise InvalidArgumentError(f"pool: {name} is for family={of!r}, and the family is {family!r}.")
    if se is not None and sigma is not None:
        raise InvalidArgumentError("pool: sigma and se exclude each other; se has the noise of every estimate.")
    if sigma is not None and not (isinstance(sigma, int | float) and np.isfinite(sigma) and sigma > 0):
        raise InvalidArgumentError(f"pool: sigma must be a positive number, got {sigma!r}.")
    if not (isinstance(prob, int | float) and 0 < prob < 1):
        raise InvalidArgumentError(f"pool: prob must lie between 0 and 1, got {prob!r}.")
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 1:
        raise InvalidArgumentError(f"pool: draws must be an integer of at least 1, got {draws!r}.")
