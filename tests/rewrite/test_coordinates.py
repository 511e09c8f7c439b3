from __future__ import annotations

import numpy as np
import pytest
from tests.graphs import compiled
from tests.models import CASES

import unfunnel as uf
from unfunnel.rewrite.coordinates import SharedNumbers, numbers_of


def test_numbers_of_fixed_parameterizations() -> None:
    mask = np.array([[True, False, True], [False, False, True]])
    numbers = numbers_of(uf.plan(CASES["two_dims"].build(), {"theta": uf.Mixed(mask)}))
    assert list(numbers) == ["theta::centeredness"]
    np.testing.assert_array_equal(numbers["theta::centeredness"], mask.astype(float))


def test_numbers_of_informed_effects() -> None:
    evidence = uf.Evidence.of_information(precision=np.arange(6.0), location=np.full(6, 2.0))
    numbers = numbers_of(uf.plan(CASES["two_dims"].build(), uf.Informed(evidence)))
    assert set(numbers) == {"theta::h", "theta::H", "tau::logarithmic"}
    np.testing.assert_array_equal(numbers["theta::H"], np.arange(6.0).reshape(2, 3))
    np.testing.assert_array_equal(numbers["theta::h"], 2.0 * np.arange(6.0).reshape(2, 3))
    assert numbers["tau::logarithmic"] == 0.0


def test_evidence_that_has_yet_to_be_found_is_zero() -> None:
    numbers = numbers_of(uf.plan(CASES["two_dims"].build()))
    np.testing.assert_array_equal(numbers["theta::h"], np.zeros((2, 3)))
    np.testing.assert_array_equal(numbers["theta::H"], np.zeros((2, 3)))


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "a", "b")])
def test_shared_numbers_can_be_set_after_compilation(order: tuple[str, ...]) -> None:
    first = {"a": np.array(1.0), "b": np.array([2.0, 3.0]), "c": np.array([[4.0, 5.0], [6.0, 7.0]])}
    shared = SharedNumbers(first)
    read = compiled([], [shared.graph(name, value) for name, value in first.items()])
    for found, value in zip(read(), first.values(), strict=True):
        np.testing.assert_array_equal(found, value)
    other = {name: 10.0 * first[name] for name in order}
    shared.set(other)
    for found, name in zip(read(), first, strict=True):
        np.testing.assert_array_equal(found, other[name])


def test_no_numbers_at_all() -> None:
    assert SharedNumbers({}).flat({}).shape == (0,)
