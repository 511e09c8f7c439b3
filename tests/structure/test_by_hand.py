"""An effect that its author wrote non-centered is recognised where it is one, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytest

from unfunnel.structure import Anatomy, Role, Site, read

INDEX = np.array([0, 1, 1, 2])
Y = np.arange(4.0)


def sites(define: Callable[[], None]) -> dict[str, Site]:
    with pm.Model() as model:
        define()
    return {site.name: site for site in read(model)}


def _z(**shape: Any) -> tuple[Any, Any]:
    return pm.HalfNormal("tau", 1), pm.Normal("z", 0, 1, **(shape or {"shape": 3}))


def _observe(mean: Any) -> None:
    pm.Normal("y", mean, 1.0, observed=Y)


def product() -> None:
    tau, z = _z()
    _observe((tau * z)[INDEX])


def index_first() -> None:
    tau, z = _z()
    _observe(1.0 + z[INDEX] * tau)


def named_twice() -> None:
    tau, z = _z()
    _observe(pm.Deterministic("theta", 2.0 + pm.Deterministic("u", tau * z))[INDEX])


def used_in_two_terms() -> None:
    tau, z = _z()
    u = tau * z
    _observe(u[INDEX])
    pm.Normal("more", u, 1.0, observed=[1.0, 2.0, 3.0])


def the_same_product_twice() -> None:
    tau, z = _z()
    _observe((tau * z)[INDEX] + (tau * z)[::-1][INDEX])


def scale_of_three_factors() -> None:
    tau, z = _z()
    _observe((tau * np.array([1.0, 2.0, 3.0]) * z)[INDEX])


def scale_by_group() -> None:
    tau = pm.HalfNormal("tau", 1, shape=2)
    _observe((tau[np.array([0, 0, 1])] * pm.Normal("z", 0, 1, shape=3))[INDEX])


def exponential_scale() -> None:
    log_tau, z = pm.Normal("log_tau"), pm.Normal("z", 0, 1, shape=3)
    _observe((pm.math.exp(log_tau) * z)[INDEX])


def variance() -> None:
    variance, z = pm.Exponential("variance", 1), pm.Normal("z", 0, 1, shape=3)
    _observe((pm.math.sqrt(variance) * z)[INDEX])


def uniform_scale() -> None:
    tau, z = pm.Uniform("tau", 0, 10), pm.Normal("z", 0, 1, shape=3)
    _observe((tau * z)[INDEX])


def uniform_scale_above_zero() -> None:
    tau, z = pm.Uniform("tau", np.array([0.5, 1.0, 2.0]), 10), pm.Normal("z", 0, 1, shape=3)
    _observe((tau * z)[INDEX])


def truncated_scale() -> None:
    tau, z = pm.TruncatedNormal("tau", 0, 1, lower=0), pm.Normal("z", 0, 1, shape=3)
    _observe((tau * z)[INDEX])


def share_of_a_scale() -> None:
    share, z = pm.Beta("share", 2, 2), pm.Normal("z", 0, 1, shape=3)
    _observe((3.0 * pm.math.sqrt(share) * z)[INDEX] + share)


def divided() -> None:
    tau, z = _z()
    _observe((z / tau)[INDEX])


def precision() -> None:
    precision, z = pm.Gamma("precision", 2, 2), pm.Normal("z", 0, 1, shape=3)
    _observe((z / pm.math.sqrt(precision))[INDEX])


def power_of_a_precision() -> None:
    precision, z = pm.Gamma("precision", 2, 2), pm.Normal("z", 0, 1, shape=3)
    _observe((z * precision**-0.5)[INDEX])


def number_first() -> None:
    tau, z = _z()
    _observe((2.0 * z * tau)[INDEX])


def index_and_number_first() -> None:
    tau, z = _z()
    _observe(2.0 * z[INDEX] * tau)


def shrunk_logistically() -> None:
    slope, z = pm.Normal("slope"), pm.Normal("z", 0, 1, shape=3)
    _observe((pm.math.sigmoid(slope) * z)[INDEX])


def kept_from_zero() -> None:
    tau, z = _z()
    _observe((pm.math.maximum(tau, 0.01) * z)[INDEX])


RECOGNISED = [
    product,
    index_first,
    named_twice,
    used_in_two_terms,
    the_same_product_twice,
    scale_of_three_factors,
    scale_by_group,
    exponential_scale,
    variance,
    uniform_scale,
    uniform_scale_above_zero,
    truncated_scale,
    share_of_a_scale,
    divided,
    precision,
    power_of_a_precision,
    number_first,
    index_and_number_first,
    shrunk_logistically,
    kept_from_zero,
]


@pytest.mark.parametrize("define", RECOGNISED, ids=lambda define: define.__name__)
def test_recognised(define: Callable[[], None]) -> None:
    found = sites(define)
    assert found["z"].by_hand
    assert found["z"].role is Role.EFFECT
    (scale,) = found["z"].scales
    assert found[scale].role is Role.SCALE


def in_one_product() -> None:
    tau, lam, z = _horseshoe()
    _observe((tau * lam * z)[INDEX])


def one_after_the_other() -> None:
    tau, lam, z = _horseshoe()
    _observe((z * tau * lam)[INDEX])


def on_both_sides() -> None:
    tau, lam, z = _horseshoe()
    _observe((tau * z * lam)[INDEX])


def named_in_between() -> None:
    tau, lam, z = _horseshoe()
    _observe((pm.Deterministic("u", tau * z) * lam)[INDEX])


def with_a_location() -> None:
    tau, lam, z = _horseshoe()
    _observe(pm.Deterministic("u", 2.0 + z * tau / lam)[INDEX])


def stacked() -> None:
    tau, lam = pm.HalfNormal("tau", 1), pm.HalfNormal("lam", 1)
    _observe((pm.Normal("z", 0, 1, shape=3) * pm.math.stack([tau, lam])[np.array([0, 0, 1])])[INDEX])


def _horseshoe() -> tuple[Any, Any, Any]:
    return pm.HalfNormal("tau", 1), pm.HalfNormal("lam", 1, shape=3), pm.Normal("z", 0, 1, shape=3)


OF_TWO_SCALES = [
    in_one_product,
    one_after_the_other,
    on_both_sides,
    named_in_between,
    with_a_location,
    stacked,
]


@pytest.mark.parametrize("define", OF_TWO_SCALES, ids=lambda define: define.__name__)
def test_all_factors_are_scales_in_whatever_order(define: Callable[[], None]) -> None:
    found = sites(define)
    assert found["z"].by_hand
    assert found["z"].scales == ("lam", "tau")


def test_the_effect_is_the_product_with_all_its_factors() -> None:
    with pm.Model() as model:
        one_after_the_other()
    location, scale = Anatomy(model).reference("z")
    values = {model["tau"]: np.asarray(0.5), model["lam"]: np.array([1.0, 2.0, 3.0])}
    np.testing.assert_array_equal(scale.eval(values), [0.5, 1.0, 1.5])
    assert location.eval() == 0.0
    (effect,) = Anatomy(model).outputs("z")
    values[model["z"]] = np.array([1.0, -1.0, 2.0])
    np.testing.assert_array_equal(effect.eval(values), [0.5, -1.0, 3.0])


def test_a_factor_is_none_of_an_effect_that_is_also_used_without_it() -> None:
    """A loading of the second measurement alone."""

    def define() -> None:
        tau, z = _z()
        u = tau * z
        _observe(u[INDEX])
        pm.Normal("more", pm.HalfNormal("loading", 1) * u, 1.0, observed=[1.0, 2.0, 3.0])

    assert sites(define)["z"].scales == ("tau",)


def test_a_factor_with_a_dim_of_its_own_is_no_scale() -> None:
    """Abilities of persons times discriminations of items."""

    def define() -> None:
        tau, z = _z()
        discrimination = pm.LogNormal("discrimination", 0, 1, shape=(2, 1))
        pm.Normal("y", discrimination * (tau * z), 1.0, observed=np.ones((2, 3)))

    assert sites(define)["z"].scales == ("tau",)


def used_elsewhere() -> None:
    tau, z = _z()
    _observe((tau * z)[INDEX] + z[INDEX])


def used_by_a_potential() -> None:
    tau, z = _z()
    _observe((tau * z)[INDEX])
    pm.Potential("more", -(z**2).sum())


def negative_scale() -> None:
    slope, z = pm.Normal("slope"), pm.Normal("z", 0, 1, shape=3)
    _observe((slope * z)[INDEX])


def uniform_on_both_sides() -> None:
    slope, z = pm.Uniform("slope", -1, 1), pm.Normal("z", 0, 1, shape=3)
    _observe((slope * z)[INDEX])


def truncated_above_only() -> None:
    slope, z = pm.TruncatedNormal("slope", 0, 1, upper=2), pm.Normal("z", 0, 1, shape=3)
    _observe((slope * z)[INDEX])


def on_the_line_without_a_transform() -> None:
    slope, z = pm.Uniform("slope", 0, 1, default_transform=None), pm.Normal("z", 0, 1, shape=3)
    _observe((slope * z)[INDEX])


def two_scales() -> None:
    tau, z = _z()
    _observe((tau * z)[INDEX] + (pm.HalfNormal("other", 1) * z)[INDEX])


def scale_that_is_a_number() -> None:
    z = pm.Normal("z", 0, 1, shape=3)
    pm.HalfNormal("tau", 1)
    _observe((2.0 * z)[INDEX])


def location_that_is_not_zero() -> None:
    tau, z = pm.HalfNormal("tau", 1), pm.Normal("z", 1.0, 1, shape=3)
    _observe((tau * z)[INDEX])


def prior_scale_that_is_free() -> None:
    tau, z = pm.HalfNormal("tau", 1), pm.Normal("z", 0, pm.HalfNormal("own", 1), shape=3)
    _observe((tau * z)[INDEX])


def scalar() -> None:
    tau, z = _z(shape=())
    _observe(tau * z)


def scale_by_observation() -> None:
    """After indexing, scales that differ within a group are none of its element."""
    taus, z = pm.HalfNormal("tau", 1, shape=4), pm.Normal("z", 0, 1, shape=3)
    _observe(taus * z[INDEX])


def divisor() -> None:
    tau, z = _z()
    _observe((tau / z)[INDEX])


def signed_factor_after_a_scale() -> None:
    """The loading is no scale, so that the effect is the product before it."""
    tau, z = _z()
    _observe((tau * z * z)[INDEX])


def number_that_is_not_positive() -> None:
    tau, z = _z()
    _observe((np.array([1.0, -1.0, 0.0]) * z * tau)[INDEX])


def known_factor_by_observation() -> None:
    tau, z = _z()
    _observe(np.array([1.0, 2.0, 3.0, 4.0]) * z[INDEX] * tau)


REFUSED = [
    used_elsewhere,
    used_by_a_potential,
    negative_scale,
    uniform_on_both_sides,
    truncated_above_only,
    on_the_line_without_a_transform,
    two_scales,
    scale_that_is_a_number,
    location_that_is_not_zero,
    prior_scale_that_is_free,
    scalar,
    scale_by_observation,
    divisor,
    signed_factor_after_a_scale,
    number_that_is_not_positive,
    known_factor_by_observation,
]


@pytest.mark.parametrize("define", REFUSED, ids=lambda define: define.__name__)
def test_refused(define: Callable[[], None]) -> None:
    assert not sites(define)["z"].by_hand


def test_the_prior_scale_of_z_is_part_of_the_scale() -> None:
    def define() -> None:
        tau, z = pm.HalfNormal("tau", 1), pm.Normal("z", 0, 2.0, shape=3)
        _observe((tau * z)[INDEX])

    assert sites(define)["z"].by_hand


def test_a_location_added_after_indexing_is_not_one() -> None:
    """It may differ from observation to observation; it shares the data instead."""

    def define() -> None:
        tau, z = _z()
        _observe(pm.Normal("b") + (tau * z)[INDEX])

    found = sites(define)
    assert found["z"].locations == ()
    assert found["b"].role is Role.SHARED


def test_crossed_factors_of_one_length_that_are_indexed_first_are_no_siblings() -> None:
    def define() -> None:
        a, b = pm.Normal("a", 0, 1, shape=3), pm.Normal("b", 0, 1, shape=3)
        _observe(a[INDEX] * pm.HalfNormal("s") + b[INDEX[::-1]] * pm.HalfNormal("t"))

    found = sites(define)
    assert found["a"].by_hand
    assert found["b"].by_hand
    assert found["a"].grouping != found["b"].grouping
