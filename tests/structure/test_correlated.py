"""Correlated effects are read as such, however they are written, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from tests.correlated_models import BY_HAND, CENTERED, GROUP, GROUPS, X, Y, by_hand, centered, from_parts, model_of
from tests.graphs import compiled

from unfunnel.errors import Reason
from unfunnel.structure import Anatomy, Role, Site, read

VALUES: dict[str, Any] = {
    "factor": np.array([1.5, 0.4, 0.6]),
    "sd": np.array([1.5, 0.7]),
    "correlation": np.array([[1.0, 0.0], [0.6, 0.8]]),
    "u": np.zeros((GROUPS, 2)),
    "z": np.zeros((GROUPS, 2)),
}


def sites_of(model: Any) -> dict[str, Site]:
    return {site.name: site for site in read(model)}


@pytest.mark.parametrize("columns", [True, False], ids=["one by one", "summed"])
@pytest.mark.parametrize("effects", [*CENTERED, *BY_HAND])
def test_every_way_of_writing_is_one_site(effects: Callable[[], Any], columns: bool) -> None:
    found = sites_of(model_of(effects, columns=columns))
    site = found["z" if effects in BY_HAND else "u"]
    scales = ("correlation", "sd") if "parts" in effects.__name__ else ("factor",)
    assert (site.role, site.components, site.correlated, site.scales) == (Role.EFFECT, 2, True, scales)
    assert site.by_hand == (effects in BY_HAND)
    assert site.locations == ()
    assert site.terms == ("y",)
    assert site.centeredness_shape == (GROUPS,)
    assert all(found[name].role is Role.SCALE for name in scales)


@pytest.mark.parametrize("effects", [*CENTERED, *BY_HAND])
def test_the_factor_is_that_of_the_covariance(effects: Callable[[], Any]) -> None:
    model = model_of(effects)
    anatomy, name = Anatomy(model), "z" if effects in BY_HAND else "u"
    location, factor = anatomy.reference(name)
    found, at, expected = compiled(
        model.free_RVs, [factor.astype("float64"), location.astype("float64"), _covariance(model)]
    )(*(VALUES[rv.name] for rv in model.free_RVs))
    assert not at.any()
    assert found[0, 1] == 0.0
    np.testing.assert_allclose(found @ found.T, expected, rtol=1e-12)


def a_sign() -> Any:
    return pm.Normal("slope", 0, 1, shape=2)


def a_scale_by_group() -> Any:
    return pm.HalfNormal("by_group", 1, shape=(GROUPS, 1))


@pytest.mark.parametrize("other", [a_sign, a_scale_by_group])
def test_what_is_no_deviation_of_the_effects_is_not_taken_for_one(other: Callable[[], Any]) -> None:
    with pm.Model() as model:
        factor = pm.LKJCholeskyCov("factor", n=2, eta=2, sd_dist=pm.HalfNormal.dist(1.0, shape=2))[0]
        u = (pm.Normal("z", 0, 1, shape=(GROUPS, 2)) @ factor.T) * other()
        pm.Normal("y", (u[GROUP] * X).sum(-1), 1.0, observed=Y)
    site = sites_of(model)["z"]
    assert (site.by_hand, site.correlated, site.scales) == (True, True, ("factor",))


def _covariance(model: Any) -> Any:
    if "factor" in model.named_vars:
        factor = pm.math.expand_packed_triangular(2, model["factor"])
    else:
        factor = model["sd"][:, None] * model["correlation"]
    return factor @ factor.T


@pytest.mark.parametrize("effects", [centered, by_hand])
def test_a_location_is_read_without_what_it_was_broadcast_to(effects: Callable[[], Any]) -> None:
    with pm.Model(coords={"group": range(GROUPS), "effect": range(2)}) as model:
        mu = pm.Normal("mu", 0, 1, dims="effect")
        factor = pm.LKJCholeskyCov("factor", n=2, eta=2, sd_dist=pm.HalfNormal.dist(1.0, shape=2))[0]
        if effects is centered:
            u = pm.MvNormal("u", mu, chol=factor, dims=("group", "effect"))
        else:
            u = mu + pm.Normal("u", 0, 1, dims=("group", "effect")) @ factor.T
        pm.Normal("y", (u[GROUP] * X).sum(-1), 1.0, observed=Y)
    found = sites_of(model)
    assert (found["u"].locations, found["u"].affine_in, found["u"].scales) == (("mu",), ("mu",), ("factor",))
    assert found["mu"].role is Role.SHARED


@pytest.mark.parametrize("given", [{"cov": np.diag([1.0, 2.0])}, {"tau": np.eye(2)}, {"chol": np.eye(2)}])
def test_a_covariance_of_numbers(given: dict[str, Any]) -> None:
    with pm.Model() as model:
        u = pm.MvNormal("u", pm.Normal("mu", 0, 1, shape=2), **given, shape=(GROUPS, 2))
        pm.Normal("y", (u[GROUP] * X).sum(-1), 1.0, observed=Y)
    site = sites_of(model)["u"]
    assert (site.role, site.correlated, site.locations, site.scales) == (Role.EFFECT, True, ("mu",), ())


def test_effects_picked_by_one_index_have_one_grouping() -> None:
    with pm.Model() as model:
        u = pm.MvNormal("u", 0, cov=pm.HalfNormal("s", 1) * np.eye(2), shape=(GROUPS, 2))
        v = pm.Normal("v", 0, pm.HalfNormal("t", 1), shape=GROUPS)
        w = pm.Normal("w", 0, pm.HalfNormal("r", 1), shape=(GROUPS, 2))
        mean = u[GROUP, 0] + u[:, 1][GROUP] * X[:, 1] + v[GROUP] + (w[GROUP] * X).sum(-1)
        pm.Normal("y", mean, 1.0, observed=Y)
    found = sites_of(model)
    assert found["u"].grouping == found["v"].grouping == found["w"].grouping != ""


def picked_one_by_one(u: Any) -> Any:
    return u[GROUP, 0] + u[GROUP, 1] * X[:, 1]


def summed(u: Any) -> Any:
    return (u[GROUP] * X).sum(axis=-1)


def dotted(u: Any) -> Any:
    return pt.dot(u, np.array([1.0, -1.0]))[GROUP]


def crossed(u: Any) -> Any:
    return u[GROUP, np.arange(GROUP.size) % 2]


def element_by_element(u: Any) -> Any:
    return u[:, :]


@pytest.mark.parametrize(
    ("mean", "components"), [(picked_one_by_one, 2), (summed, 2), (dotted, 2), (crossed, 1), (element_by_element, 1)]
)
def test_columns_are_effects_where_they_are_used_so(mean: Callable[[Any], Any], components: int) -> None:
    with pm.Model() as model:
        u = pm.Normal("u", 0, pm.HalfNormal("tau", 1, shape=2), shape=(GROUPS, 2))
        expected = mean(u)
        observed = Y if expected.type.ndim == 1 else np.zeros((GROUPS, 2))
        pm.Normal("y", expected, 1.0, observed=observed)
    site = sites_of(model)["u"]
    assert (site.role, site.components, site.correlated) == (Role.EFFECT, components, False)


def upper() -> Any:
    return np.array([[1.0, 0.5], [0.0, 1.0]])


def of_unknown_sign() -> Any:
    return pt.diag(pm.Normal("s", 0, 1, shape=2))


@pytest.mark.parametrize("matrix", [upper, of_unknown_sign])
def test_a_matrix_that_is_no_factor_makes_no_effect(matrix: Callable[[], Any]) -> None:
    with pm.Model() as model:
        z = pm.Normal("z", 0, 1, shape=(GROUPS, 2))
        pm.Normal("y", ((z @ pt.as_tensor(matrix()).T)[GROUP] * X).sum(-1), 1.0, observed=Y)
    assert not sites_of(model)["z"].by_hand


def test_a_standardised_matrix_that_is_used_elsewhere_too_makes_no_effect() -> None:
    with pm.Model() as model:
        z = pm.Normal("z", 0, 1, shape=(GROUPS, 2))
        factor = pm.LKJCholeskyCov("factor", n=2, eta=2, sd_dist=pm.HalfNormal.dist(1.0, shape=2))[0]
        pm.Normal("y", ((z @ factor.T)[GROUP] * X).sum(-1) + z[GROUP, 0], 1.0, observed=Y)
    assert not sites_of(model)["z"].by_hand


def test_a_transform_of_the_authors_own_is_respected() -> None:
    with pm.Model() as model:
        u = pm.MvNormal("u", 0, chol=_untransformed(), shape=(GROUPS, 2))
        pm.Normal("y", (u[GROUP] * X).sum(-1), 1.0, observed=Y)
    assert sites_of(model)["factor"].reason is Reason.USER_TRANSFORM


def _untransformed() -> Any:
    prior = pm.HalfNormal.dist(1.0, shape=2)
    return pm.LKJCholeskyCov("factor", n=2, eta=2, sd_dist=prior, default_transform=None)[0]


def test_a_factor_of_a_correlation_has_no_chart_yet() -> None:
    assert sites_of(model_of(from_parts))["correlation"].reason is Reason.NO_SCALE_CHART
