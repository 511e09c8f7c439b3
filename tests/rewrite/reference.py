"""The charts, written by hand: from a point of the charted model to values and log|J|, with a bound on the rounding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import ndtr
from tests.graphs import EPS
from tests.rewrite.densities import DENSITIES, normal
from tests.rewrite.joint import Line, Member, eliminated

from unfunnel.parameterization import Evidence

ROUNDINGS = 32
Values = dict[str, Any]
Numbers = Mapping[str, Any]
"""Keyed as the charted model's (`theta::centeredness`, `tau::logarithmic`), but `theta::evidence` is an Evidence."""


@dataclass(frozen=True)
class Charted:
    """One variable at a point: its value, the size of the terms that it is a sum of, log|J| and the size of that."""

    name: str
    value: Any
    size: Any
    log_jacobian: Any
    log_size: Any = 0.0


@dataclass(frozen=True)
class Plain:
    """As its author wrote it, on the whole line or by the logarithm."""

    name: str
    positive: bool = False

    def __call__(self, x: Numbers, values: Values, numbers: Numbers) -> Iterator[Charted]:
        own = x[self.name]
        if self.positive:
            yield Charted(self.name, np.exp(own), np.exp(own) * (1 + np.abs(own)), own)
        else:
            yield Charted(self.name, own, np.zeros_like(own), np.zeros_like(own))


@dataclass(frozen=True)
class Scale:
    """Whitened by its prior, or logarithmic."""

    name: str
    prior: Any
    width: Callable[[Values], Any]

    def __call__(self, x: Numbers, values: Values, numbers: Numbers) -> Iterator[Charted]:
        if numbers.get(f"{self.name}::logarithmic", 1.0) > 0.5:
            yield from Plain(self.name, positive=True)(x, values, numbers)
            return
        own, width = x[self.name], self.width(values)
        lower, upper = self.prior.quantiles(ndtr(-np.abs(own)), width)
        tau = np.where(own < 0, lower, upper)
        yield Charted(self.name, tau, tau * (1.0 + own**2), normal(own, 0, 1) - self.prior.log_density(tau, width))


@dataclass(frozen=True)
class Block:
    """Effects and shared parameters, eliminated together; or each by itself, where they have a centeredness or none.

    `noise` gives the free noise scale, `parents` are the levels that the effect is nested in, lowest first.
    """

    effects: Sequence[Member]
    shared: Sequence[Member] = ()
    noise: Callable[[Values], Any] | None = None
    parents: Sequence[Member] = ()

    def __call__(self, x: Numbers, values: Values, numbers: Numbers) -> Iterator[Charted]:
        lead = f"{self.effects[0].name}::evidence"
        if lead not in numbers:
            yield from self._apart(x, values, numbers)
            return
        evidence = numbers[lead]
        at_noise = self.noise is not None and evidence.noise > 0.0
        f = (evidence.noise / self.noise(values)) ** 2 if at_noise else 1.0  # type: ignore[misc]
        later = (*self.parents, *self.shared)
        members = (*self.effects, *later)
        coordinates = {member.name: np.asarray(x[member.name], dtype=float) for member in members}
        # Level by level or all at once: it is the same factorisation, and evidence says nothing of parents themselves.
        evidence = beside(evidence, sum(np.size(coordinates[member.name]) for member in self.parents))
        found, log_factor, log_size = eliminated(self.effects, later, coordinates, values, evidence, f)
        yield Charted("", np.zeros(0), np.zeros(0), log_factor, log_size)
        for member, (v, u, scale, spread, size) in zip(members, found, strict=True):
            yield from _charted(member, v, u, scale, np.log(scale), spread, size)

    def _apart(self, x: Numbers, values: Values, numbers: Numbers) -> Iterator[Charted]:
        """Parents first."""
        known = dict(values)
        for member in (*reversed((*self.parents, *self.shared)), *self.effects):
            own = np.asarray(x[member.name], dtype=float)
            scale = member.scale(known) + 0.0 * own
            location = member.location(known) + 0.0 * own
            if f"{member.name}::centeredness" in numbers:
                weight = numbers[f"{member.name}::centeredness"]
                v = scale**-weight * (own - weight * location)
                log_slope = (1.0 - weight) * np.log(scale)
                spread = scale**-weight * (np.abs(own) + np.abs(weight * location))
            else:
                v, log_slope, spread = (own - location) / scale, np.zeros_like(own), np.abs(own) / scale
            u = location + scale * v
            u = own if f"{member.name}::centeredness" not in numbers else u
            size = np.abs(location) + scale * spread
            known[member.effect] = member.line.value(u)
            yield from _charted(member, v, u, scale, log_slope, spread, size)


def beside(evidence: Evidence, others: int) -> Evidence:
    """The same evidence, which touches none of so many parameters before the shared ones."""
    left = [(0, 0)] * 2 + [(others, 0)]
    return replace(
        evidence,
        C=np.pad(evidence.C, left),
        D=np.pad(evidence.D, [(others, 0)] * 2),
        h_B=np.pad(evidence.h_B, [(others, 0)]),
    )


def _charted(member: Member, v: Any, u: Any, scale: Any, log_slope: Any, spread: Any, size: Any) -> Iterator[Charted]:
    """A member's variable: the effect, or its standardised value where it is written by hand."""
    if member.by_hand:
        yield Charted(member.name, v, spread, log_slope - np.log(scale))
    else:
        value = member.line.value(u)
        yield Charted(member.name, value, member.line.size(value, size), log_slope + member.line.log_slope(u))


Spec = Sequence[Plain | Scale | Block]
__all__ = ["Block", "Line", "Member", "Plain", "Scale", "Spec", "log_density"]


def log_density(name: str, spec: Spec, x: Mapping[str, Any], numbers: Numbers) -> tuple[float, float]:
    """Log density of the charted model at x, and how far rounding may take it from there.

    Every value is moved in turn by the rounding of the terms that it is a sum of, and all that follows is worked out
    anew; what this changes is added up, with the rounding of the terms of the log density itself.
    """

    def terms(moved: str = "", element: int = 0) -> tuple[Any, float]:
        values: Values = {}
        jacobian, rounded = [], 0.0
        for step in spec:
            for charted in step(x, values, numbers):
                value = np.array(charted.value, dtype=float)
                if moved and charted.name == moved:
                    size = np.broadcast_to(charted.size, value.shape).flat[element]
                    value.flat[element] += ROUNDINGS * EPS * size
                values[charted.name] = value
                jacobian.append(np.ravel(np.broadcast_to(charted.log_jacobian, np.shape(charted.log_jacobian))))
                rounded += ROUNDINGS * EPS * float(np.sum(charted.log_size))
        return np.concatenate([DENSITIES[name](values), *jacobian]), rounded

    here, rounded = terms()
    moves = [(variable, element) for variable in x for element in range(np.size(x[variable]))]
    moved = sum(np.abs(terms(*move)[0] - here).sum() for move in moves)
    return float(here.sum()), float(moved + rounded + ROUNDINGS * EPS * np.abs(here).sum())
