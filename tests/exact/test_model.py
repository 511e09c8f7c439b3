"""The posterior against truths that share none of its formulas."""

import numpy as np
import pytest
from scipy import integrate, stats

from unfunnel import exact


def test_known_sigma_against_integrals_over_everything(oracle):
    problem = oracle.Problem(
        [1.0, 2.5, 2.0, -1.0], [0, 0, 0, 1], 2, (0.5, 2.0), stats.halfnorm(scale=1.5), sigma=[1.0, 1.4]
    )
    truth = oracle.integrate_thetas(problem, np.arange(-28, 2.6, 0.15), np.linspace(-14, 15, 150))
    oracle.agree(oracle.fit(problem).moments(), truth, 1e-8)


def test_three_groups_one_of_them_empty_against_integrals_over_everything(oracle):
    problem = oracle.Problem(
        [0.3, 3.0, 2.2], [0, 2, 2], 3, (1.0, 1.5), stats.gamma(2.0, scale=0.5), sigma=[0.8, 1.0, 1.1]
    )
    truth = oracle.integrate_thetas(problem, np.arange(-20, 3.0, 0.15), np.linspace(-10, 12, 150))
    oracle.agree(oracle.fit(problem).moments(), truth, 1e-8)


def test_against_adaptive_double_integral(oracle):
    y, sigma, prior = np.array([4.0, -1.0]), 1.0, stats.halfcauchy(scale=2.0)
    z = np.linspace(-9, 9, 361)

    def joint(mu, log_tau, power):
        tau = np.exp(log_tau)
        effects = mu + tau * z[:, None]
        each = (np.exp(-0.5 * z[:, None] ** 2 - 0.5 * ((y - effects) / sigma) ** 2)).sum(axis=0)
        return each.prod() * np.exp(-0.5 * (mu / 3) ** 2) * prior.pdf(tau) * tau * log_tau**power

    box = {"a": -25.0, "b": 3.4, "gfun": -18.0, "hfun": 18.0, "epsabs": 1e-3, "epsrel": 1e-6}
    total, first = (integrate.dblquad(joint, args=(power,), **box)[0] for power in (0, 1))
    problem = oracle.Problem(list(y), [0, 1], 2, (0.0, 3.0), prior, sigma=sigma)
    posterior = oracle.fit(problem)
    # Above tau = 30 the brute-force grid of z is too coarse; what lies there is known from the density.
    cut = np.exp(3.4)
    tail, tail_first = (
        integrate.quad(lambda t, p=power: posterior.density(np.exp(t)) * np.exp(t) * t**p, 3.4, 60)[0]
        for power in (0, 1)
    )
    assert posterior.tau_quantile(1 - tail) == pytest.approx(cut, rel=1e-6)
    assert posterior.moments()["log_tau"].mean == pytest.approx(first / total * (1 - tail) + tail_first, rel=1e-6)


def test_unknown_sigma_against_dense_covariances(oracle):
    problem = oracle.Problem(
        [1.0, 2.0, 2.7, -0.5, 0.2, 4.0],
        [0, 0, 0, 1, 1, 2],
        4,
        (0.0, 2.0),
        stats.halfnorm(scale=2.0),
        sigma_prior=stats.halfnorm(scale=3.0),
    )
    truth = oracle.dense(problem, np.arange(-22, 3.0, 0.125), np.arange(-5.0, 3.3, 0.0625))
    oracle.agree(oracle.fit(problem).moments(), truth, 1e-7)


def test_unknown_sigma_without_replicates_against_dense_covariances(oracle):
    problem = oracle.Problem(
        [1.0, 2.0, -3.0], [0, 1, 2], 3, (0.0, 2.0), stats.invgamma(3.0, scale=2.0), sigma_prior=stats.gamma(2.0)
    )
    truth = oracle.dense(problem, np.arange(-4.0, 12.0, 0.08), np.arange(-17, 4.2, 0.1))
    oracle.agree(oracle.fit(problem).moments(), truth, 1e-7)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("ratio", [1e-4, 1.0, 1e4])
def test_known_sigma_against_dense_covariances_at_many_scales(oracle, unit, ratio):
    sigma = unit * ratio * np.array([1.0, 0.5, 2.0])
    y = unit * np.array([1.0, 4.0, -2.0, 1.0 + 0.5 * ratio])
    problem = oracle.Problem(
        list(y), [0, 1, 2, 0], 3, (unit, 5 * unit), stats.halfnorm(scale=5 * unit), sigma=list(sigma)
    )
    truth = oracle.dense(problem, np.log(unit) + np.arange(-26, 4.0, 0.02))
    # The dense matrices, not the posterior, limit the agreement: their condition number is (5 / ratio)^2.
    oracle.agree(oracle.fit(problem).moments(), truth, 1e-7 if ratio > 1e-4 else 1e-5)


def test_eight_schools_against_published_reference(eight_schools):
    # posteriordb, eight_schools-eight_schools_noncentered: reference means and their Monte Carlo errors.
    theta = [6.1505, 4.9396, 3.9059, 4.7960, 3.6144, 4.0511, 6.3172, 4.8840]
    theta_mcse = [0.0557, 0.0462, 0.0542, 0.0475, 0.0461, 0.0485, 0.0499, 0.0543]
    moments = eight_schools.moments()
    assert np.all(np.abs(moments["theta"].mean - theta) < 4 * np.array(theta_mcse))
    assert abs(moments["mu"].mean - 4.4105) < 4 * 0.0330
    assert abs(moments["tau"].mean - 3.6021) < 4 * 0.0319


# Means and standard deviations of tau, log tau, mu and the first effect in 34-digit arithmetic: dense covariance
# matrices, and 24 Gauss-Legendre nodes on every stretch of 0.25 to 1 of log tau.
IN_34_DIGITS = {
    "small": (
        ([1.2, 7.9], [0, 1], 0.1, (0, 5), stats.halfnorm(scale=5)),
        [(5.157800902502188, 2.263019221869787), (1.5498260077484212, 0.426786543866318)],
        [(3.0416037147579167, 2.979949287112631), (1.2015434641929856, 0.09999866060781648)],
    ),
    "prior rising without bound at 0, unequal counts": (
        ([1, 2.5, 2, -3, 4], [0, 0, 0, 1, 3], [1, 2, 1, 0.5], (1, 3), stats.gamma(0.5, scale=2)),
        [(2.337862860605929, 1.3313959081021547), (0.6590527546943149, 0.7558441590789853)],
        [(1.6152793914691734, 1.4143656183349542), (1.866549399394971, 0.5735387228403654)],
    ),
    "tiny unit": (
        ([1.2e-6, 7.9e-6, 3e-6], [0, 1, 2], 1e-6, (0, 5e-6), stats.halfnorm(scale=5e-6)),
        [(4.203923976402081e-06, 1.9910364763203795e-06), (-12.484172924064218, 0.4601257519984244)],
        [(3.213746878252432e-06, 2.314599362391906e-06), (1.4071197165961433e-06, 9.912858796750114e-07)],
    ),
    "one group ten thousand units away": (
        ([0.0, 1e4, 0, 1], [0, 1, 2, 3], 1.0, (0, 5), stats.halfcauchy(scale=1)),
        [(5319.225643223499, 2244.7986265229765), (8.512187436082948, 0.35012811808302685)],
        [(0.012501193753116806, 4.999993751180514), (8.750848761015976e-10, 0.999999974999981)],
    ),
    "tau a hundred million times sigma": (
        ([-1e4, 1e4, 5e3], [0, 1, 2], 1e-4, (0, 1e5), stats.halfcauchy(scale=1)),
        [(11667.534387780646, 8201.566957693387), (9.229470046573116, 0.4796387705292389)],
        [(1656.1041600410551, 7960.885946024652), (-9999.999999999998, 0.0001)],
    ),
}


@pytest.mark.parametrize("name", IN_34_DIGITS)
def test_against_34_digits(name):
    (y, index, sigma, mu, tau), scales, locations = IN_34_DIGITS[name]
    moments = exact.fit(exact.GroupStatistics.from_observations(y, index), sigma=sigma, mu=mu, tau=tau).moments()
    np.testing.assert_allclose([moments["tau"], moments["log_tau"]], scales, rtol=1e-12)
    effect = moments["theta"].mean[0], moments["theta"].sd[0]
    sd = np.array(locations)[:, 1]
    rounding = 1e-14 * max(map(abs, y))
    found = np.array([moments["mu"], effect])
    assert np.all(np.abs(found[:, 0] - np.array(locations)[:, 0]) < 1e-11 * sd + rounding)
    np.testing.assert_allclose(found[:, 1], sd, rtol=1e-11)


def test_eight_schools_in_34_digits(eight_schools):
    moments = eight_schools.moments()
    np.testing.assert_allclose(moments["tau"], (3.5977054840976637, 3.2199584146627656), rtol=1e-12)
    np.testing.assert_allclose(moments["log_tau"], (0.8021392107784913, 1.171226465806213), rtol=1e-12)
    np.testing.assert_allclose(moments["mu"], (4.396820713833003, 3.317704463139564), rtol=1e-12)
    assert round(moments["log_tau"].mean, 2) == 0.80


def closed_form(y, sigma, mu, tau):
    """Posterior of (mu, theta) at a fixed tau, one observation a group, by a single linear solve."""
    location, scale = mu
    k = len(y)
    precision = np.zeros((k + 1, k + 1))
    precision[0, 0] = scale**-2 + k / tau**2
    precision[0, 1:] = precision[1:, 0] = -1 / tau**2
    precision[1:, 1:] = np.diag(1 / tau**2 + np.asarray(sigma) ** -2.0)
    shift = np.concatenate([[location / scale**2], y / np.asarray(sigma) ** 2])
    return np.linalg.solve(precision, shift), np.sqrt(np.diag(np.linalg.inv(precision)))


@pytest.mark.parametrize(
    "prior",
    [
        pytest.param(stats.truncnorm(-5, 5, loc=2, scale=1e-9), id="narrow normal"),
        pytest.param(stats.uniform(2 - 5e-10, 1e-9), id="narrow uniform"),
    ],
)
def test_tau_held_fixed_gives_the_conjugate_posterior(prior):
    y, sigma = np.array([1.0, 3.0, -2.0]), [1.0, 2.0, 0.5]
    moments = exact.fit(exact.GroupStatistics.from_estimates(y, sigma), mu=(1, 3), tau=prior).moments()
    mean, sd = closed_form(y, sigma, (1, 3), 2.0)
    assert moments["tau"].mean == pytest.approx(2.0, abs=1e-8)
    np.testing.assert_allclose([moments["mu"].mean, *moments["theta"].mean], mean, rtol=1e-8)
    np.testing.assert_allclose([moments["mu"].sd, *moments["theta"].sd], sd, rtol=1e-8)


def test_very_exact_data_pin_the_effects():
    y = np.array([1.0, 3.0, -2.0])
    moments = exact.fit(
        exact.GroupStatistics.from_estimates(y, np.full(3, 1e-8)), mu=(0, 5), tau=stats.halfnorm(scale=5)
    ).moments()
    np.testing.assert_allclose(moments["theta"].mean, y, atol=1e-12)
    np.testing.assert_allclose(moments["theta"].sd, 1e-8, rtol=1e-6)


def test_no_observations_leave_the_prior():
    statistics = exact.GroupStatistics([0, 0], [np.nan, np.nan], [0, 0])
    moments = exact.fit(statistics, sigma=1, mu=(2, 3), tau=stats.halfnorm(scale=5)).moments()
    np.testing.assert_allclose(moments["tau"], (stats.halfnorm.mean(scale=5), stats.halfnorm.std(scale=5)), rtol=1e-12)
    np.testing.assert_allclose(moments["mu"], (2, 3), rtol=1e-12)
    np.testing.assert_allclose(moments["theta"].mean, 2, rtol=1e-12)
    np.testing.assert_allclose(moments["theta"].sd, np.sqrt(9 + 25), rtol=1e-12)


def test_sigma_given_by_its_prior_alone_equals_sigma_known():
    rng = np.random.default_rng(5)
    index = np.repeat(np.arange(5), [3, 1, 8, 2, 4])
    statistics = exact.GroupStatistics.from_observations(rng.normal(size=18), index)
    priors = {"mu": (0, 1), "tau": stats.halfcauchy(scale=1)}
    known = exact.fit(statistics, sigma=1.3, **priors).moments()
    pinned = exact.fit(statistics, sigma_prior=stats.truncnorm(-5, 5, loc=1.3, scale=1e-8), **priors).moments()
    for name in known:
        np.testing.assert_allclose(pinned[name].mean, known[name].mean, rtol=1e-7)
        np.testing.assert_allclose(pinned[name].sd, known[name].sd, rtol=1e-7)


def test_many_groups_at_once_recover_the_truth():
    """100 000 groups of unequal size: a posterior so narrow that any coarse grid would miss it."""
    rng = np.random.default_rng(7)
    groups = 100_000
    count = rng.integers(0, 8, groups)
    theta = rng.normal(4.5, 3.5, groups)
    index = np.repeat(np.arange(groups), count)
    statistics = exact.GroupStatistics.from_observations(rng.normal(theta[index], 10.0), index, groups=groups)
    priors = {"mu": (0, 5), "tau": stats.halfnorm(scale=5)}
    posteriors = [
        exact.fit(statistics, sigma=10.0, **priors).moments(),
        exact.fit(statistics, sigma_prior=stats.halfnorm(scale=20), **priors).moments(),
    ]
    for moments in posteriors:
        assert abs(moments["mu"].mean - 4.5) < 5 * moments["mu"].sd
        assert abs(moments["tau"].mean - 3.5) < 5 * moments["tau"].sd
        assert 0.01 < moments["tau"].sd < 0.1
        standardized = (moments["theta"].mean - theta) / moments["theta"].sd
        # Effects are calibrated up to their own scatter and what is not known of tau, which they share.
        assert abs(np.mean(standardized**2) - 1) < 5 * np.sqrt(2 / groups) + 2 * 5 * moments["tau"].sd / 3.5
    assert abs(posteriors[1]["sigma"].mean - 10) < 5 * posteriors[1]["sigma"].sd


def test_a_hundred_thousand_distinct_errors_fit_in_little_memory():
    import tracemalloc

    import xarray  # noqa: F401 - else its import is what is traced

    rng = np.random.default_rng(8)
    groups = 100_000
    error = rng.uniform(0.1, 10, groups)
    statistics = exact.GroupStatistics.from_estimates(rng.normal(4.5, np.hypot(3.5, error)), error)
    tracemalloc.start()
    posterior = exact.fit(statistics, mu=(0, 5), tau=stats.halfnorm(scale=5))
    moments = posterior.moments()
    posterior.sample(draws=10, chains=1, random_seed=1)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert abs(moments["tau"].mean - 3.5) < 5 * moments["tau"].sd
    assert peak < 50e6  # one array of groups x quadrature points would be 150 MB


def test_examples_in_docstrings_run():
    import doctest

    from unfunnel.exact import model, statistics

    for module in (model, statistics):
        result = doctest.testmod(module)
        assert result.attempted > 0
        assert result.failed == 0
