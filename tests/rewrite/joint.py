"""The joint normal that prior and evidence make of effects and shared parameters, whitened by dense linear algebra.

In the order (v, z), standardised effects before standardised innovations, the chart is ``x = Rᵀ (q - mean)`` with the
lower triangular ``R Rᵀ`` the joint precision of ``q = (v, z)``: all of the elimination in one factorisation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from hypothesis import assume
from scipy.linalg import block_diag, solve_triangular
from tests.graphs import EPS

Values = Mapping[str, Any]


class Line(StrEnum):
    """How the support of an effect is mapped to the line."""

    REAL = "real"
    POSITIVE = "positive"

    def value(self, u: Any) -> Any:
        return u if self is Line.REAL else np.exp(u)

    def log_slope(self, u: Any) -> Any:
        return np.zeros_like(u) if self is Line.REAL else u

    def size(self, value: Any, size: Any) -> Any:
        return size if self is Line.REAL else value * (1.0 + size)


@dataclass(frozen=True)
class Member:
    """An effect or shared parameter: location and scale on the line, as functions of the values of other variables.

    A location is affine in the other members. `hand` is the name of the effect that locations know a variable by which
    is written by hand, and which is then the standardised effect itself.
    """

    name: str
    location: Callable[[Values], Any]
    scale: Callable[[Values], Any]
    line: Line = Line.REAL
    hand: str | None = None

    @property
    def by_hand(self) -> bool:
        return self.hand is not None

    @property
    def effect(self) -> str:
        return self.hand or self.name


def _affine(
    rows: Sequence[Member], shared: Sequence[Member], shapes: Mapping[str, tuple[int, ...]], values: Values
) -> tuple[Any, Any]:
    """Locations of some members as constant (row,) and loadings (row, shared), raveled in the order of the members."""
    sizes = [int(np.prod(shapes[member.name])) for member in shared]
    ends = np.cumsum([0, *sizes])

    def at(B: Any, others: Values) -> Any:
        parts = {m.effect: B[a:b].reshape(shapes[m.name]) for m, a, b in zip(shared, ends[:-1], ends[1:], strict=True)}
        known = {**others, **parts}
        found = [np.ravel(np.broadcast_to(m.location(known), shapes[m.name])) for m in rows]
        return np.concatenate([np.zeros(0), *found]).astype(float)

    width, zeros = int(ends[-1]), {name: np.zeros_like(value) for name, value in values.items()}
    columns = [at(unit, zeros) - at(np.zeros(width), zeros) for unit in np.eye(width)]
    constant = at(np.zeros(width), values)
    return constant, np.stack(columns, axis=1) if columns else np.zeros((constant.size, 0))


def _evidence(evidence: Any) -> tuple[Any, Any]:
    """The joint information of (u, B), effects of a group together, and what it pulls with."""
    C = evidence.C.reshape(evidence.h.size, evidence.h_B.size)
    information = np.block([[block_diag(*evidence.H), C], [C.T, evidence.D]])
    return information, np.concatenate([evidence.h.ravel(), evidence.h_B])


def eliminated(
    effects: Sequence[Member], shared: Sequence[Member], x: Values, values: Values, evidence: Any, f: float
) -> tuple[list[tuple[Any, ...]], float, float]:
    """Members at a point of the chart: (v, u, scale, sizes of the terms of v and u); then ``-log|R|`` and its size.

    The scale of an effect is its prior's times its width.
    """
    shapes = {name: np.shape(value) for name, value in x.items()}
    K, s = np.size(x[effects[0].name]), len(effects)
    interleaved = np.arange(K * s).reshape(s, K).T.ravel()  # from effect by effect to group by group
    c, A = _affine(effects, shared, shapes, values)
    b0, N = _affine(shared, shared, shapes, values)
    c, A, T = c[interleaved], A[interleaved], np.linalg.inv(np.eye(b0.size) - N)
    L = (
        _raveled([np.broadcast_to(m.scale(values), shapes[m.name]) for m in effects])[interleaved]
        * evidence.widths.ravel()
    )
    S = _raveled([np.broadcast_to(m.scale(values), shapes[m.name]) for m in shared])
    to_members = np.block([[np.diag(L), A @ T * S], [np.zeros((b0.size, L.size)), T * S]])
    origin = np.concatenate([c + A @ T @ b0, T @ b0])
    information, pull = _evidence(evidence)
    precision = np.eye(origin.size) + f * to_members.T @ information @ to_members
    target = f * to_members.T @ (pull - information @ origin)
    R = np.linalg.cholesky(precision)
    point = np.concatenate([_raveled([x[m.name] for m in effects])[interleaved], _raveled([x[m.name] for m in shared])])
    shifted = point + solve_triangular(R, target, lower=True)
    q = solve_triangular(R.T, shifted, lower=False)
    # What rounding of the terms of precision and target, before they cancel, changes to first order.
    G, reach = np.abs(to_members), np.concatenate([np.abs(c) + np.abs(A @ T) @ np.abs(b0), np.abs(T) @ np.abs(b0)])
    of_precision = np.eye(origin.size) + f * G.T @ np.abs(information) @ G
    of_target = f * G.T @ (np.abs(pull) + np.abs(information) @ reach)
    inverse = np.abs(np.linalg.inv(R))
    change = inverse @ of_precision @ inverse.T
    of_R = np.abs(R) @ (np.tril(change, -1) + np.diag(np.diag(change)) / 2.0) + np.abs(R)
    of_shifted = np.abs(point) + inverse @ (of_target + of_R @ (np.abs(shifted) + np.abs(point)))
    of_q = inverse.T @ (of_shifted + of_R.T @ np.abs(q)) + np.abs(q)
    members = to_members @ q + origin
    of_members = reach + G @ of_q
    log_size = np.trace(change) / 2.0 + np.abs(np.log(np.diag(R))).sum()
    assert np.isfinite(of_q).all()
    # Beyond, the rounding of this reference is not of first order: it knows neither its value nor its error.
    assume(EPS * np.abs(change).max(initial=0.0) < 1e-3)
    back = np.argsort(interleaved)
    parts = [(a[: L.size][back], a[L.size :]) for a in (q, members, np.concatenate([L, S]), of_q, of_members)]
    flat = [np.concatenate(part) for part in parts]
    found, start = [], 0
    for member in (*effects, *shared):
        stop = start + int(np.prod(shapes[member.name]))
        found.append(tuple(array[start:stop].reshape(shapes[member.name]) for array in flat))
        start = stop
    return found, -float(np.log(np.diag(R)).sum()), float(log_size)


def _raveled(parts: Sequence[Any]) -> Any:
    return np.concatenate([np.zeros(0), *(np.ravel(part) for part in parts)]).astype(float)
