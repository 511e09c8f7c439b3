"""Chains start where the author's model would, or at draws of a pilot, mapped into the chart."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pymc as pm
import pytest
from pymc.initial_point import make_initial_point_fn
from tests.graphs import EPS, compiled
from tests.models import CASES
from tests.rewrite.evidence import parameterizations

import unfunnel as uf
from unfunnel.sampling.start import StartMap

NAMES = ["eight_schools", "unbalanced", "log_normal", "nested", "two_dims", "scalar_effect", "initial_values"]
ROOM = 256 * EPS  # through a chart and back, in numbers up to 10


def charted(name: str, kind: str = "informed") -> tuple[Any, Any, StartMap]:
    model = CASES[name].build()
    new = uf.reparameterize(model, parameterizations(model, kind))
    return model, new, StartMap(model, new)


def values_of(new: Any) -> Any:
    """A function from raveled points of the charted model, in the model's order, to the free variables' values."""
    value_vars = [new.rvs_to_values[rv] for rv in new.free_RVs]
    shapes = [np.shape(new.initial_point()[value.name]) for value in value_vars]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    function = compiled(value_vars, new.replace_rvs_by_values(new.free_RVs))

    def values_at(point: Any) -> dict[str, Any]:
        assert point.shape == (ends[-1],)
        pieces = [piece.reshape(shape) for piece, shape in zip(np.split(point, ends[:-1]), shapes, strict=True)]
        return {rv.name: value for rv, value in zip(new.free_RVs, function(*pieces), strict=True)}

    return values_at


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["partial", "informed"])
def test_the_author_s_start_is_kept(name: str, kind: str) -> None:
    model, new, start = charted(name, kind)
    theirs = make_initial_point_fn(model=model, jitter_rvs=set(model.free_RVs), return_transformed=False)(5)
    ours = values_of(new)(start.author(5))
    for variable, value in theirs.items():
        np.testing.assert_allclose(ours[variable], value, rtol=ROOM, atol=10.0 * ROOM)


def test_it_is_jittered_by_the_seed() -> None:
    _, _, start = charted("eight_schools")
    np.testing.assert_array_equal(start.author(1), start.author(1))
    assert not np.any(start.author(1) == start.author(2))


@pytest.mark.parametrize("name", NAMES)
def test_starts_at_draws(name: str) -> None:
    model, new, start = charted(name)
    names = [rv.name for rv in model.free_RVs]
    drawn = pm.draw([model[variable] for variable in names], draws=7, random_seed=1, mode="FAST_COMPILE")
    draws = dict(zip(names, drawn, strict=True))
    begin, values_at = start.at_draws(draws), values_of(new)
    seen = set()
    for seed in range(20):
        ours = values_at(begin(seed))
        chosen = int(np.argmin(np.abs(draws[names[0]] - ours[names[0]])))
        seen.add(chosen)
        for variable in names:
            value = draws[variable][chosen]
            np.testing.assert_allclose(ours[variable], value, rtol=ROOM, atol=ROOM * (1 + np.abs(value).max()))
    # Twenty choices of seven miss all but one with probability 7 (1/7)^20; the seeds are fixed.
    assert len(seen) > 1


def test_threads_may_ask_at_once() -> None:
    """nutpie asks from one thread a chain, and a PyTensor function has storage of its own."""
    _, _, start = charted("eight_schools")
    alone = [start.author(seed) for seed in range(32)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(start.author, range(32)))
    np.testing.assert_array_equal(alone, together)
