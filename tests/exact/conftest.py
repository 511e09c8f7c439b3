"""Independent truths: the same posterior by brute force, with none of the library's formulas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass
class Problem:
    """Single observations, their groups, and the priors."""

    y: list[float]
    index: list[int]
    groups: int
    mu: tuple[float, float]
    tau: Any
    sigma: Any = None
    sigma_prior: Any = None
    options: dict[str, Any] = field(default_factory=dict)


def summarize(weight: Array, values: Array, variance: Array | float = 0.0) -> tuple[float, float]:
    """Mean and standard deviation of a mixture of conditional laws."""
    mean = float((weight * values).sum() / weight.sum())
    return mean, float(np.sqrt((weight * (variance + (values - mean) ** 2)).sum() / weight.sum()))


def integrate_thetas(problem: Problem, log_tau: Array, mus: Array) -> dict[str, Any]:
    """Every integral by the trapezoidal rule, the effects' included: nothing is done analytically.

    On a regular grid the rule converges faster than any power of the spacing for smooth functions that die down.
    """
    z = np.linspace(-10, 10, 401)
    y, index = np.array(problem.y), np.array(problem.index)
    sigma = np.broadcast_to(np.asarray(problem.sigma, dtype=float), problem.groups)
    tau = np.exp(log_tau)[:, None, None]
    theta = mus[None, :, None] + tau * z
    base = np.exp(-0.5 * z**2)
    factors, firsts, seconds = [], [], []
    for k in range(problem.groups):
        likelihood = base * np.ones_like(theta)
        for value in y[index == k]:
            likelihood = likelihood * np.exp(-0.5 * ((value - theta) / sigma[k]) ** 2)
        factors.append(likelihood.sum(axis=2))
        firsts.append((likelihood * theta).sum(axis=2) / factors[-1])
        seconds.append((likelihood * theta**2).sum(axis=2) / factors[-1])
    location, scale = problem.mu
    prior = problem.tau.pdf(np.exp(log_tau)) * np.exp(log_tau)
    weight = np.prod(factors, axis=0) * prior[:, None] * np.exp(-0.5 * ((mus - location) / scale) ** 2)
    log_taus, all_mus = np.broadcast_arrays(log_tau[:, None], mus)
    thetas = [summarize(weight, first, second - first**2) for first, second in zip(firsts, seconds, strict=True)]
    return {
        "mu": summarize(weight, all_mus),
        "tau": summarize(weight, np.exp(log_taus)),
        "log_tau": summarize(weight, log_taus),
        "theta": tuple(np.array(thetas).T),
    }


def dense(problem: Problem, log_tau: Array, log_sigma: Array | None = None) -> dict[str, Any]:
    """Joint normal law of mu, theta and y with full covariance matrices, on a regular grid of the scales."""
    y, index, k = np.array(problem.y), np.array(problem.index), problem.groups
    location, scale = problem.mu
    loading = np.hstack([np.ones((k + 1, 1)), np.vstack([np.zeros(k), np.eye(k)])])  # (mu, theta) from (mu, tau z)
    observed = loading[1 + index]
    if log_sigma is None:
        noise = np.broadcast_to(np.asarray(problem.sigma, dtype=float), k)[index] ** 2
        t, noises = log_tau, np.broadcast_to(noise, (log_tau.size, len(y)))
        prior = np.zeros(t.size)
    else:
        t, s = (axis.ravel() for axis in np.meshgrid(log_tau, log_sigma, indexing="ij"))
        noises = np.broadcast_to(np.exp(2 * s)[:, None], (t.size, len(y)))
        prior = problem.sigma_prior.logpdf(np.exp(s)) + s
    variance = np.concatenate([np.full((t.size, 1), scale**2), np.repeat(np.exp(2 * t)[:, None], k, 1)], axis=1)
    joint = np.einsum("ia,ga,ja->gij", loading, variance, loading)
    cross = np.einsum("ia,ga,ja->gij", loading, variance, observed)
    covariance = np.einsum("ia,ga,ja->gij", observed, variance, observed)
    covariance = covariance + np.einsum("gi,ij->gij", noises, np.eye(len(y)))
    residual = np.broadcast_to((y - location)[:, None], (t.size, len(y), 1))
    solved = np.linalg.solve(covariance, np.concatenate([residual, np.swapaxes(cross, 1, 2)], axis=2))
    log_weight = -0.5 * (np.einsum("i,gi->g", y - location, solved[:, :, 0]) + np.linalg.slogdet(covariance)[1])
    log_weight = log_weight + problem.tau.logpdf(np.exp(t)) + t + prior
    weight = np.exp(log_weight - log_weight.max())
    mean = location + np.einsum("gij,gj->gi", cross, solved[:, :, 0])
    spread = np.einsum("gii->gi", joint - np.einsum("gij,gjk->gik", cross, solved[:, :, 1:]))
    thetas = [summarize(weight, mean[:, 1 + j], spread[:, 1 + j]) for j in range(k)]
    truth = {
        "mu": summarize(weight, mean[:, 0], spread[:, 0]),
        "tau": summarize(weight, np.exp(t)),
        "log_tau": summarize(weight, t),
        "theta": tuple(np.array(thetas).T),
    }
    if log_sigma is not None:
        truth |= {"sigma": summarize(weight, np.exp(s)), "log_sigma": summarize(weight, s)}
    return truth


def fit(problem: Problem) -> Any:
    """The library's posterior of the problem."""
    from unfunnel import exact

    statistics = exact.GroupStatistics.from_observations(problem.y, problem.index, groups=problem.groups)
    return exact.fit(
        statistics,
        sigma=problem.sigma,
        sigma_prior=problem.sigma_prior,
        mu=problem.mu,
        tau=problem.tau,
        **problem.options,
    )


def agree(moments: dict[str, Any], truth: dict[str, Any], tolerance: float) -> None:
    """Means and standard deviations agree, in units of the standard deviation."""
    for name, (mean, sd) in truth.items():
        np.testing.assert_array_less(np.abs(moments[name].mean - mean) / sd, tolerance, err_msg=f"mean of {name}")
        np.testing.assert_array_less(np.abs(moments[name].sd / sd - 1), tolerance, err_msg=f"sd of {name}")


class Oracle:
    """The functions above, handed to tests as a fixture (tests are imported without a package)."""

    Problem = Problem
    integrate_thetas = staticmethod(integrate_thetas)
    dense = staticmethod(dense)
    fit = staticmethod(fit)
    agree = staticmethod(agree)


@pytest.fixture(scope="session")
def oracle() -> type[Oracle]:
    return Oracle


EFFECTS = [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0]
ERRORS = [15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0]


@pytest.fixture(scope="session")
def eight_schools() -> Any:
    """The posterior of Rubin's eight schools under mu ~ Normal(0, 5), tau ~ HalfCauchy(5)."""
    from scipy import stats

    from unfunnel import exact

    statistics = exact.GroupStatistics.from_estimates(EFFECTS, ERRORS, labels=list("ABCDEFGH"))
    return exact.fit(statistics, mu=(0, 5), tau=stats.halfcauchy(scale=5), group_dim="school")


@pytest.fixture(scope="session")
def unbalanced() -> Any:
    """Unequal counts, one group empty, sigma unknown."""
    from scipy import stats

    rng = np.random.default_rng(1236)
    index = np.repeat(np.arange(6), [10, 1, 40, 0, 5, 3])
    theta = rng.normal(4.5, 3.5, 6)
    return fit(
        Problem(
            list(theta[index] + 2.0 * rng.normal(size=index.size)),
            list(index),
            6,
            (0, 5),
            stats.halfnorm(scale=5),
            sigma_prior=stats.halfnorm(scale=5),
        )
    )
