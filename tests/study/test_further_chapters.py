"""The regimes that are not known exactly: counts, and correlated components."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from tests.graphs import MODE

from unfunnel.study import find_regimes
from unfunnel.study.agreement import agreement
from unfunnel.study.page import render
from unfunnel.study.regimes.adc import BETA, MINUTES, READINGS, adc
from unfunnel.study.regimes.multivariate import CORRELATIONS, MU, TAU, multivariate_strong, multivariate_weak
from unfunnel.study.result import Draws
from unfunnel.study.section import make_section


def draws_at(**values: Any) -> Draws:
    """Many draws at one point."""
    count = 4000
    theta = np.broadcast_to(values["theta"], (1, count, len(values["theta"])))
    one = np.ones((1, count))
    others = {name: value * one for name, value in values.items() if name != "theta"}
    return Draws(one, one, theta, None, np.zeros((1, count), dtype=bool), others)


def test_counts_are_simulated_with_a_fixed_seed() -> None:
    first, second = adc(), adc()
    assert first.count.tolist() == second.count.tolist()
    assert first.counts.tolist() == list(READINGS)
    assert len(first.labels) == 21
    assert np.unique(first.exposure).tolist() == sorted(set(MINUTES))
    assert np.isfinite(first.y).all()


def test_the_counter_s_density_is_the_written_one() -> None:
    case = adc()
    rng = np.random.default_rng(1)
    theta, mu, tau, beta = rng.normal(1.0, 0.5, 21), 0.7, 0.4, 0.3
    point = {"mu": mu, "tau_log__": np.log(tau), "theta": theta, "beta": beta}
    rate = case.exposure * np.exp(theta[case.group] + beta * case.warmth)
    expected = (
        stats.norm(0, 2).logpdf(mu)
        + stats.halfnorm(scale=1.0).logpdf(tau)
        + np.log(tau)
        + stats.norm(0, 0.5).logpdf(beta)
        + stats.norm(mu, tau).logpdf(theta).sum()
        + stats.poisson(rate).logpmf(case.count).sum()
    )
    np.testing.assert_allclose(case.model().compile_logp(mode=MODE)(point), expected, rtol=1e-10)


def test_replicated_counts_have_the_rates_of_the_experiment_s_readings() -> None:
    case = adc()
    assert case.truth is not None
    chosen = np.array([7, 16])
    replicated = case.replicate(draws_at(theta=case.truth.theta, beta=BETA), chosen)
    assert replicated.shape == (4000, 2)
    for place, k in enumerate(chosen):
        rows = case.group == k
        rates = np.exp(case.truth.theta[k] + BETA * case.warmth[rows])
        counted = (np.exp(replicated[:, place]) * case.exposure[rows][0]) - 0.5
        expected = rates.mean() * case.exposure[rows][0]
        assert abs(counted.mean() - expected) < 5 * counted.std() / np.sqrt(4000)


def test_an_experiment_s_own_estimate_is_near_the_truth() -> None:
    """Warmth is left out of it, which moves it by up to β times some 2 units."""
    case = adc()
    assert case.truth is not None
    off = np.abs(case.means - case.truth.theta)
    assert np.all(off < 4 * case.standard_errors + 2.5 * BETA)
    assert np.ptp(case.standard_errors) > 0.5


def test_components_are_those_of_one_ensemble() -> None:
    weak, strong = multivariate_weak(), multivariate_strong()
    assert weak.truth is not None
    assert strong.truth is not None
    assert weak.truth.theta.tolist() == strong.truth.theta.tolist()
    assert np.abs(strong.y - strong.truth.theta).max() < 0.5
    assert (weak.truth.mu, weak.truth.tau) == (MU[0], TAU[0])
    assert np.all(np.linalg.eigvalsh(CORRELATIONS) > 0)


# PyTensor's word on a machine without BLAS, which matrices of 3 by 3 do not need.
@pytest.mark.filterwarnings("ignore:PyTensor could not link to a BLAS")
def test_the_components_density_is_the_written_one() -> None:
    case = multivariate_weak()
    model = case.model()
    rng = np.random.default_rng(2)
    factor = np.linalg.cholesky(np.outer(TAU, TAU) * np.asarray(CORRELATIONS))
    theta, mu = rng.normal(size=(15, 3)), rng.normal(size=3)
    terms = [model["theta"], model["y"]]
    packed = factor[np.tril_indices(3)]
    packed[[0, 2, 5]] = np.log(packed[[0, 2, 5]])
    point = {"mu": mu, "theta": theta, "covariance_cholesky-cov-packed__": packed}
    standardised = np.linalg.solve(factor, (theta - mu).T)
    prior = stats.norm.logpdf(standardised).sum() - 15 * np.log(np.diagonal(factor)).sum()
    expected = prior + stats.norm(theta, 5.0).logpdf(case.values).sum()
    # PyTensor takes the logarithm of the constant 5 in single precision, which adds 3e-8 for each of the 45 values.
    np.testing.assert_allclose(model.compile_logp(vars=terms, mode=MODE)(point), expected, rtol=1e-8)


def test_the_prior_of_a_correlation_is_that_of_lkj() -> None:
    """For three variables the density of R is |R|**(eta - 1); one correlation's is its integral over the other two."""
    prior = multivariate_weak().others[0].prior
    rng = np.random.default_rng(3)
    a, b, c = rng.uniform(-1, 1, (3, 400_000))
    determinant = 1 + 2 * a * b * c - a**2 - b**2 - c**2
    weight = np.where(determinant > 0, np.maximum(determinant, 0) ** 3, 0.0)
    for power in (2, 4):
        sampled = np.average(a**power, weights=weight)
        assert sampled == pytest.approx(prior.moment(power), rel=0.03)


@pytest.mark.parametrize("name", ["adc", "multivariate_strong"])
def test_their_page_says_that_there_is_no_exact_density(name: str, results: Any) -> None:
    result = results(name)
    section = make_section(result, ())
    assert {line.error_mu for line in section.health} == {"no exact density"}
    assert section.equations == result.regime.equations
    page = render([section], {"seed": 1})
    assert "no exact density" in page
    assert "nan" not in page.lower().replace("nanother", "")
    written = section.verdict[0].startswith("There is no chart yet for the effects of this model")
    assert written is name.startswith("multivariate")


def test_agreement_is_about_fits_without_a_flag(results: Any) -> None:
    assert agreement(results("weak")) is None
    result = results("adc")
    apart = agreement(result)
    assert apart is not None
    # Independent draws of one distribution: six pairs, two quantities.
    assert apart < 5


def test_pictured_and_checked_of_components(results: Any) -> None:
    result = results("multivariate_strong")
    posterior = result.fits["informed"]["posterior"].to_dataset()
    drawn = result.draws["informed"]
    np.testing.assert_array_equal(drawn.theta, posterior["theta"][..., 0])
    np.testing.assert_array_equal(drawn.tau, posterior["covariance_stds"][..., 0])
    checked = result.regime.checked(posterior)
    assert set(checked.data_vars) == {"mu", "theta", "log_tau", "rho_ab", "rho_ac", "rho_bc"}
    names = [parameter.name for parameter in find_regimes("multivariate_weak")[0].others]
    assert names == ["ρ(a, b)", "ρ(a, c)", "ρ(b, c)"]
