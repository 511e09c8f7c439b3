from __future__ import annotations

import numpy as np
import pytest

from unfunnel import Evidence, InvalidArgumentError


def test_of_information() -> None:
    evidence = Evidence.of_information(precision=[0.5, 4.0], location=[2.0, -1.0])
    assert evidence.groups == 2
    np.testing.assert_array_equal(evidence.H[:, 0, 0], [0.5, 4.0])
    np.testing.assert_array_equal(evidence.h[:, 0], [1.0, -4.0])
    assert not evidence.C.any()
    assert not evidence.D.any()
    assert not evidence.h_B.any()


def test_none_says_nothing() -> None:
    assert Evidence.none(3) == Evidence.of_information(np.zeros(3), np.ones(3))


def test_equality() -> None:
    evidence = Evidence.of_information([1.0, 2.0], [3.0, 4.0])
    assert evidence == Evidence.of_information([1.0, 2.0], [3.0, 4.0])
    assert evidence != Evidence.of_information([1.0, 2.0], [3.0, 5.0])
    assert evidence != "evidence"


def test_it_is_a_value() -> None:
    precision = np.array([1.0, 2.0])
    evidence = Evidence.diagonal(np.zeros(2), precision)
    precision[0] = 7.0
    assert evidence.H[0, 0, 0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        evidence.H[0, 0, 0] = 7.0


def test_two_effects_and_two_shared_parameters() -> None:
    evidence = Evidence(
        h=np.zeros((3, 2)),
        H=np.tile([[2.0, 1.0], [1.0, 2.0]], (3, 1, 1)),
        C=np.zeros((3, 2, 2)),
        D=np.eye(2),
        h_B=np.zeros(2),
    )
    assert evidence.groups == 3


NOTHING = {
    "h": np.zeros((2, 1)),
    "H": np.zeros((2, 1, 1)),
    "C": np.zeros((2, 1, 1)),
    "D": np.zeros((1, 1)),
    "h_B": [0.0],
}
BAD = {
    "h without the effect dim": ({"h": np.zeros(2)}, r"h has dims \(group, effect\).*\(2,\)"),
    "H of too few groups": ({"H": np.zeros((1, 1, 1))}, r"H must have shape \(2, 1, 1\).*got \(1, 1, 1\)"),
    "C of another shape": ({"C": np.zeros((2, 1, 2))}, r"C must have shape \(2, 1, 1\).*got \(2, 1, 2\)"),
    "D of another shape": ({"D": np.zeros((2, 2))}, r"D must have shape \(1, 1\).*got \(2, 2\)"),
    "NaN": ({"h": [[np.nan], [0.0]]}, "h must be finite, got"),
    "infinity": ({"H": [[[np.inf]], [[0.0]]]}, "H must be finite, got"),
    "text": ({"h": [["a"], ["b"]]}, "h must hold numbers, got"),
    "negative information": ({"H": [[[1.0]], [[-2.0]]]}, "H .*must not be negative.*-2"),
    "negative information on B": ({"D": [[-1.0]]}, "D .*must not be negative.*-1"),
}


@pytest.mark.parametrize(("arrays", "message"), BAD.values(), ids=BAD)
def test_bad_evidence(arrays: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"^Evidence: {message}"):
        Evidence(**{**NOTHING, **arrays})  # type: ignore[arg-type]


def test_an_information_is_symmetric() -> None:
    lopsided = [[[1.0, 5.0], [0.0, 1.0]]]
    with pytest.raises(InvalidArgumentError, match="symmetric"):
        Evidence(h=np.zeros((1, 2)), H=lopsided, C=np.zeros((1, 2, 1)), D=np.zeros((1, 1)), h_B=np.zeros(1))


def test_rounding_is_no_negative_direction() -> None:
    """A singular matrix may have an eigenvalue of minus some eps."""
    a = np.array([[1.0], [1.0 / 3.0]]) * 1e4
    Evidence(h=np.zeros((1, 2)), H=(a @ a.T)[None], C=np.zeros((1, 2, 1)), D=np.zeros((1, 1)), h_B=np.zeros(1))


@pytest.mark.parametrize("make", [Evidence.of_information, Evidence.diagonal])
def test_both_arrays_have_the_same_groups(make: object) -> None:
    with pytest.raises(InvalidArgumentError, match=r"2.*3"):
        make(np.ones(2), np.ones(3))  # type: ignore[operator]
