from __future__ import annotations

from dataclasses import replace

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


def test_widths_are_one_unless_they_are_given() -> None:
    evidence = Evidence.of_information([1.0, 2.0], [3.0, 4.0])
    np.testing.assert_array_equal(evidence.widths, np.ones((2, 1)))
    wide = replace(evidence, widths=[[1.0], [2.0]])
    assert wide != evidence
    np.testing.assert_array_equal(wide.with_shared(3).widths, [[1.0], [2.0]])


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
    "widths of too few groups": ({"widths": [[1.0], [1.0], [1.0]]}, r"widths .* shape \(2, 1\).*got shape \(3, 1\)"),
    "a width of zero": ({"widths": [[1.0], [0.0]]}, "widths must be positive.* a least width of 0"),
    "no number as a width": ({"widths": [[np.nan]]}, "widths must be finite"),
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


def joint(H: float, C: float, D: float, groups: int = 4) -> Evidence:
    arrays = {"H": np.full((groups, 1, 1), H), "C": np.full((groups, 1, 1), C), "D": np.full((1, 1), D)}
    return Evidence(h=np.zeros((groups, 1)), h_B=np.zeros(1), **arrays)


def test_a_coupling_that_is_too_large() -> None:
    """Observations of u + b give H = n, C = n and D = n of every group: the least D that there can be."""
    joint(3.0, 3.0, 12.0)
    joint(1 / 3, 1 / 3, 4 * (1 / 3) * (1 - 1e-12))
    with pytest.raises(InvalidArgumentError, match=r"^Evidence: H, C and D together.*parameter 0, D is 11.9.*is 12"):
        joint(3.0, 3.0, 11.9)
    with pytest.raises(InvalidArgumentError, match=r"D is 0 and"):
        joint(3.0, 1e-3, 0.0)


def test_a_coupling_without_information_on_the_effects() -> None:
    joint(0.0, 0.0, 1.0)
    with pytest.raises(InvalidArgumentError, match="together"):
        joint(0.0, 1e-3, 1.0)


def test_a_joint_information_that_is_negative_in_no_parameter_alone() -> None:
    """Every diagonal element of the difference is positive, and the matrix is not."""
    arrays = {"h": np.zeros((1, 1)), "H": [[[1.0]]], "C": [[[1.0, 1.0]]], "h_B": np.zeros(2)}
    Evidence(D=[[1.0, 1.0], [1.0, 1.0]], **arrays)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match="together"):
        Evidence(D=[[1.5, 0.0], [0.0, 1.5]], **arrays)  # type: ignore[arg-type]


def test_siblings_known_in_one_direction() -> None:
    """One observation of an intercept and a slope at x = 1/3, whose information is singular, and rounded."""
    a = np.array([1.0, 1.0 / 3.0])
    Evidence(h=np.zeros((1, 2)), H=np.outer(a, a)[None] * 1e6, C=a[None, :, None] * 1e6, D=[[1e6]], h_B=np.zeros(1))  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match="together"):
        Evidence(h=np.zeros((1, 2)), H=np.outer(a, a)[None], C=[[[1.0], [0.0]]], D=[[9.0]], h_B=np.zeros(1))  # type: ignore[arg-type]


@pytest.mark.parametrize("unit", [1e-8, 1.0, 1e8])
def test_units_of_a_shared_parameter_do_not_matter(unit: float) -> None:
    """A second shared parameter in other units neither hides what is wrong with the first nor makes it wrong."""
    shared = {"h": np.zeros((1, 1)), "H": [[[1.0]]], "C": [[[1.0, unit]]], "h_B": np.zeros(2)}
    Evidence(D=[[1.0, unit], [unit, unit**2]], **shared)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match="together"):
        Evidence(D=[[0.9, 0.9 * unit], [0.9 * unit, unit**2]], **shared)  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [Evidence.of_information, Evidence.diagonal])
def test_both_arrays_have_the_same_groups(make: object) -> None:
    with pytest.raises(InvalidArgumentError, match=r"2.*3"):
        make(np.ones(2), np.ones(3))  # type: ignore[operator]


@pytest.mark.parametrize("groups", [-1, 2.5, "two", True])
def test_counts_of_nothing(groups: object) -> None:
    with pytest.raises(InvalidArgumentError, match=r"^Evidence\.none: groups must be a whole number"):
        Evidence.none(groups)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match=r"^Evidence\.with_shared: shared must be a whole number"):
        Evidence.none(2).with_shared(groups)  # type: ignore[arg-type]


def test_numbers_that_would_lose_a_part() -> None:
    with pytest.raises(InvalidArgumentError, match="precision must hold numbers"):
        Evidence.of_information(np.ones(2) * 1j, [0.0, 0.0])  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match="precision has masked elements"):
        Evidence.of_information(np.ma.masked_array([1.0, 2.0], [True, False]), [0.0, 0.0])
