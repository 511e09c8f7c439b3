"""Models of correlated effects, one posterior written in many ways, and its moments by quadrature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GROUPS, NOISE, ETA, WIDTH = 6, 0.5, 2.0, 1.5
_rng = np.random.default_rng(8)
GROUP = np.repeat(np.arange(GROUPS), [2, 3, 3, 4, 10, 30])
X = np.column_stack([np.ones(GROUP.size), _rng.normal(size=GROUP.size)])
_TRUE = _rng.normal(size=(GROUPS, 2)) @ np.array([[1.0, 0.0], [0.5, 0.8]]).T * [1.0, 0.6]
Y = _rng.normal((_TRUE[GROUP] * X).sum(1), NOISE)


def _factor() -> Any:
    prior = pm.HalfNormal.dist(WIDTH, shape=2)
    factor, correlation, deviations = pm.LKJCholeskyCov("factor", n=2, eta=ETA, sd_dist=prior, store_in_trace=False)
    pm.Deterministic("sd", deviations)
    pm.Deterministic("rho", correlation[0, 1])
    return factor


def _parts() -> Any:
    """Standard deviations times the factor of a correlation, which has the same prior."""
    sd, correlation = pm.HalfNormal("sd", WIDTH, shape=2), pm.LKJCorr("correlation", n=2, eta=ETA)
    pm.Deterministic("rho", correlation[1, 0])
    return sd, correlation


def _z(*dims: str) -> Any:
    return pm.Normal("z", 0.0, 1.0, dims=dims or ("group", "effect"))


def centered() -> Any:
    return pm.MvNormal("u", 0.0, chol=_factor(), dims=("group", "effect"))


def from_packed() -> Any:
    packed = pm.LKJCholeskyCov("factor", n=2, eta=ETA, sd_dist=pm.HalfNormal.dist(WIDTH, shape=2), compute_corr=False)
    return pm.MvNormal("u", np.zeros(2), chol=pm.math.expand_packed_triangular(2, packed), dims=("group", "effect"))


def from_covariance() -> Any:
    factor = _factor()
    return pm.MvNormal("u", 0.0, cov=factor @ factor.T, dims=("group", "effect"))


def from_parts() -> Any:
    sd, correlation = _parts()
    return pm.MvNormal("u", 0.0, chol=pt.diag(sd) @ correlation, dims=("group", "effect"))


def by_hand() -> Any:
    return pm.Deterministic("u", _z() @ _factor().T, dims=("group", "effect"))


def by_hand_dot() -> Any:
    return pm.Deterministic("u", pt.dot(_factor(), _z().T).T, dims=("group", "effect"))


def by_hand_columns() -> Any:
    """Z has a column for each group."""
    return pm.Deterministic("u", (_factor() @ _z("effect", "group")).T, dims=("group", "effect"))


def by_hand_from_parts() -> Any:
    sd, correlation = _parts()
    return _z() @ (sd[:, None] * correlation).T


def by_hand_parts_after() -> Any:
    sd, correlation = _parts()
    return pm.Deterministic("u", sd * (_z() @ correlation.T), dims=("group", "effect"))


def by_hand_parts_in_columns() -> Any:
    """Z has a column for each group, and the product is divided by precisions before it is turned."""
    sd, correlation = _parts()
    return pm.Deterministic("u", ((correlation @ _z("effect", "group")) / (1.0 / sd)[:, None]).T)


def columns() -> Any:
    """Effects that are independent in the prior, as the columns of one variable."""
    return pm.Normal("u", 0.0, pm.HalfNormal("sd", WIDTH, shape=2), dims=("group", "effect"))


def by_hand_scaled_columns() -> Any:
    return pm.Deterministic("u", pm.HalfNormal("sd", WIDTH, shape=2) * _z())


def fixed() -> Any:
    """A covariance without anything unknown, and unknown means, so that it is an effect."""
    mu = pm.Normal("mu", 0.0, 2.0, dims="effect")
    return pm.MvNormal("u", mu, cov=np.array([[1.0, 0.3], [0.3, 0.5]]), dims=("group", "effect"))


def fixed_prior() -> Any:
    """Nothing unknown but one mean, which the data do not touch otherwise."""
    return pm.MvNormal(
        "u", pm.Normal("mu", 0.0, 1e-6), cov=np.array([[1.0, 0.3], [0.3, 0.5]]), dims=("group", "effect")
    )


def of_each_group() -> Any:
    """A covariance of its own for each group."""
    mu, sd = pm.Normal("mu", 0.0, 2.0, dims="effect"), pm.HalfNormal("sd", WIDTH, shape=2)
    unit = np.linalg.cholesky(np.array([[1.0, 0.3], [0.3, 0.5]]))
    factors = (sd[:, None] * unit)[None] * np.linspace(0.5, 2.0, GROUPS)[:, None, None]
    return pm.MvNormal("u", mu, chol=factors, dims=("group", "effect"))


def _of_many(effects: int) -> Any:
    prior = pm.HalfNormal.dist(WIDTH, shape=effects)
    factor, _, _ = pm.LKJCholeskyCov("factor", n=effects, eta=ETA, sd_dist=prior, store_in_trace=False)
    return pm.MvNormal("u", pm.Normal("mu", 0.0, 2.0, shape=effects), chol=factor, shape=(GROUPS, effects))


def three_effects() -> Any:
    return _of_many(3)


def ten_effects() -> Any:
    """More than are eliminated unasked."""
    return _of_many(10)


def ten_by_hand() -> Any:
    prior = pm.HalfNormal.dist(WIDTH, shape=10)
    factor, _, _ = pm.LKJCholeskyCov("factor", n=10, eta=ETA, sd_dist=prior, store_in_trace=False)
    return pm.Normal("mu", 0.0, 2.0, shape=10) + pm.Normal("z", shape=(GROUPS, 10)) @ factor.T


def ten_with_a_known_covariance() -> Any:
    """Known means too, or next to: their posterior is a normal one."""
    covariance = np.eye(10) + 0.5
    return pm.MvNormal("u", pm.Normal("mu", 0.0, 1e-6), cov=covariance, shape=(GROUPS, 10))


MANY: tuple[Callable[[], Any], ...] = (ten_effects, ten_by_hand)
INDEPENDENT: tuple[Callable[[], Any], ...] = (columns, by_hand_scaled_columns)
OTHERS: tuple[Callable[[], Any], ...] = (fixed, of_each_group)
CENTERED: tuple[Callable[[], Any], ...] = (centered, from_packed, from_covariance, from_parts)
BY_HAND: tuple[Callable[[], Any], ...] = (
    by_hand,
    by_hand_dot,
    by_hand_columns,
    by_hand_from_parts,
    by_hand_parts_after,
    by_hand_parts_in_columns,
)


def design(effects: int) -> Floats:
    """What the effects of a group are multiplied by, row by row: from the third on waves."""
    return np.column_stack([X, *(np.cos(j * X[:, 1]) for j in range(2, effects))])


def model_of(effects: Callable[[], Any], *, columns: bool = True) -> Any:
    """A line for each group, the columns of its effects picked one by one or added up at once."""
    with pm.Model(coords={"group": np.arange(GROUPS), "effect": ["intercept", "slope"]}) as model:
        u = effects()
        mean = u[GROUP, 0] + u[GROUP, 1] * X[:, 1] if columns else (u[GROUP] * X).sum(axis=-1)
        for j in range(2, u.type.shape[-1] or 2):
            mean = mean + u[GROUP, j] * design(j + 1)[:, j]
        pm.Normal("y", mean, NOISE, observed=Y)
    return model


def moments(nodes: int = 48, *, correlated: bool = True) -> dict[str, tuple[Floats, Floats]]:
    """Mean and standard deviation of log standard deviations and correlation, by Gauss-Legendre quadrature.

    Given them, the data of a group are normal: the effects are integrated out. Without a correlation, it is zero.
    """
    points, weights = np.polynomial.legendre.leggauss(nodes)
    logs, log_weights = -2.0 + 3.5 * points, 3.5 * weights
    angles, angle_weights = (4.0 * points, 4.0 * weights) if correlated else (np.zeros(1), np.ones(1))
    first, second, z = np.meshgrid(logs, logs, angles, indexing="ij")
    weight = log_weights[:, None, None] * log_weights[None, :, None] * angle_weights[None, None, :]
    deviations, rho = np.exp(np.stack([first, second], -1)), np.tanh(z)
    # Priors with their Jacobians: half-normal in the logarithm, LKJ in Fisher's z.
    log_density = (-0.5 * np.square(deviations / WIDTH)).sum(-1) + first + second + ETA * np.log1p(-(rho**2))
    covariance = np.empty((*rho.shape, 2, 2))
    covariance[..., 0, 0], covariance[..., 1, 1] = np.square(deviations[..., 0]), np.square(deviations[..., 1])
    covariance[..., 0, 1] = covariance[..., 1, 0] = rho * deviations.prod(-1)
    for group in range(GROUPS):
        log_density += _marginal(X[group == GROUP], Y[group == GROUP], covariance)
    mass = weight * np.exp(log_density - log_density.max())
    return {
        "log_sd": _mean_and_sd(np.log(deviations), mass[..., None]),
        "rho": _mean_and_sd(rho, mass),
    }


def _marginal(x: Floats, y: Floats, covariance: Floats) -> Floats:
    """Log density of a group's data, up to a constant."""
    information, score = x.T @ x / NOISE**2, x.T @ y / NOISE**2
    inner = np.eye(2) + covariance @ information
    explained = np.einsum("i,...i->...", score, np.linalg.solve(inner, (covariance @ score)[..., None])[..., 0])
    found: Floats = 0.5 * explained - 0.5 * np.log(np.linalg.det(inner))
    return found


def _mean_and_sd(values: Floats, mass: Floats) -> tuple[Floats, Floats]:
    axes, total = (0, 1, 2), mass.sum()
    mean = (values * mass).sum(axes) / total
    return mean, np.sqrt((np.square(values - mean) * mass).sum(axes) / total)
