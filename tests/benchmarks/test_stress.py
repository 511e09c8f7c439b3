"""The parts of the stress benchmark that need no sampler."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.stress.data import MULTIPLES, grid
from benchmarks.stress.intervals import LEVELS, covered, exact_masses, intervals_of
from benchmarks.stress.model import GROUPS, PARAMETERS, posterior_of
from benchmarks.stress.summary import Summary, misses, table

GOOD = Summary(
    name="unfunnel",
    fits=2000,
    failed=0,
    divergent=2,
    r_hat=1.008,
    above=0,
    ess=900.0,
    mass=[[level] * len(PARAMETERS) for level in LEVELS],
    covered=[[round(500 * level)] * len(PARAMETERS) for level in LEVELS],
    drawn=500,
    seconds=0.4,
)


def test_intervals_of_exact_draws_have_their_mass() -> None:
    """Of both ends of the grid, where tau is next to nothing and huge."""
    for each in (grid(1, 3)[0], grid(len(MULTIPLES), 3)[-1]):
        tree = posterior_of(each.y, each.se).sample(5000, 4, random_seed=1)
        intervals = intervals_of(tree)["intervals"]
        (mass,) = exact_masses([intervals], each.y, each.se)
        nominal = np.array(LEVELS)[:, None]
        assert np.all(np.abs(mass - nominal) < 4 * np.sqrt(nominal * (1 - nominal) / 20_000))
        assert covered(intervals, intervals.mean(axis=(0, 1))).all()
        assert not covered(intervals, intervals[-1, 1] + 1.0).any()


def test_the_grid_has_all_scales_and_an_outlier_in_a_quarter() -> None:
    data = grid(40, 1)
    assert [each.name for each in grid(20, 1)] == [each.name for each in data[:20]]
    np.testing.assert_array_equal(grid(20, 1)[7].y, data[7].y)
    assert all(each.y.shape == each.se.shape == (GROUPS,) for each in data)
    still = [np.ptp(each.y / each.se) for each in data[:: len(MULTIPLES)]]
    assert still[3] == max(still)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, []),
        ({"failed": 1}, ["1 fits failed"]),
        ({"divergent": 3}, ["3 of 2000 fits have a divergence"]),
        ({"above": 1, "r_hat": 1.02}, ["an R-hat above 1.01, the largest 1.0200"]),
        ({"mass": [[0.506, *[0.5] * 5], *GOOD.mass[1:]]}, ["50% intervals of mu: the exact posterior has 50.60%"]),
        ({"mass": [[float("nan")] * 6, *GOOD.mass[1:]]}, ["intervals"] * 6),
        ({"covered": [*GOOD.covered[:2], [475, 440, *[475] * 4]]}, ["95% intervals of tau: 440 of 500 cover"]),
    ],
)
def test_what_is_missed(changed: dict[str, object], words: list[str]) -> None:
    found = misses(replace(GOOD, **changed))  # type: ignore[arg-type]
    assert len(found) == len(words)
    assert all(word in line for word, line in zip(words, found, strict=True))


def test_the_table_has_a_row_for_each() -> None:
    lines = table({"unfunnel": GOOD, "centered": replace(GOOD, name="centered", drawn=0)}).splitlines()
    assert len(lines) == 4
    assert "0.10% (0.01% to 0.36%)" in lines[2]
    assert len({line.count("|") for line in lines}) == 1
