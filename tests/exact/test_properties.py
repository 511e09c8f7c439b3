"""What must hold for any data: symmetries of the model, and sound numbers at extreme scales."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from unfunnel import exact
from unfunnel.errors import InvalidArgumentError

SETTINGS = settings(derandomize=True, deadline=None, max_examples=30)
FEW = settings(derandomize=True, deadline=None, max_examples=8)
PRIORS = {
    "half normal": lambda scale: stats.halfnorm(scale=scale),
    "half cauchy": lambda scale: stats.halfcauchy(scale=scale),
    "exponential": lambda scale: stats.expon(scale=scale),
    "gamma": lambda scale: stats.gamma(2, scale=scale),
    "inverse gamma": lambda scale: stats.invgamma(2, scale=scale),
    "lognormal": lambda scale: stats.lognorm(1.0, scale=scale),
    "uniform": lambda scale: stats.uniform(0, scale),
}


@st.composite
def problems(draw, exponents=(-8, 8)):
    """Observations in groups, some empty, with noise and prior scales many orders of magnitude apart."""
    groups = draw(st.integers(1, 6))
    count = draw(st.lists(st.integers(0, 4), min_size=groups, max_size=groups))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    spread = 10.0 ** draw(st.integers(*exponents))
    prior_scale = spread * 10.0 ** draw(st.integers(-2, 2))
    index = np.repeat(np.arange(groups), count)
    y = spread * rng.normal(size=groups)[index] + rng.normal(size=index.size)
    prior = draw(st.sampled_from(sorted(PRIORS)))
    return {"y": y, "index": index, "groups": groups, "prior": prior, "scale": prior_scale, "mu": 3 * max(1.0, spread)}


def fit(problem, *, sigma=1.0, unit=1.0, shift=0.0, order=None, unknown=False):
    order = np.arange(problem["groups"]) if order is None else order
    statistics = exact.GroupStatistics.from_observations(
        unit * (problem["y"] + shift), order[problem["index"]], groups=problem["groups"]
    )
    noise = {"sigma_prior": PRIORS[problem["prior"]](unit)} if unknown else {"sigma": sigma * unit}
    try:
        return exact.fit(
            statistics,
            mu=(unit * shift, unit * problem["mu"]),
            tau=PRIORS[problem["prior"]](unit * problem["scale"]),
            **noise,
        )
    except InvalidArgumentError as error:
        assume("contradict each other" not in str(error))
        raise


def close(moment, other, tolerance, factor=1.0, shift=0.0):
    """Equal means (in standard deviations) and standard deviations, where they exist."""
    mean, sd = np.atleast_1d(other.mean) * factor + shift, np.atleast_1d(other.sd) * factor
    found, found_sd = np.atleast_1d(moment.mean), np.atleast_1d(moment.sd)
    usable = np.isfinite(sd)
    np.testing.assert_array_equal(np.isfinite(found_sd), usable)
    rounding = 1e-13 * np.max(np.abs(mean[usable]), initial=0)
    assert np.all(np.abs(found[usable] - mean[usable]) <= tolerance * sd[usable] + rounding)
    np.testing.assert_allclose(found_sd[usable], sd[usable], rtol=tolerance)


@SETTINGS
@given(problems())
def test_numbers_are_sound_at_extreme_scales(problem):
    posterior = fit(problem)
    moments = posterior.moments()
    for name in ("mu", "log_tau"):
        assert np.isfinite(moments[name]).all()
        assert moments[name].sd > 0
    filled = np.isin(np.arange(problem["groups"]), problem["index"])
    assert np.isfinite(moments["theta"].mean[filled]).all()
    assert np.all(moments["theta"].sd[filled] > 0)
    quantiles = posterior.tau_quantile([0.001, 0.5, 0.999])
    assert np.all(np.diff(quantiles) > 0)
    assert np.isfinite(posterior.log_density(quantiles)).all()
    draws = posterior.sample(draws=20, chains=1, random_seed=1)["posterior"]
    assert all(np.isfinite(draws[name]).all() for name in draws.data_vars)


@SETTINGS
@given(problems(), st.sampled_from([1e-6, 0.37, 1e6]))
def test_another_unit_scales_the_posterior(problem, unit):
    ours, theirs = fit(problem).moments(), fit(problem, unit=unit).moments()
    for name in ("mu", "tau", "theta"):
        close(theirs[name], ours[name], 1e-6, factor=unit)
    close(theirs["log_tau"], ours["log_tau"], 1e-6, shift=np.log(unit))


@SETTINGS
@given(problems(exponents=(-3, 3)), st.sampled_from([-1024.0, 0.5, 2.0**20]))
def test_another_origin_shifts_the_posterior(problem, shift):
    ours, theirs = fit(problem).moments(), fit(problem, shift=shift).moments()
    for name in ("mu", "theta"):
        close(theirs[name], ours[name], 1e-5, shift=shift)
    for name in ("tau", "log_tau"):
        close(theirs[name], ours[name], 1e-5)


@SETTINGS
@given(problems(), st.randoms(use_true_random=False))
def test_order_of_the_groups_does_not_matter(problem, random):
    order = np.array(random.sample(range(problem["groups"]), problem["groups"]))
    ours, theirs = fit(problem).moments(), fit(problem, order=order).moments()
    for name in ("mu", "tau", "log_tau"):
        close(theirs[name], ours[name], 1e-6)
    reordered = exact.Moment(theirs["theta"].mean[order], theirs["theta"].sd[order])
    close(reordered, ours["theta"], 1e-6)


@FEW
@given(problems(exponents=(-4, 4)), st.sampled_from([1e-6, 1e6]))
def test_unknown_sigma_in_another_unit_scales_the_posterior(problem, unit):
    ours, theirs = fit(problem, unknown=True).moments(), fit(problem, unknown=True, unit=unit).moments()
    for name in ("mu", "tau", "theta", "sigma"):
        close(theirs[name], ours[name], 1e-6, factor=unit)
    for name in ("log_tau", "log_sigma"):
        close(theirs[name], ours[name], 1e-6, shift=np.log(unit))


@pytest.mark.parametrize("name", sorted(PRIORS))
def test_splitting_an_observation_group_by_its_sufficient_statistics_changes_nothing(name):
    """n observations with known sigma are worth one with standard error sigma / sqrt(n)."""
    y, index = np.array([1.0, 2.0, 4.0, -1.0, 0.5]), np.array([0, 0, 0, 1, 2])
    priors = {"mu": (0, 2), "tau": PRIORS[name](1.5)}
    single = exact.fit(exact.GroupStatistics.from_observations(y, index), sigma=0.7, **priors).moments()
    estimates = exact.GroupStatistics.from_estimates([7 / 3, -1.0, 0.5], 0.7 / np.sqrt([3, 1, 1]))
    pooled = exact.fit(estimates, **priors).moments()
    for key in single:
        close(pooled[key], single[key], 1e-12)
