"""On what the coefficients of variables in the likelihood depend."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pymc as pm
import pytest
from tests.models import CASES

from unfunnel.structure import Anatomy, coefficient_parents

X = np.arange(6.0)


def latent_gaussian_process() -> None:
    length, amplitude = pm.InverseGamma("length", 5, 5), pm.HalfNormal("amplitude", 1)
    process = pm.gp.Latent(cov_func=amplitude**2 * pm.gp.cov.ExpQuad(1, ls=length))
    f = process.prior("f", X=X[:, None])
    pm.Poisson("y", pm.math.exp(f + pm.Normal("mu")), observed=np.arange(6))


def product_of_variables() -> None:
    latent, slope = pm.Normal("latent", 0, 1, shape=6), pm.Normal("slope")
    pm.Normal("y", 1.0 + (slope * latent)[::-1] - pm.Normal("mu"), 1.0, observed=X)


def linear_predictor() -> None:
    u = pm.Normal("u", pm.Normal("mu"), pm.HalfNormal("tau"), shape=3)
    eta = u[np.array([0, 0, 1, 1, 2, 2])] + pm.math.dot(np.ones((6, 2)), pm.Normal("b", shape=2)) / 3
    pm.NegativeBinomial("y", mu=pm.math.exp(eta), alpha=pm.HalfNormal("alpha"), observed=np.arange(6))


@pytest.mark.parametrize(
    ("define", "name", "parents"),
    [
        (latent_gaussian_process, "f_rotated_", ("amplitude", "length")),
        (latent_gaussian_process, "mu", ()),
        (product_of_variables, "slope", ("latent",)),
        (product_of_variables, "latent", ("slope",)),
        (product_of_variables, "mu", ()),
        *((linear_predictor, name, ()) for name in ("u", "mu", "b")),
    ],
)
def test_parents(define: Callable[[], None], name: str, parents: tuple[str, ...]) -> None:
    with pm.Model() as model:
        define()
    assert coefficient_parents(Anatomy(model), name) == parents


@pytest.mark.parametrize("name", ["fixed_by_hand", "location_by_hand", "siblings", "noncentered_by_hand"])
def test_the_scale_of_an_effect_by_hand_is_none(name: str) -> None:
    anatomy = Anatomy(CASES[name].build())
    assert all(coefficient_parents(anatomy, effect) == () for effect in CASES[name].effects)
