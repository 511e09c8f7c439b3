"""A peer on a case, over its seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isnan, nan
from statistics import median

from benchmarks.peers.record import Numbers, Record

LARGEST_RHAT, LEAST_ESS = 1.01, 400.0
"""What a fit of four chains has to keep to for its ESS to be believed (Vehtari et al. 2021)."""
FURTHEST = 4.0
"""Monte Carlo standard errors: what is further off, by the median of its seeds, has another posterior."""


@dataclass(frozen=True)
class Measure:
    """A column of the table.

    Parameters
    ----------
    name
        What a sentence calls it.
    heading
        What the table calls it.
    of
        From a row to the number.
    most
        Whether more is better; else less is.
    shown
        From a number to how it is written.
    """

    name: str
    heading: str
    of: Callable[[Row], float]
    most: bool
    shown: Callable[[float], str]

    def better(self, one: float, other: float) -> bool:
        """Whether one number is strictly better than another."""
        return one > other if self.most else one < other


@dataclass(frozen=True)
class Row:
    """Medians over the seeds that came to an end; divergences are the sum."""

    case: str
    peer: str
    records: tuple[Record, ...]

    @property
    def fits(self) -> list[Numbers]:
        """Those that came to an end."""
        return [record.numbers for record in self.records if record.numbers is not None]

    @property
    def reasons(self) -> list[str]:
        """Why there are no more, each once."""
        return list(dict.fromkeys(r.reason or r.failure or "" for r in self.records if r.numbers is None))

    def median(self, what: str) -> float:
        """NaN if any fit has none."""
        values = [float(getattr(fit, what)) for fit in self.fits]
        return nan if not values or any(map(isnan, values)) else median(values)

    @property
    def divergences(self) -> int:
        """Over all seeds."""
        return sum(fit.divergences for fit in self.fits)

    @property
    def off(self) -> float:
        """Largest distance from the reference in Monte Carlo standard errors; NaN without a reference."""
        return self.median("error_mcse")

    @property
    def converged(self) -> bool:
        """Whether its ESS can be believed, and every seed came to an end."""
        if not self.fits or self.reasons:
            return False
        return self.median("rhat") <= LARGEST_RHAT and self.median("ess") >= LEAST_ESS


def _round(value: float) -> str:
    """Three digits."""
    if isnan(value):
        return "–"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


MEASURES = (
    Measure("divergences", "divergences", lambda row: float(row.divergences), False, lambda value: f"{value:.0f}"),
    Measure("ESS per 1000 gradients", "per 1000 gradients", lambda row: row.median("per_1000"), True, _round),
    Measure("ESS per second of sampling", "per second, sampling", lambda row: row.median("per_second"), True, _round),
    Measure(
        "ESS per second with compilation",
        "per second, compiled",
        lambda row: row.median("per_second_whole"),
        True,
        _round,
    ),
)
"""Those that somebody wins."""
OTHERS = (
    Measure("", "off, in sd", lambda row: row.median("error_sd"), False, _round),
    Measure("", "per 1000 gradients of draws", lambda row: row.median("per_1000_draws"), True, _round),
    Measure("", "per wall second, compiled", lambda row: row.median("per_second_wall"), True, _round),
    Measure("", "off, in MCSE", lambda row: row.median("error_mcse"), False, _round),
)
"""Those that are only shown."""


def rows_of(records: Sequence[Record]) -> dict[str, list[Row]]:
    """By case, in the order of the records."""
    found: dict[str, dict[str, list[Record]]] = {}
    for record in records:
        found.setdefault(record.key.case, {}).setdefault(record.key.peer, []).append(record)
    return {case: [Row(case, peer, tuple(seen)) for peer, seen in peers.items()] for case, peers in found.items()}
