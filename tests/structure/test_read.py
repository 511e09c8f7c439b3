from __future__ import annotations

import pytest
from tests.graphs import compiled
from tests.models import CASES, Case

from unfunnel.structure import Role, read

TABLE = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@TABLE
def test_every_free_variable_is_read_in_order_with_its_role(case: Case) -> None:
    assert {site.name: site.role for site in read(case.build())} == dict(case.roles)
    assert [site.name for site in read(case.build())] == list(case.roles)


@TABLE
def test_means_scales_and_reasons(case: Case) -> None:
    sites = read(case.build())
    assert {site.name: site.mean for site in sites if site.mean} == dict(case.means)
    assert {site.name: site.scales for site in sites if site.role is Role.EFFECT and site.scales} == dict(case.scales)
    assert {site.name: site.reason for site in sites if site.reason} == dict(case.reasons)


@TABLE
def test_names_dims_and_shapes_are_the_models(case: Case) -> None:
    model = case.build()
    shapes = compiled([], [rv.shape for rv in model.free_RVs])()
    for site, shape in zip(read(model), shapes, strict=True):
        assert site.shape == tuple(shape)
        assert site.dims == (model.named_vars_to_dims.get(site.name) or (None,) * len(site.shape))


@TABLE
def test_reading_changes_nothing_and_is_repeatable(case: Case) -> None:
    model = case.build()
    before = (list(model.named_vars), dict(model.rvs_to_transforms), dict(model.rvs_to_initial_values))
    assert read(model) == read(model)
    assert (list(model.named_vars), dict(model.rvs_to_transforms), dict(model.rvs_to_initial_values)) == before


def test_families_are_named() -> None:
    found = {
        name: {site.name: site.family for site in read(CASES[name].build())}
        for name in ("eight_schools", "student_t", "log_normal", "flat_mean")
    }
    assert found["eight_schools"] == {"mu": "Normal", "tau": "HalfCauchy", "theta": "Normal"}
    assert found["student_t"]["theta"] == "StudentT"
    assert found["log_normal"] == {"mu": "Normal", "tau": "Exponential", "rate": "LogNormal"}
    assert found["flat_mean"]["mu"] is None
