"""Chains of an interrupted run."""

from __future__ import annotations

import pytest

from unfunnel.sampling.run import kept_chains


@pytest.mark.parametrize(
    ("lengths", "chains", "draws"),
    [
        ([10, 10, 10], [0, 1, 2], 10),
        ([9, 7, 10], [0, 1, 2], 7),
        ([1000, 1000, 5, 0], [0, 1], 1000),
        ([0, 800, 900, 700], [1, 2, 3], 700),
        ([40, 20], [0, 1], 20),
        ([0, 0], [], 0),
        ([], [], 0),
    ],
)
def test_as_many_draws_as_possible_are_kept(lengths: list[int], chains: list[int], draws: int) -> None:
    assert kept_chains(lengths) == (chains, draws)
