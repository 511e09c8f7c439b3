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
def test_scales_reasons_and_what_is_written_by_hand(case: Case) -> None:
    sites = read(case.build())
    assert {site.name: site.scales for site in sites if site.role is Role.EFFECT and site.scales} == dict(case.scales)
    assert {site.name: site.reason for site in sites if site.reason} == dict(case.reasons)
    assert [site.name for site in sites if site.by_hand] == list(case.by_hand)


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
    assert read(model) == read(model) == read(case.build())
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


def test_what_the_likelihood_tells() -> None:
    sites = {site.name: site for site in read(CASES["location_by_hand"].build())}
    assert {name: site.terms for name, site in sites.items()} == {
        "mu": (),  # it touches the data through the effect only
        "b1": ("y",),
        "tau": (),
        "sigma": ("y",),
        "z": ("y",),
    }
    assert {name for name, site in sites.items() if site.noise == "y"} == {"b1", "sigma", "z"}
    assert sites["z"].locations == sites["z"].affine_in == ("mu",)
    assert all(site.noise is None for site in read(CASES["noise_by_kind"].build()))


def test_the_same_index_makes_the_same_grouping() -> None:
    siblings = {site.name: site.grouping for site in read(CASES["siblings"].build())}
    assert siblings["a"] == siblings["b"] != ""
    crossed = {site.name: site.grouping for site in read(CASES["crossed_of_equal_length"].build())}
    assert crossed["row"] != crossed["column"]
    assert {site.grouping for site in read(CASES["eight_schools"].build())} == {""}
