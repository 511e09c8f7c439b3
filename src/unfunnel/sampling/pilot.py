"""The pilot: short runs that tell what the data say about every effect, in the very model that is then sampled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from unfunnel.evidence import likelihood_scores, logarithmic_is_better, regress
from unfunnel.parameterization import Evidence, Informed
from unfunnel.planning import Plan
from unfunnel.sampling.nutpie import Run
from unfunnel.sampling.reader import PilotReader

ROUNDS = ((100, 50), (100, 75), (200, 100))
"""Warm-up and draws of each round. The first starts from no evidence and may mix badly; the second has its evidence;
the third is run only where the second was still unhealthy."""


@dataclass(frozen=True)
class Pilot:
    """What a pilot found.

    Parameters
    ----------
    evidence
        For each informed effect, by name.
    logarithmic
        For each whitened scale, whether its logarithm is the better coordinate.
    draws
        Of the last round, by variable; dims (sample, *dims of the variable).
    gradients
        Spent over all rounds.
    divergences
        After warm-up, by round.
    """

    evidence: dict[str, Evidence]
    logarithmic: dict[str, bool]
    draws: dict[str, Any]
    gradients: int
    divergences: tuple[int, ...]


def run_pilot(plan: Plan, reader: PilotReader, run: Callable[[Pilot | None, int, int], Run]) -> Pilot:
    """Run rounds until one is healthy, each in the chart of the evidence before it.

    Parameters
    ----------
    plan
        The coordinates; its informed effects need evidence.
    reader
        Reads the runs.
    run
        Runs a round of so many warm-up steps and draws, given what the pilot has found so far.
    """
    pilot: Pilot | None = None
    for number, (tune, draws) in enumerate(ROUNDS):
        if number > 1 and pilot is not None and pilot.divergences[-1] == 0:
            break
        pilot = _read(plan, reader, run(pilot, tune, draws), pilot)
    assert pilot is not None
    return pilot


def _read(plan: Plan, reader: PilotReader, run: Run, before: Pilot | None) -> Pilot:
    draws = reader.draws(run)
    informed = [name for name, value in plan.effects.items() if isinstance(value, Informed)]
    whitened = [choice.site.name for choice in plan.choices if choice.whitened]
    return Pilot(
        evidence={name: _evidence(reader, run, draws, name, before) for name in informed},
        logarithmic={name: _logarithmic(reader, run, draws, name) for name in whitened},
        draws=draws,
        gradients=run.gradients_tune + run.gradients_draw + (before.gradients if before else 0),
        divergences=(*(before.divergences if before else ()), int(run.statistics["diverging"].sum())),
    )


def _evidence(reader: PilotReader, run: Run, draws: Any, name: str, before: Pilot | None) -> Evidence:
    u, location, scale = reader.reference(draws, name)
    had = before.evidence[name].H[:, 0, 0] if before else np.zeros(u.shape[1])
    h, H = regress(u, likelihood_scores(u, reader.gradient(run, name), location, scale, had))
    return Evidence.diagonal(h, H)


def _logarithmic(reader: PilotReader, run: Run, draws: Any, name: str) -> bool:
    z, slope, bend = reader.bending(draws, name)
    scale = draws[name].reshape(z.shape)
    return logarithmic_is_better(scale, z, reader.gradient(run, name), slope, bend)
