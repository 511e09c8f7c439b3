from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from unfunnel import Centered, Evidence, Informed, InvalidArgumentError, Mixed, NonCentered, Partial


@pytest.mark.parametrize(
    ("parameterization", "name"),
    [
        (Centered(), "centered"),
        (NonCentered(), "noncentered"),
        (Mixed([True]), "mixed"),
        (Partial(0.5), "partial"),
        (Informed(), "informed"),
    ],
)
def test_names(parameterization: object, name: str) -> None:
    assert parameterization.name == name  # type: ignore[attr-defined]


def test_centeredness_of_every_element() -> None:
    mask = np.array([[True, False], [False, False]])
    np.testing.assert_array_equal(Centered().broadcast((2, 2), "u"), np.ones((2, 2)))
    np.testing.assert_array_equal(NonCentered().broadcast((2, 2), "u"), np.zeros((2, 2)))
    np.testing.assert_array_equal(Mixed(mask).broadcast((2, 2), "u"), [[1.0, 0.0], [0.0, 0.0]])
    np.testing.assert_array_equal(Partial(0.25).broadcast((2, 2), "u"), np.full((2, 2), 0.25))
    np.testing.assert_array_equal(Partial(mask / 2).broadcast((2, 2), "u"), [[0.5, 0.0], [0.0, 0.0]])


def test_informed_has_no_centeredness() -> None:
    with pytest.raises(InvalidArgumentError, match="'u'"):
        Informed().broadcast((2,), "u")


def test_by_count() -> None:
    """The case study's rule: centered where a group has more than the threshold of observations."""
    counts = [10, 5, 1000, 10, 1, 5, 100, 10, 5]
    expected = [False, False, True, False, False, False, True, False, False]
    assert Mixed.by_count(counts).centered.tolist() == expected
    assert Mixed.by_count([24, 25, 26]).centered.tolist() == [False, False, True]
    assert Mixed.by_count([1, 2, 3], threshold=1.5).centered.tolist() == [False, True, True]
    assert Mixed.by_count([[1], [30]]).centered.shape == (2, 1)


def test_equality_is_by_kind_and_content() -> None:
    assert Centered() == Centered() != NonCentered()
    assert Mixed([True, False]) == Mixed(np.array([True, False])) != Mixed([True, True])
    assert Partial([0.5, 1.0]) == Partial([0.5, 1.0]) != Partial([0.5, 0.9])
    assert Partial(0.5) == Partial(0.5)
    assert Informed() == Informed() != Informed(Evidence.none(1))
    assert Informed(Evidence.none(2)) == Informed(Evidence.none(2)) != Informed(Evidence.none(3))
    assert Mixed([True]) != Partial([1.0])


def test_they_are_values() -> None:
    mask = np.array([True, False])
    mixed = Mixed(mask)
    mask[0] = False
    assert mixed.centered.tolist() == [True, False]
    with pytest.raises(ValueError, match="read-only"):
        mixed.centered[0] = False
    with pytest.raises(FrozenInstanceError):
        mixed.centered = mask  # type: ignore[misc]
    with pytest.raises(TypeError, match="unhashable"):
        hash(mixed)
