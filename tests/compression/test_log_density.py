"""A model on cells has the log density of the model on rows, but for a constant."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytest
from tests.compression.likelihoods import GROUP, LIKELIHOODS, SUCCESSES, Y, with_parameters
from tests.graphs import EPS, MODE

import unfunnel as uf

Terms = dict[str, np.ndarray]


def points(model: Any, spread: float) -> list[Terms]:
    rng = np.random.default_rng(5)
    start = model.initial_point()
    return [{name: rng.normal(0.0, spread, np.shape(value)) for name, value in start.items()} for _ in range(8)]


def terms(model: Any, at: list[Terms]) -> dict[str, np.ndarray]:
    """The log density of every observed variable, with what its potential adds to it; dim (point,)."""
    names = [variable.name for variable in [*model.observed_RVs, *model.potentials]]
    evaluate = model.compile_logp([*model.observed_RVs, *model.potentials], sum=False, mode=MODE)
    found = np.array([[np.sum(term) for term in evaluate(point)] for point in at])
    by_name = dict(zip(names, found.T, strict=True))
    within = {name.removesuffix("_within"): by_name.pop(name) for name in names if name.endswith("_within")}
    return {name: values + within.get(name, 0.0) for name, values in by_name.items()}


def assert_constant(on_rows: np.ndarray, on_cells: np.ndarray) -> None:
    """Sums of some hundred terms, whose logarithms of probabilities near one have lost up to three digits."""
    size = max(np.abs(on_rows).max(), np.abs(on_cells).max())
    assert np.ptp(on_rows - on_cells) < 1000 * EPS * size


@pytest.fixture(scope="module")
def compared() -> dict[str, tuple[np.ndarray, np.ndarray, int]]:
    """Of all likelihoods, in one model: log densities on rows and on cells, and numbers of cells."""
    model = with_parameters(**{name: add for name, (add, _) in LIKELIHOODS.items()})
    compressed, at = uf.compress(model), points(model, 0.7)
    on_rows, on_cells = (terms(which, at) for which in (model, compressed))
    return {name: (on_rows[name], on_cells[name], *compressed[name].type.shape) for name in LIKELIHOODS}


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_it_differs_by_a_constant(name: str, compared: Any) -> None:
    on_rows, on_cells, cells = compared[name]
    assert cells == LIKELIHOODS[name][1]
    assert np.ptp(on_rows) > 1.0
    assert_constant(on_rows, on_cells)


def test_it_differs_by_a_constant_where_probabilities_round_to_zero_and_one() -> None:
    def steep(name: str, p: dict[str, Any]) -> Any:
        pm.Bernoulli(name, logit_p=20.0 * p["slope"][GROUP], observed=SUCCESSES)

    model = with_parameters(y=steep)
    at = points(model, 4.0)
    on_rows, on_cells = (terms(which, at)["y"] for which in (model, uf.compress(model)))
    assert np.abs(on_rows).max() > 3e3
    assert_constant(on_rows, on_cells)


def test_squares_do_not_cancel_far_from_zero() -> None:
    """A mean a million times the spread: sums of squares that are not taken about the mean would be noise."""

    def far(name: str, p: dict[str, Any]) -> Any:
        pm.Normal(name, 1e6 + p["slope"][GROUP], p["sigma"], observed=1e6 + Y)

    def near(name: str, p: dict[str, Any]) -> Any:
        pm.Normal(name, p["slope"][GROUP], p["sigma"], observed=Y)

    model = uf.compress(with_parameters(far=far, near=near))
    found = terms(model, points(model, 0.7))
    # Values of a million are known to 1e-10 of their spread.
    np.testing.assert_allclose(found["far"], found["near"], rtol=1e-8)
