"""The pilot: short runs that tell what the data say about every effect, in the very model that is then sampled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from unfunnel.errors import SamplingError
from unfunnel.evidence import likelihood_scores, logarithmic_is_better, regress
from unfunnel.parameterization import Evidence, Informed
from unfunnel.planning import Plan
from unfunnel.sampling.nutpie import Run
from unfunnel.sampling.reader import PilotReader


@dataclass(frozen=True)
class Round:
    """Length of one round, per chain, and how deep its trees may grow."""

    tune: int
    draws: int
    max_treedepth: int


ROUNDS = (Round(100, 50, 5), Round(100, 75, 7), Round(200, 100, 10))
"""The first round starts from no evidence and may mix badly: scores need draws from where the posterior is, not
independent ones, so its trees are kept short. The second has its evidence. The third is run only where the second was
still unhealthy."""


@dataclass(frozen=True)
class Pilot:
    """What a pilot found.

    Parameters
    ----------
    plan
        The plan, with the evidence of the last round and its choice of scale charts.
    draws
        Of the last round, by variable; dims (sample, *dims of the variable).
    gradients
        Spent over all rounds.
    divergences
        After warm-up, by round.
    """

    plan: Plan
    draws: dict[str, Any]
    gradients: int
    divergences: tuple[int, ...]


def run_pilot(plan: Plan, reader: PilotReader, run: Callable[[Plan, Pilot | None, Round], Run]) -> Pilot:
    """Run rounds until one is healthy, each in the chart of the evidence before it.

    Parameters
    ----------
    plan
        The coordinates; its informed effects lack evidence.
    reader
        Reads the runs.
    run
        Runs a round in a plan's coordinates, from where the round before it ended.
    """
    try:
        # Every scale is whitened until the end: the comparison with its logarithm starts from there.
        return _rounds(plan, reader, run, logarithmic=False)
    except SamplingError:
        # Some 38 standard deviations out in the prior's tail a double cannot hold the whitened coordinate any more.
        return _rounds(plan, reader, run, logarithmic=True)


def _rounds(
    plan: Plan, reader: PilotReader, run: Callable[[Plan, Pilot | None, Round], Run], *, logarithmic: bool
) -> Pilot:
    pilot: Pilot | None = None
    for number, length in enumerate(ROUNDS):
        if number > 1 and pilot is not None and pilot.divergences[-1] == 0:
            break
        coordinates = _with_scales(plan if pilot is None else pilot.plan, logarithmic=logarithmic)
        lacking = {name: coordinates.informed[name] for name in plan.lacking_evidence}
        pilot = _read(coordinates, lacking, reader, run(coordinates, pilot, length), pilot)
    assert pilot is not None
    return pilot


def _with_scales(plan: Plan, *, logarithmic: bool) -> Plan:
    return plan.learned({}, {choice.site.name: logarithmic for choice in plan.choices if choice.whitened})


def _read(plan: Plan, lacking: Mapping[str, Informed], reader: PilotReader, run: Run, before: Pilot | None) -> Pilot:
    draws = reader.draws(run)
    evidence = {name: _evidence(reader, run, draws, name, value) for name, value in lacking.items()}
    scales = [choice.site.name for choice in plan.choices if choice.whitened and not choice.logarithmic]
    return Pilot(
        plan=plan.learned(evidence, {name: _logarithmic(reader, run, draws, name) for name in scales}),
        draws=draws,
        gradients=run.gradients_tune + run.gradients_draw + (before.gradients if before else 0),
        divergences=(*(before.divergences if before else ()), int(run.statistics["diverging"].sum())),
    )


def _evidence(reader: PilotReader, run: Run, draws: Any, name: str, had: Informed) -> Evidence:
    u, location, scale = reader.reference(draws, name)
    information = np.zeros(u.shape[1]) if had.evidence is None else had.evidence.H[:, 0, 0]
    scores = likelihood_scores(u, reader.gradient(run, name), location, scale, information)
    return Evidence.diagonal(*regress(u, scores))


def _logarithmic(reader: PilotReader, run: Run, draws: Any, name: str) -> bool:
    z, slope, bend = reader.bending(draws, name)
    scale = draws[name].reshape(z.shape)
    return logarithmic_is_better(scale, z, reader.gradient(run, name), slope, bend)
