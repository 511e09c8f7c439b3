"""What came of all fits of one parameterization, and the bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import binomtest

from benchmarks.stress.intervals import LEVELS
from benchmarks.stress.model import PARAMETERS

MOST_DIVERGENT, LARGEST_R_HAT = 0.001, 1.01
FALSE_ALARM = 0.001
"""Chance that a sampler without fault misses any of the bars of coverage, all of them together."""
LARGEST_MASS_ERROR = 0.005
"""Of the mean mass of an interval: half the Monte Carlo error of a single interval of 50 % by 2500 effective draws."""


@dataclass(frozen=True)
class Summary:
    """One parameterization.

    Parameters
    ----------
    name
        Of the parameterization.
    fits, failed, divergent
        Fits of the grid, those without a result, and those with any divergence after warm-up.
    r_hat, above, ess
        Largest R-hat, how many fits have one above the bar, and the smallest ESS, of all fits; NaN: a chain that
        never moved.
    mass
        Mean mass that the exact posterior has inside of the intervals, dims (level, parameter), over all fits.
    covered, drawn
        How often the interval covered the truth, dims (level, parameter), of so many fits of data from the prior.
    seconds
        Of processor time a fit, the median.
    """

    name: str
    fits: int
    failed: int
    divergent: int
    r_hat: float
    above: int
    ess: float
    mass: Sequence[Sequence[float]]
    covered: Sequence[Sequence[int]]
    drawn: int
    seconds: float

    @property
    def share(self) -> float:
        """Of fits of the grid with any divergence."""
        return self.divergent / self.fits

    @property
    def share_interval(self) -> tuple[float, float]:
        """Its 95 % interval (Clopper and Pearson)."""
        found = binomtest(self.divergent, self.fits).proportion_ci(0.95)
        return float(found.low), float(found.high)

    def as_json(self) -> dict[str, Any]:
        """With the names of rows and columns."""
        return asdict(self) | {"levels": LEVELS, "parameters": PARAMETERS, "share_interval": self.share_interval}


def misses(row: Summary) -> list[str]:
    """What falls short, in words."""
    found = [f"{row.failed} fits failed"] if row.failed else []
    if row.share > MOST_DIVERGENT:
        found.append(f"{row.divergent} of {row.fits} fits have a divergence, more than {MOST_DIVERGENT:.1%}")
    if row.above:
        found.append(f"{row.above} fits have an R-hat above {LARGEST_R_HAT}, the largest {row.r_hat:.4f}")
    for i, level in enumerate(LEVELS):
        for j, parameter in enumerate(PARAMETERS):
            found += _miss_of_interval(f"{level:.0%} intervals of {parameter}", level, row.mass[i][j])
            found += _miss_of_coverage(f"{level:.0%} intervals of {parameter}", level, row.covered[i][j], row.drawn)
    return found


def _miss_of_interval(what: str, level: float, mass: float) -> list[str]:
    wrong = not abs(mass - level) <= LARGEST_MASS_ERROR
    return [f"{what}: the exact posterior has {mass:.2%} inside on average"] if wrong else []


def _miss_of_coverage(what: str, level: float, covered: int, drawn: int) -> list[str]:
    each = FALSE_ALARM / (len(LEVELS) * len(PARAMETERS))
    wrong = drawn > 0 and binomtest(covered, drawn, level).pvalue < each
    return [f"{what}: {covered} of {drawn} cover the truth"] if wrong else []


def widest(values: Any) -> list[str]:
    """At every level the least and the largest over parameters, as percentages."""
    return [f"{100 * np.min(row):.1f}-{100 * np.max(row):.1f}" for row in values]


def table(rows: Mapping[str, Summary]) -> str:
    """Of all parameterizations, as markdown."""
    head = ("", "fits with a divergence", "largest R-hat (fits above)", "smallest ESS", *_heads(), "seconds a fit")
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for row in rows.values():
        low, high = row.share_interval
        cells = [
            row.name,
            f"{row.share:.2%} ({low:.2%} to {high:.2%})",
            f"{row.r_hat:.4f} ({row.above})",
            f"{row.ess:.0f}",
            " / ".join(widest(row.mass)),
            " / ".join(widest(np.asarray(row.covered) / row.drawn)) if row.drawn else "-",
            f"{row.seconds:.2f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _heads() -> tuple[str, str]:
    levels = ", ".join(f"{100 * level:.0f}" for level in LEVELS)
    return f"exact mass of {levels} % intervals, least to largest mean", "coverage from the prior, likewise"
