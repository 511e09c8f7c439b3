"""Counts against sums on a grid, with none of the library's formulas, and against NUTS."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

import unfunnel as uf
from unfunnel.pooling.counts import CountPosterior
from unfunnel.pooling.integral import CountConditional
from unfunnel.pooling.likelihood import BINOMIAL, POISSON, Likelihood
from unfunnel.pooling.mixture import moments, quantile
from unfunnel.pooling.priors import HalfNormal, Priors

Array = Any
CASES = [
    (likelihood, events, size, mu, tau)
    for likelihood, counts in (
        (BINOMIAL, [(0, 1), (1, 1), (0, 1000), (3, 1000), (500, 1000), (30_000, 100_000)]),
        (POISSON, [(0, 0.001), (5, 0.1), (0, 1), (1, 1), (3, 1000), (30_000, 100_000)]),
    )
    for events, size in counts
    for mu in (-8.0, 1.0)
    for tau in (0.2, 3.0, 8.0)
]


def log_pmf(likelihood: Likelihood, events: float, size: float, theta: Array) -> Array:
    if likelihood is BINOMIAL:
        return events * -np.log1p(np.exp(-theta)) + (size - events) * -np.log1p(np.exp(theta))
    return events * theta - size * np.exp(theta)


@pytest.mark.parametrize("likelihood", [BINOMIAL, POISSON], ids=lambda likelihood: likelihood.link)
def test_integrals_over_an_effect(likelihood: Likelihood) -> None:
    for _, events, size, mu, tau in (case for case in CASES if case[0] is likelihood):
        one = CountConditional.of(likelihood, *(np.array([[float(x)]]) for x in (events, size, mu, tau)))
        z = np.linspace(-60, 60, 100_001) if tau < 1 else np.linspace(-15, 15, 100_001)
        theta = mu + tau * z
        with np.errstate(over="ignore"):
            log = log_pmf(likelihood, events, size, theta) - 0.5 * z**2
        weight = np.exp(log - log.max())
        mean = (weight @ theta) / weight.sum()
        sd = np.sqrt(weight @ (theta - mean) ** 2 / weight.sum())
        total = log.max() + np.log(weight.sum() * (z[1] - z[0])) - 0.5 * np.log(2 * np.pi)
        label = f"{events} of {size}, mu {mu}, tau {tau}"
        assert one.log_likelihood.item() == pytest.approx(total, abs=1e-7), label
        assert one.mean.item() == pytest.approx(mean, abs=1e-6 * sd), label
        assert np.sqrt(one.variance.item()) == pytest.approx(sd, rel=1e-6), label
        middle = np.interp(0.9, (np.cumsum(weight) - 0.5 * weight) / weight.sum(), theta)
        found = quantile(one, np.ones((1, 1)), 0.9).item()
        assert found == pytest.approx(middle, abs=2e-3 * sd + 0.1 * (theta[1] - theta[0])), label


@pytest.mark.parametrize("likelihood", [BINOMIAL, POISSON], ids=lambda likelihood: likelihood.link)
def test_integrals_are_finite_where_mu_and_tau_cannot_be(likelihood: Likelihood) -> None:
    """Where the search for the posterior begins: a rate of e^30 and an exposure of thousands."""
    events, size = np.array([[42037.0], [0.0]]), np.array([[42100.0], [1e6]])
    for mu in (-30.2, 30.2):
        one = CountConditional.of(likelihood, events, size, np.array([[mu]]), np.array([[4.877323473996482e-10]]))
        assert np.isfinite(one.log_likelihood).all()


def brute(likelihood: Likelihood, events: Array, size: Array, priors: Priors) -> dict[str, tuple[float, float]]:
    """Mean and sd of mu, tau and the effects by sums over mu, log tau and z."""
    mu = np.linspace(priors.mu[0] - 5 * priors.mu[1], priors.mu[0] + 5 * priors.mu[1], 301)
    log_tau = np.linspace(np.log(1e-6), np.log(7 * priors.tau.scale), 161)
    z = np.linspace(-9, 9, 241)
    tau = np.exp(log_tau)
    log = stats.halfnorm(scale=priors.tau.scale).logpdf(tau)[:, None] + log_tau[:, None]
    log = log + stats.norm(*priors.mu).logpdf(mu)
    theta = mu[None, :, None] + tau[:, None, None] * z
    firsts, seconds = [], []
    for k, n in zip(events, size, strict=True):
        with np.errstate(over="ignore"):
            part = log_pmf(likelihood, k, n, theta) - 0.5 * z**2
        top = part.max(axis=2, keepdims=True)
        weight = np.exp(part - top)
        total = weight.sum(axis=2)
        log = log + top[:, :, 0] + np.log(total)
        firsts.append((weight * theta).sum(axis=2) / total)
        seconds.append((weight * theta**2).sum(axis=2) / total)
    joint = np.exp(log - log.max())
    joint /= joint.sum()

    def summary(first: Array, second: Array) -> tuple[float, float]:
        mean = float((joint * first).sum())
        return mean, float(np.sqrt((joint * second).sum() - mean**2))

    grid_mu, grid_tau = np.broadcast_to(mu, joint.shape), np.broadcast_to(tau[:, None], joint.shape)
    truth = {"mu": summary(grid_mu, grid_mu**2), "tau": summary(grid_tau, grid_tau**2)}
    return truth | {str(j): summary(a, b) for j, (a, b) in enumerate(zip(firsts, seconds, strict=True))}


TABLES = {
    "balanced": (BINOMIAL, [5, 9, 14, 22], [30, 30, 30, 30]),
    "no successes": (BINOMIAL, [0, 0, 0], [10, 5, 20]),
    "two far apart": (BINOMIAL, [1, 39], [40, 40]),
    "uneven": (BINOMIAL, [0, 3, 18], [1, 8, 60]),
    "rates": (POISSON, [4, 0, 7, 12], [2.0, 1.0, 0.5, 8.0]),
    "no events": (POISSON, [0, 0], [1.0, 3.0]),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_posterior_is_the_one_of_brute_force(name: str) -> None:
    likelihood, *counts = TABLES[name]
    events, size = (np.array(part, dtype=float) for part in counts)
    priors = Priors((-0.5, 1.5), HalfNormal(1.0), None, "")
    truth = brute(likelihood, events, size, priors)
    posterior = CountPosterior.of(likelihood, events, size, priors)
    points, weights = posterior.rule(25)
    for label, values in (("mu", points.mu), ("tau", points.tau)):
        mean, sd = truth[label]
        assert weights @ values == pytest.approx(mean, abs=2e-3 * sd)
        assert np.sqrt(weights @ (values - weights @ values) ** 2) == pytest.approx(sd, rel=3e-3)
    cells = posterior.index
    mean_of, sd_of = moments(posterior.given(points, slice(None)), weights)
    for j in range(events.size):
        mean, sd = truth[str(j)]
        assert mean_of[cells[j]] == pytest.approx(mean, abs=2e-3 * sd)
        assert sd_of[cells[j]] == pytest.approx(sd, rel=3e-3)


@pytest.mark.parametrize("name", ["balanced", "no successes", "rates"])
def test_draws_are_from_the_posterior(name: str) -> None:
    likelihood, *counts = TABLES[name]
    events, size = (np.array(part, dtype=float) for part in counts)
    posterior = CountPosterior.of(likelihood, events, size, Priors((-0.5, 1.5), HalfNormal(1.0), None, ""))
    rng = np.random.default_rng(3)
    population = posterior.draw(20_000, rng)
    effects = posterior.draw_effects({k: v[:1000] for k, v in population.items()}, np.arange(events.size), rng)
    points, weights = posterior.rule(25)
    mean, sd = moments(posterior.given(points, slice(None)), weights)
    cells = posterior.index
    assert np.all(np.abs(effects.mean(axis=1) - mean[cells]) < 4 * sd[cells] / np.sqrt(1000))
    np.testing.assert_allclose(effects.std(axis=1), sd[cells], rtol=4 * 1.2 / np.sqrt(2 * 1000))
    for values, drawn in ((points.mu, population["mu"]), (points.tau, population["tau"])):
        centre = weights @ values
        spread = np.sqrt(weights @ (values - centre) ** 2)
        assert abs(drawn.mean() - centre) < 4 * spread / np.sqrt(20_000)


def test_groups_with_the_same_counts_share_their_integrals() -> None:
    posterior = CountPosterior.of(
        BINOMIAL, np.tile([1.0, 2.0], 500), np.full(1000, 10.0), Priors((-1.5, 2.5), HalfNormal(1.0), None, "")
    )
    assert posterior.events.size == 2
    assert posterior.groups == 1000


@pytest.mark.sampling
@pytest.mark.parametrize("family", ["binomial", "poisson"])
def test_nuts_finds_the_same(family: str) -> None:
    """Means and standard deviations within 4 Monte Carlo standard errors of a run by unfunnel's own sampler."""
    import arviz as az
    import pymc as pm

    rng = np.random.default_rng(7)
    size = rng.integers(3, 60, 12)
    theta = rng.normal(-1, 0.7, 12)
    binomial = family == "binomial"
    events = rng.binomial(size, 1 / (1 + np.exp(-theta))) if binomial else rng.poisson(size * np.exp(theta))
    table = pl.DataFrame({"g": np.arange(12), "k": events, "n": size})
    options = {"trials": "n"} if binomial else {"exposure": "n"}
    pooled = uf.pool(table, "g", "k", family=family, mu=(-1, 2.5), tau=1, random_seed=1, **options)
    with pm.Model() as model:
        mu, tau = pm.Normal("mu", -1, 2.5), pm.HalfNormal("tau", 1)
        effect = pm.Normal("theta", mu, tau, shape=12)
        if binomial:
            pm.Binomial("k", n=size, logit_p=effect, observed=events)
        else:
            pm.Poisson("k", size * pm.math.exp(effect), observed=events)
    draws = uf.sample(model, draws=2000, chains=4, random_seed=1, progressbar=False)["posterior"].to_dataset()
    frame = pooled.to_frame()
    points, weights = pooled._posterior.rule(25)
    found = {"mu": (weights @ points.mu, None), "tau": (weights @ points.tau, None)}
    found["theta"] = (frame["effect"].to_numpy(), frame["effect_sd"].to_numpy())
    for name, (mean, sd) in found.items():
        error = az.mcse(draws[[name]], method="mean")[name].to_numpy()
        assert np.all(np.abs(draws[name].mean(("chain", "draw")).to_numpy() - mean) < 4 * error), name
        if sd is not None:
            error = az.mcse(draws[[name]], method="sd")[name].to_numpy()
            assert np.all(np.abs(draws[name].std(("chain", "draw")).to_numpy() - sd) < 4 * error), name
