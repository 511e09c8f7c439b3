"""What unfunnel is held against: plain PyMC, nutpie's low-rank metric, and a standard normal of the same dimension."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from statistics import median
from typing import Any

import numpy as np

from benchmarks.models.case import CENTERED, Case
from benchmarks.plain import TARGET_ACCEPT, Fit, compiled, fit_plain, sampled

LOW_RANK = "low-rank"
LOW_RANK_MOST = 150
"""Coordinates up to which the low-rank metric is run: adapting it to 200 takes nutpie 0.16 half a minute a chain, where
120 take 0.4 s, and more of them take hours."""


@dataclass(frozen=True)
class Row:
    """One line of the table: a way of sampling one model, over seeds."""

    label: str
    fits: tuple[Fit, ...]
    compilation: float

    def median(self, what: str) -> float:
        """The median over seeds of one of a fit's numbers; NaN if any is."""
        values = [float(getattr(fit, what)) for fit in self.fits]
        return float("nan") if np.isnan(values).any() else median(values)

    @property
    def divergences(self) -> int:
        """Over all seeds."""
        return sum(fit.divergences for fit in self.fits)

    def as_json(self) -> dict[str, Any]:
        """Numbers only."""
        return {"label": self.label, "compilation": self.compilation, "fits": [fit.as_json() for fit in self.fits]}


@dataclass(frozen=True)
class Peers:
    """What was measured beside unfunnel; nothing, if nobody asked."""

    rows: tuple[Row, ...] = ()
    ceiling: float = float("nan")

    @property
    def plain(self) -> list[Row]:
        """Without the low-rank metric."""
        return [row for row in self.rows if not row.label.startswith(LOW_RANK)]

    def as_json(self) -> dict[str, Any]:
        """Numbers only."""
        return {"ceiling": self.ceiling, "rows": [row.as_json() for row in self.rows]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Peers:
        """What `as_json` wrote."""
        rows = [
            Row(row["label"], tuple(Fit.from_json(fit) for fit in row["fits"]), row["compilation"])
            for row in stored["rows"]
        ]
        return cls(tuple(rows), stored["ceiling"])


def peers_of(case: Case, seeds: list[int], draws: int, low_rank_most: int = LOW_RANK_MOST) -> Peers:
    """Measure them."""
    size = dimension(case)
    rows = plain_rows(case, seeds, draws, low_rank=size <= low_rank_most)
    return Peers(tuple(rows), ceiling(size, tuple(seeds), draws))


def plain_rows(case: Case, seeds: list[int], draws: int, *, low_rank: bool) -> list[Row]:
    """The plain ways of writing, then the low-rank metric on the better of them."""
    models, rows = {}, []
    for way in case.plain:
        models[way], seconds = compiled(case.model(way))
        rows.append(Row(way, _fits(case, models[way], seeds, draws, "diag"), seconds))
    if not low_rank:
        return rows
    best = best_of(rows, "per_1000")
    fits = _fits(case, models[best.label], seeds, draws, "low_rank")
    return [*rows, Row(f"{LOW_RANK} {best.label}", fits, best.compilation)]


def best_of(rows: list[Row], what: str) -> Row:
    """The row with the largest median; one whose chains never moved (NaN) is the worst."""
    return max(rows, key=lambda row: np.nan_to_num(row.median(what), nan=-1.0))


def dimension(case: Case) -> int:
    """Number of coordinates that are sampled."""
    point = case.model(CENTERED).initial_point()
    return sum(int(np.size(value)) for value in point.values())


@cache
def ceiling(size: int, seeds: tuple[int, ...], draws: int) -> float:
    """The same measure for independent standard normals, at the same acceptance rate."""
    import pymc as pm

    with pm.Model() as model:
        pm.Normal("x", 0.0, 1.0, shape=size)
    normal, _ = compiled(model)
    return median(_normal_efficiency(normal, seed, draws) for seed in seeds)


def _normal_efficiency(model: Any, seed: int, draws: int) -> float:
    import arviz as az

    tree, _ = sampled(model, seed, draws, target_accept=TARGET_ACCEPT)
    ess = az.ess(tree["posterior"].to_dataset(), method="bulk")["x"].values
    return float(1000 * ess.min() / int(tree["sample_stats"]["n_steps"].sum()))


def _fits(case: Case, model: Any, seeds: list[int], draws: int, adaptation: str) -> tuple[Fit, ...]:
    return tuple(fit_plain(case, model, seed, draws, adaptation) for seed in seeds)
