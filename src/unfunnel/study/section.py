"""One regime as the page shows it: everything but the draws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unfunnel.diagnosis.diagnose import diagnose
from unfunnel.reporting.verdict import phrases
from unfunnel.study.agreement import agreement
from unfunnel.study.result import Result
from unfunnel.study.summary import Row, bfmi, step_sizes
from unfunnel.study.verdict import objections, verdict
from unfunnel.study.words import number, shown, whole

if TYPE_CHECKING:
    from unfunnel.study.figures import Exhibit

AS_WRITTEN = "as written"
"""What a fit's parameterization is called where no effect was given coordinates."""


@dataclass(frozen=True)
class Health:
    """One line of the table of diagnostics, ready to print; per-chain numbers are joined."""

    name: str
    divergences: str
    bfmi: str
    ess_bulk: str
    ess_tail: str
    rhat: str
    step_size: str
    gradients_tune: str
    gradients_draw: str
    efficiency: str
    error_mu: str
    error_tau: str
    objections: tuple[str, ...]
    diagnosis: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """What the page and the summary need of one regime."""

    name: str
    title: str
    story: str
    equations: tuple[str, ...]
    priors: tuple[str, ...]
    good: bool
    verdict: tuple[str, ...]
    rows: dict[str, Row]
    health: tuple[Health, ...]
    exhibits: tuple[Exhibit, ...]
    seconds: dict[str, float]
    seed: int | None


def make_section(result: Result, exhibits: tuple[Exhibit, ...]) -> Section:
    """Condense a result; after this its draws can be let go."""
    regime = result.regime
    # Where a scale is part of a matrix, names do not tell which: a diagnosis needs the model.
    model = regime.model()
    return Section(
        name=regime.name,
        title=regime.title,
        story=regime.story,
        equations=regime.equations,
        priors=regime.priors.lines(),
        good=not result.rows["informed"].flagged,
        verdict=(*_as_written(result), *verdict(result.rows, agreement(result))),
        rows=result.rows,
        health=tuple(_health(result, name, model) for name in result.fits),
        exhibits=exhibits,
        seconds=dict(result.seconds),
        seed=regime.seed,
    )


def _as_written(result: Result) -> tuple[str, ...]:
    """A warning where the names of the fits would promise more than there is."""
    if any(dt["parameterization"].attrs["parameterization"] != AS_WRITTEN for dt in result.fits.values()):
        return ()
    return (
        "There is no chart yet for the effects of this model: all fits are of the model as written, under seeds of"
        " their own.",
    )


def _health(result: Result, name: str, model: Any) -> Health:
    dt, row = result.fits[name], result.rows[name]
    stats = dt["sample_stats"]
    return Health(
        name=shown(name),
        divergences=_joined(whole(n) for n in stats["diverging"].sum("draw").to_numpy()),
        bfmi=_joined(f"{b:.2f}" for b in bfmi(dt)),
        ess_bulk=whole(row.ess_bulk_min) if np.isfinite(row.ess_bulk_min) else number(row.ess_bulk_min),
        ess_tail=whole(row.ess_tail_min) if np.isfinite(row.ess_tail_min) else number(row.ess_tail_min),
        rhat=f"{row.rhat_max:.3f}",
        step_size=_joined(number(s, 2) for s in step_sizes(dt)),
        gradients_tune=whole(row.gradients_tune),
        gradients_draw=whole(row.gradients_draw),
        efficiency=number(row.ess_per_1000_gradients),
        error_mu=_error(result, row.error_mu_mcse),
        error_tau=_error(result, row.error_tau_mcse),
        objections=objections(row),
        diagnosis=phrases(diagnose(dt, model)),
    )


def _error(result: Result, error: float) -> str:
    return "no exact density" if result.exact is None else f"{error:.1f}"


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(parts)
