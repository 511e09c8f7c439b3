"""Reading runs: which gradients and which references belong to which variable."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from tests.graphs import EPS
from tests.models import CASES
from tests.rewrite.evidence import parameterizations

import unfunnel as uf
from unfunnel.sampling.reader import PilotReader


def reader_of(name: str) -> tuple[Any, PilotReader]:
    model = CASES[name].build()
    new = uf.reparameterize(model, parameterizations(model, "informed"))
    sizes = {variable: np.size(value) for variable, value in new.initial_point().items()}
    return new, PilotReader(new, sizes)


@pytest.mark.parametrize("name", ["nested", "scalar_effect", "two_dims", "after_do"])
def test_gradients_are_in_the_models_order(name: str) -> None:
    new, reader = reader_of(name)
    sizes = [np.size(new.initial_point()[new.rvs_to_values[rv].name]) for rv in new.free_RVs]
    run = SimpleNamespace(gradient=np.arange(2 * 3 * sum(sizes)).reshape(2, 3, sum(sizes)))
    pieces = [reader.gradient(run, rv.name) for rv in new.free_RVs]  # type: ignore[arg-type]
    assert [piece.shape for piece in pieces] == [(6, size) for size in sizes]
    np.testing.assert_array_equal(np.concatenate(pieces, axis=1), run.gradient.reshape(6, -1))


def test_draws_have_one_sample_dim() -> None:
    new, reader = reader_of("two_dims")
    values = {"mu": np.zeros((2, 5)), "tau": np.ones((2, 5)), "theta": np.arange(60.0).reshape(2, 5, 2, 3)}
    dims = {"theta": ("chain", "draw", "row", "column")}
    posterior = xr.Dataset({name: (dims.get(name, ("chain", "draw")), value) for name, value in values.items()})
    draws = reader.draws(SimpleNamespace(posterior=posterior))  # type: ignore[arg-type]
    assert {name: value.shape for name, value in draws.items()} == {"mu": (10,), "tau": (10,), "theta": (10, 2, 3)}
    np.testing.assert_array_equal(draws["theta"][7], values["theta"][1, 2])
    assert [rv.name for rv in new.free_RVs] == list(draws)


def test_references_of_effects_on_the_line() -> None:
    _, reader = reader_of("log_normal")
    generator = np.random.default_rng(1)
    draws = {
        "mu": generator.normal(size=6),
        "tau": generator.gamma(2.0, size=6),
        "rate": generator.gamma(2.0, size=(6, 4)),
    }
    u, location, scale = reader.reference(draws, "rate")
    np.testing.assert_allclose(u, np.log(draws["rate"]), rtol=4 * EPS)
    np.testing.assert_array_equal(location, np.tile(draws["mu"][:, None], (1, 4)))
    np.testing.assert_array_equal(scale, np.tile(draws["tau"][:, None], (1, 4)))


def test_references_of_scales_that_differ_by_group() -> None:
    _, reader = reader_of("scales_by_type")
    draws = {"mu": np.array([1.0]), "tau": np.array([[2.0, 3.0]]), "theta": np.zeros((1, 4))}
    _, _, scale = reader.reference(draws, "theta")
    np.testing.assert_array_equal(scale, [[2.0, 2.0, 3.0, 3.0]])


def test_the_reference_of_a_nested_effect_is_its_parent() -> None:
    _, reader = reader_of("nested")
    draws = {
        "mu": np.array([9.0]),
        "tau_district": np.array([2.0]),
        "tau_school": np.array([3.0]),
        "district": np.array([[5.0, 6.0]]),
        "school": np.array([[1.0, 2.0, 3.0, 4.0]]),
    }
    u, location, scale = reader.reference(draws, "school")
    np.testing.assert_array_equal(u, draws["school"])
    np.testing.assert_array_equal(location, [[5.0, 5.0, 6.0, 6.0]])
    np.testing.assert_array_equal(scale, np.full((1, 4), 3.0))
    _, location, scale = reader.reference(draws, "district")
    np.testing.assert_array_equal(location, [[9.0, 9.0]])
    np.testing.assert_array_equal(scale, [[2.0, 2.0]])
