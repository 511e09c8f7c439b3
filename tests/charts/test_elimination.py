"""The elimination against dense linear algebra in exact rational arithmetic, at scales from 1e-8 to 1e8."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import log
from typing import Any

import numpy as np
import pytensor.tensor as pt
from hypothesis import given
from hypothesis import strategies as st
from tests.charts.strategies import coordinates, powers, scales
from tests.graphs import EPS, compiled

from unfunnel.charts import Elimination

ROUNDINGS = 64  # of every term, in a chain of about 20 operations for B and another 20 for the effects
COUPLED = ("scale", "h", "H", "A", "c", "C")
SHARED = ("D", "h_B")
entries = st.floats(-5.0, 5.0).map(lambda z: z if abs(z) > 1e-9 else 0.0)


@cache
def chart() -> Any:
    """B and the effects at a point x of the chart, log|J|, and M and P; B's prior is Normal(b0, S²)."""
    arrays = {name: pt.vector(name) for name in COUPLED}
    shared = {name: pt.scalar(name) for name in SHARED}
    x_u, x_B, b0, S = pt.vector("x_u"), pt.scalar("x_B"), pt.scalar("b0"), pt.scalar("S")
    elimination = Elimination(**arrays, **shared)
    P, b = elimination.message()
    N = 1.0 + S**2 * P
    B = (b0 + S**2 * b) / N + S * x_B / pt.sqrt(N)
    shift, stretch = elimination.effect(B)
    u = arrays["c"] + arrays["A"] * B + arrays["scale"] * (shift + stretch * x_u)
    log_jacobian = pt.log(S / pt.sqrt(N)) + pt.log(arrays["scale"] * stretch).sum()
    return compiled([*arrays.values(), *shared.values(), x_u, x_B, b0, S], [B, u, log_jacobian])


def oracle(evidence: dict[str, Any], b0: float, S: float) -> tuple[list[list[Fraction]], list[Fraction]]:
    """Joint precision matrix of (B, u_1, u_2, …) under prior and evidence, and precision times mean; all exact."""
    exact = {name: [Fraction(v) for v in np.atleast_1d(values)] for name, values in evidence.items()}
    Q = [1 / s**2 for s in exact["scale"]]
    terms = list(zip(Q, exact["A"], exact["c"], exact["C"], exact["H"], exact["h"], strict=True))
    spread = 1 / Fraction(S) ** 2
    size = 1 + len(Q)
    matrix = [[Fraction(0)] * size for _ in range(size)]
    matrix[0][0] = spread + exact["D"][0] + sum(q * a * a for q, a, *_ in terms)
    right = [spread * Fraction(b0) + exact["h_B"][0] - sum(q * a * c for q, a, c, *_ in terms)]
    for k, (q, a, c, coupling, information, pull) in enumerate(terms, start=1):
        matrix[k][k] = q + information
        matrix[0][k] = matrix[k][0] = coupling - q * a
        right.append(q * c + pull)
    return matrix, right


def solve(matrix: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> tuple[list[Fraction], Fraction]:
    """Mean and determinant, by Gauss–Jordan elimination."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    determinant = Fraction(1)
    for i, pivot in enumerate(rows):
        determinant *= pivot[i]
        rows[i] = [entry / pivot[i] for entry in pivot]
        for j, row in enumerate(rows):
            if j != i:
                rows[j] = [a - row[i] * b for a, b in zip(row, rows[i], strict=True)]
    return [row[-1] for row in rows], determinant


@st.composite
def problems(draw: Any) -> tuple[dict[str, Any], Any, float, float, float]:
    groups = draw(st.integers(1, 4))

    def some(values: Any) -> Any:
        return np.array(draw(st.lists(values, min_size=groups, max_size=groups)))

    H = some(powers(-6, 6) | st.just(0.0))
    # |C_k| below sqrt(H_k) and D above Σ C_k² / H_k: evidence that some likelihood could have.
    C = some(st.floats(-1.0, 1.0)) * np.sqrt(H) * draw(st.sampled_from([0.0, 1.0]))
    D = groups * draw(st.floats(1.0, 3.0)) * draw(st.sampled_from([1.0, 1e6]))
    evidence = {"scale": some(scales), "h": H * some(entries), "H": H, "A": some(entries), "c": some(entries), "C": C}
    evidence |= {"D": D, "h_B": D * draw(entries)}
    return evidence, some(coordinates), draw(coordinates), draw(entries), draw(powers(-3, 3))


def precision_of_shared(matrix: Any) -> float:
    """The precision of B with the effects integrated out, by the Schur complement."""
    return float(matrix[0][0] - sum(matrix[0][k] ** 2 / matrix[k][k] for k in range(1, len(matrix))))


def sizes(evidence: dict[str, Any], x_B: float, b0: float, S: float, B: float, precision: float) -> tuple[Any, ...]:
    """How large the terms are that B and the effects are sums of, in units of their own slopes; P's; the slopes.

    Every term is rounded relative to itself, so that a coordinate is off by no more than some eps of these.
    """
    s, H, A, c, C, h = (np.abs(evidence[name]) for name in ("scale", "H", "A", "c", "C", "h"))
    M = 1.0 + s**2 * H
    slope, location = s / np.sqrt(M), c + A * abs(B)
    effects = (location + s**2 * (h + H * location + C * abs(B)) / M) / slope
    information = 1.0 / S**2 + evidence["D"] + ((A**2 * H + 2.0 * A * C + (s * C) ** 2) / M).sum()
    pull = abs(b0) / S**2 + abs(evidence["h_B"]) + ((h * (A + s**2 * C) + c * (A * H + C)) / M).sum()
    mean = (pull + (abs(B) + abs(x_B) / np.sqrt(precision)) * information) / np.sqrt(precision)
    return np.array([mean, *effects]), information, slope


@given(problems())
def test_it_whitens_the_joint_normal(problem: Any) -> None:
    evidence, x_u, x_B, b0, S = problem
    B, u, log_jacobian = chart()(*evidence.values(), x_u, x_B, b0, S)
    matrix, right = oracle(evidence, b0, S)
    mean, determinant = solve(matrix, right)
    v = [Fraction(float(z)) - m for z, m in zip((B, *u), mean, strict=True)]
    half_norm = sum(a * q * b for a, row in zip(v, matrix, strict=True) for q, b in zip(row, v, strict=True)) / 2
    precision = precision_of_shared(matrix)
    terms, information, slope = sizes(evidence, x_B, b0, S, float(B), precision)
    x = np.array([x_B, *x_u])
    room = ROUNDINGS * EPS * (terms + np.abs(x))
    assert abs(float(half_norm) - 0.5 * (x**2).sum()) <= (np.abs(x) * room + 0.5 * room**2).sum()
    # log|J| is a sum of logarithms of slopes, of which B's is the root of a sum that may cancel, information/precision.
    logs = 1.0 + information / precision + abs(np.log(precision)) + (1.0 + np.abs(np.log(slope))).sum()
    expected = -0.5 * (log(determinant.numerator) - log(determinant.denominator))
    assert abs(log_jacobian - expected) <= ROUNDINGS * EPS * logs


def test_what_is_left_out_is_zero() -> None:
    """Without C, D and h_B a shorter graph is built; it says what zeros would say. No term cancels another here."""
    arrays = {"scale": [0.5, 3.0], "h": [7.0, 9.0], "H": [2.0, 0.1], "A": [1.0, 2.0], "c": [-1.0, -2.0]}
    given_ = {name: np.array(values) for name, values in arrays.items()}
    short, zeros = Elimination(**given_), Elimination(**given_, C=np.zeros(2), D=0.0, h_B=0.0)
    ours, theirs = (compiled([], [*form.message(), *form.effect(0.5)])() for form in (short, zeros))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=ROUNDINGS * EPS)
