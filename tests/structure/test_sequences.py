"""Random walks and autoregressions are read as sequences, however they are written, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from tests.graphs import compiled
from tests.sequence_models import (
    BY_HAND,
    OF_PYMC,
    STEPS,
    autoregression,
    autoregression_from_a_mean,
    model_of,
    product_of_sum,
    series,
    sum_after_a_first,
    walk,
    walk_with_drift,
)

from unfunnel.errors import Reason
from unfunnel.structure import Anatomy, Role, Site, read


def sites_of(model: Any) -> dict[str, Site]:
    return {site.name: site for site in read(model)}


@pytest.mark.parametrize("sequence", [*OF_PYMC, *BY_HAND])
def test_every_way_of_writing_is_one_site(sequence: Callable[[], Any]) -> None:
    found = sites_of(model_of(sequence))
    site = found["z" if sequence in BY_HAND else "x"]
    assert (site.role, site.sequential, site.components, site.joint) == (Role.EFFECT, True, 1, True)
    assert site.by_hand == (sequence in BY_HAND)
    assert site.shape == {series: (2, STEPS), sum_after_a_first: (STEPS - 1,)}.get(sequence, (STEPS,))
    assert "tau" in site.scales
    assert site.terms == ("y",)
    assert found["tau"].role is Role.SCALE


@pytest.mark.parametrize(
    ("sequence", "locations"),
    [
        (walk, ()),
        (walk_with_drift, ("drift", "start")),
        (autoregression, ()),
        (autoregression_from_a_mean, ("start",)),
        (product_of_sum, ("level",)),
        (sum_after_a_first, ("first",)),
    ],
)
def test_what_its_location_is_made_of_is_shared(sequence: Callable[[], Any], locations: tuple[str, ...]) -> None:
    found = sites_of(model_of(sequence))
    site = found["z" if sequence in BY_HAND else "x"]
    assert site.locations == site.affine_in == locations
    assert all(found[name].role is Role.SHARED for name in locations)


def test_persistence_is_a_scale_that_keeps_its_coordinates() -> None:
    site = sites_of(model_of(autoregression))["rho"]
    assert (site.role, site.reason) == (Role.SCALE, Reason.NO_SCALE_CHART)


def test_location_and_scale() -> None:
    model = model_of(walk_with_drift)
    location, scale = compiled(model.free_RVs, Anatomy(model).reference("x"))(2.0, 1.0, 0.5, 0.3, np.zeros(STEPS))
    np.testing.assert_allclose(location, 1.0 + 2.0 * np.arange(STEPS))
    np.testing.assert_allclose(scale, [0.5, 0.3, 1.0])
    model = model_of(product_of_sum)
    _, scale = compiled(model.free_RVs, Anatomy(model).reference("z"))(np.zeros(STEPS), 1.0, 0.3)
    np.testing.assert_allclose(scale, [0.15, 0.15, 1.0])


def student_innovations() -> Any:
    first, tau = pm.Normal.dist(0.0, 1.0), pm.HalfNormal("tau")
    return pm.RandomWalk("x", init_dist=first, innovation_dist=pm.StudentT.dist(4, sigma=tau), steps=7)


def uniform_start() -> Any:
    return pm.GaussianRandomWalk("x", sigma=pm.HalfNormal("tau"), init_dist=pm.Uniform.dist(0, 1), steps=7)


def second_order() -> Any:
    return pm.AR("x", rho=[0.5, 0.2], sigma=pm.HalfNormal("tau"), init_dist=pm.Normal.dist(0, 1), steps=6)


def with_a_constant() -> Any:
    first = pm.Normal.dist(0, 1)
    return pm.AR("x", rho=[1.0, 0.5], sigma=pm.HalfNormal("tau"), init_dist=first, constant=True, steps=7)


@pytest.mark.parametrize("sequence", [student_innovations, uniform_start, second_order, with_a_constant])
def test_other_sequences_stay_as_written(sequence: Callable[[], Any]) -> None:
    site = sites_of(model_of(sequence))["x"]
    assert (site.reason, site.sequential) == (Reason.NO_REFERENCE, False)


def used_beside_its_sum() -> Any:
    z = pm.Normal("z", 0.0, 1.0, shape=8)
    return z + pt.cumsum(pm.HalfNormal("tau") * z)


def spread_by_step() -> Any:
    return pt.cumsum(pm.HalfNormal("tau", shape=8) * pm.Normal("z", 0.0, 1.0, shape=8))


def along_the_series() -> Any:
    return pt.cumsum(pm.HalfNormal("tau") * pm.Normal("z", 0.0, 1.0, shape=(8, 2)), axis=0)[:, 0]


def known_spread() -> Any:
    return pm.HalfNormal("tau") + pt.cumsum(pm.Normal("z", 0.0, 1.0, shape=8))


@pytest.mark.parametrize("sequence", [used_beside_its_sum, spread_by_step, along_the_series, known_spread])
def test_sums_of_another_kind_are_no_sequences(sequence: Callable[[], Any]) -> None:
    assert not sites_of(model_of(sequence))["z"].sequential
