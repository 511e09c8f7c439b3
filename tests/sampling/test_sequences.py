"""Sequences sampled in their chart, against quadrature over their scale and persistence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import arviz as az
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.sequence_models import NOISE, SEEN, STEPS, Y, autoregression, model_of, sum_of_products, walk

import unfunnel as uf

# Six comparisons a run with fixed seeds, as in test_truth.py.
MCSE = 5.0


def moments(rho: NDArray[Any] | None, first: float | None) -> dict[str, tuple[Any, Any]]:
    """Mean and standard deviation of log τ, ρ and every step; the steps are integrated out given τ and ρ.

    ρ is known to be 1, or uniform between -1 and 1; the first spread is that of the innovations where it is None, and
    the stationary one where ρ is not known.
    """
    points, weights = np.polynomial.legendre.leggauss(60)
    rhos, rho_weights = (np.ones(1), np.ones(1)) if rho is None else (points, weights)
    log_taus, tau_weights = -4.0 + 6.0 * points, weights
    total, sums = 0.0, {name: np.zeros((2, *shape)) for name, shape in (("log_tau", ()), ("rho", ()), ("x", (STEPS,)))}
    lag = np.subtract.outer(np.arange(STEPS), np.arange(STEPS))
    for r, of_rho in zip(rhos, rho_weights, strict=True):
        for log_tau, of_tau in zip(log_taus, tau_weights, strict=True):
            tau = np.exp(log_tau)
            spreads = np.full(STEPS, tau)
            spreads[0] = tau / np.sqrt(1.0 - r**2) if rho is not None else first or tau
            L = np.where(lag >= 0, r ** np.maximum(lag, 0), 0.0) * spreads
            covariance = L @ L.T
            gain = np.linalg.solve(covariance[np.ix_(SEEN, SEEN)] + NOISE**2 * np.eye(Y.size), covariance[SEEN])
            mean, variance = gain.T @ Y, np.diagonal(covariance - gain.T @ covariance[SEEN])
            of_data = covariance[np.ix_(SEEN, SEEN)] + NOISE**2 * np.eye(Y.size)
            _, log_determinant = np.linalg.slogdet(of_data)
            log_weight = -0.5 * (Y @ np.linalg.solve(of_data, Y) + log_determinant + tau**2) + log_tau
            mass = of_rho * of_tau * np.exp(log_weight)
            total += mass
            for name, at, squared in (
                ("log_tau", log_tau, log_tau**2),
                ("rho", r, r**2),
                ("x", mean, variance + mean**2),
            ):
                sums[name] += mass * np.array([at, squared])
    return {name: (one / total, np.sqrt(two / total - (one / total) ** 2)) for name, (one, two) in sums.items()}


@pytest.mark.sampling
@pytest.mark.parametrize(
    ("sequence", "parameterization"),
    [(walk, None), (walk, uf.Partial(0.5)), (sum_of_products, None), (autoregression, None)],
    ids=["a walk", "a fixed parameterization", "by hand", "an autoregression"],
)
def test_the_posterior_is_that_of_quadrature(sequence: Callable[[], Any], parameterization: Any) -> None:
    tree = uf.sample(model_of(sequence), random_seed=3, progressbar=False, parameterization=parameterization)
    posterior = tree["posterior"].to_dataset()
    truth = moments(np.zeros(0) if sequence is autoregression else None, 1.5 if sequence is walk else None)
    draws = posterior[["rho"]] if sequence is autoregression else posterior[[]]
    draws = draws.assign(log_tau=np.log(posterior["tau"]))
    x = (posterior["z"] * posterior["tau"]).cumsum("z_dim_0") if sequence is sum_of_products else posterior["x"]
    draws = draws.assign(x=x)
    for method, moment in (("mean", 0), ("sd", 1)):
        errors = az.mcse(draws, method=method)
        for name in draws:
            found = getattr(draws[name], {"mean": "mean", "sd": "std"}[method])(("chain", "draw")).values
            distance = np.abs(found - truth[str(name)][moment]) / errors[name].values
            assert np.max(distance) < MCSE, (name, method, distance)


@pytest.mark.sampling
def test_a_pilot_finds_exactly_what_normal_data_say() -> None:
    tree = uf.sample(model_of(walk), 50, random_seed=3, progressbar=False)
    group = tree["parameterization"]
    seen = np.bincount(SEEN, minlength=STEPS)
    np.testing.assert_allclose(group["x_H"].values.ravel(), seen / NOISE**2, rtol=1e-6, atol=1e-6)
    pulls = np.bincount(SEEN, weights=Y, minlength=STEPS) / NOISE**2
    np.testing.assert_allclose(group["x_h"].values.ravel(), pulls, rtol=1e-6, atol=1e-6)
    weight = group["x_weight"].values
    assert weight.shape == (STEPS,)
    assert ((weight > 0.0) & (weight < 1.0)).all()
    # Steps that are not seen are known from those about them, and the last two alike.
    assert weight[1] == weight.max()
