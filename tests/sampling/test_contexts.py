"""Calls inside a `with model:` block, the model's own and another's, are the calls outside of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pymc as pm
import pytest
import xarray as xr
from tests.models import CASES

import unfunnel as uf

NAMES = ["mutable_data", "initial_arrays", "potential_and_deterministic", "fixed_by_hand"]


def state_of(model: Any) -> Any:
    """All that a call could register on a model."""
    groups = (model.named_vars, model.free_RVs, model.value_vars, model.observed_RVs, model.deterministics)
    more = (model.potentials, model.coords, model.named_vars_to_dims, model.rvs_to_transforms)
    return [list(group) for group in (*groups, *more)]


def others(name: str) -> list[Any]:
    """The model's own context, one of a model with the same names, and one of a model without variables."""
    model = CASES[name].build()
    return [(model, context) for context in (model, CASES[name].build(), pm.Model())]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("call", [uf.plan, lambda model: uf.reparameterize(model, "noncentered")])
def test_planning_and_charting(name: str, call: Callable[[Any], Any]) -> None:
    for model, context in others(name):
        before = state_of(model), state_of(context)
        with context:
            made = call(model)
        assert (state_of(model), state_of(context)) == before
        assert not isinstance(made, pm.Model) or (made.parent is None and made is not context)


@pytest.mark.sampling
def test_sampling(eight_schools: Any, informed: Any) -> None:
    options: dict[str, Any] = {"draws": 20, "tune": 20, "chains": 2, "random_seed": 1}
    outside = informed.sample(**options)
    with CASES["eight_schools"].build() as other:
        before = state_of(other)
        inside = uf.compile(eight_schools).sample(**options)
        assert state_of(other) == before
    xr.testing.assert_equal(inside["posterior"].to_dataset(), outside["posterior"].to_dataset())
    with eight_schools:
        before = state_of(eight_schools)
        inside = uf.sample(eight_schools, **options, progressbar=False)
        assert state_of(eight_schools) == before
    xr.testing.assert_equal(inside["posterior"].to_dataset(), outside["posterior"].to_dataset())
