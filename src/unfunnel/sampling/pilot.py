"""The pilot: short runs that tell what the data say about every effect, in the very model that is then sampled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from unfunnel.errors import SamplingError
from unfunnel.evidence import logarithmic_is_better
from unfunnel.parameterization import Evidence
from unfunnel.planning import Block, Plan
from unfunnel.sampling.reader import PilotReader
from unfunnel.sampling.run import Run
from unfunnel.sampling.target import TARGET_ACCEPT


@dataclass(frozen=True)
class Round:
    """Length of one round, per chain, and how deep its trees may grow."""

    tune: int
    draws: int
    max_treedepth: int


ROUNDS = (Round(40, 30, 4), Round(40, 40, 5), Round(200, 100, 10))
"""The first round starts from no evidence and may mix badly: scores need draws from where the posterior is, not
independent ones, so its trees are kept short. The second has its evidence. The third is run only where the second was
unhealthy, or its trees were too short to get about the posterior. From the second on there is a draw more per chain for
every number that a group's regression has to find."""

SEQUENCE_ROUNDS = (Round(100, 40, 6), Round(100, 60, 8), Round(200, 100, 10))
"""A sequence has to find its way from its start first: the level of a late step is the sum of all innovations before.
With the shorter rounds two of three fits of a walk of 200 steps, written as a sum, diverged."""


MOST_ROUNDS = 2 * max(len(ROUNDS), len(SEQUENCE_ROUNDS))
"""Of one pilot: it takes at most two tries (:func:`run_pilot`)."""


@dataclass(frozen=True)
class Health:
    """How a round went.

    Parameters
    ----------
    divergences
        After warm-up.
    stuck
        Chains of which more than half of the draws did not move.
    steps
        Mean number of leapfrog steps per draw.
    capped
        Whether trees often ran against their greatest depth, so that `steps` says only that no fewer are needed.
    step_size
        That warm-up ended with, in units of the metric; the geometric mean over chains.
    """

    divergences: int
    stuck: int
    steps: float
    capped: bool
    step_size: float

    @classmethod
    def of(cls, run: Run) -> Health:
        """Of a run."""
        statistics = run.statistics
        stayed = (statistics["index_in_trajectory"] == 0).mean("draw") > 0.5
        return cls(
            divergences=int(statistics["diverging"].sum()),
            stuck=int(stayed.sum()),
            steps=float(statistics["n_steps"].mean()),
            capped=bool(statistics["reached_max_treedepth"].mean() > 0.05),
            step_size=float(np.exp(np.log(statistics["step_size_bar"].isel(draw=-1)).mean())),
        )

    @property
    def healthy(self) -> bool:
        """Whether nothing went wrong."""
        return self.divergences == 0 and self.stuck == 0


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
    rounds
        How every round went.
    fell_back
        Whether the informed chart mixed worse than the noncentered one, so that all evidence was dropped.
    target_accept
        That of the final run, where it is to be chosen.
    """

    plan: Plan
    draws: dict[str, Any]
    gradients: int
    rounds: tuple[Health, ...]
    fell_back: bool = False
    target_accept: float = TARGET_ACCEPT

    @property
    def got_about(self) -> bool:
        """Whether the last round was healthy in the chart that was chosen, and its step size one to go by."""
        last = self.rounds[-1]
        return last.healthy and not last.capped and not self.fell_back


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
        # Scales are whitened as long as that goes well: the comparison with the logarithm starts from there.
        return _rounds(plan, reader, run, logarithmic=False)
    except SamplingError:
        # Some 38 standard deviations out in the prior's tail a double cannot hold the whitened coordinate any more.
        return _rounds(plan, reader, run, logarithmic=True)


def _rounds(
    plan: Plan, reader: PilotReader, run: Callable[[Plan, Pilot | None, Round], Run], *, logarithmic: bool
) -> Pilot:
    pilot: Pilot | None = None
    for number, length in enumerate(_lengths(plan)):
        if number > 1 and pilot is not None and pilot.rounds[-1].healthy and not pilot.rounds[-1].capped:
            break
        coordinates = plan if pilot is None else pilot.plan
        if number < 2:
            coordinates = _with_scales(coordinates, logarithmic=logarithmic)
        pilot = _read(coordinates, plan.lacking_evidence, reader, run(coordinates, pilot, length), pilot)
    assert pilot is not None
    return _without_evidence(pilot, plan) if noncentered_is_better(pilot.rounds[0], pilot.rounds[-1]) else pilot


def _lengths(plan: Plan) -> tuple[Round, ...]:
    regressors = max(
        (plan.extent(block)[1] + sum(plan[name].site.size for name in block.direct) for block in plan.lacking_evidence),
        default=0,
    )
    sequential = any(plan[block.lead].site.sequential for block in plan.lacking_evidence)
    first, *others = SEQUENCE_ROUNDS if sequential else ROUNDS
    return first, *(replace(length, draws=length.draws + regressors) for length in others)


def noncentered_is_better(first: Health, last: Health) -> bool:
    """Whether the informed chart lost to the noncentered one, which the first round was run in.

    It can lose only to a healthy first round whose short trees were long enough. Divergences or stuck chains in the
    last round count against it if the first needed no more than half as many steps again; without them, it loses if its
    trajectories are more than twice as long. Trajectories of 2^n - 1 steps have 2^n points: 31 steps are twice 15, and
    a doubling more is what a step size a little smaller makes of trajectories that were just long enough.
    """
    if not first.healthy or first.capped:
        return False
    if last.divergences or last.stuck:
        return first.steps <= 1.5 * last.steps
    return 2.0 * (first.steps + 1.0) < last.steps + 1.0


def _without_evidence(pilot: Pilot, plan: Plan) -> Pilot:
    """The same pilot, its evidence replaced by evidence that says nothing: the chart is then the noncentered one."""
    nothing = {}
    for block in plan.lacking_evidence:
        found = pilot.plan.evidence(block)
        assert found is not None
        nothing[block.lead] = Evidence.none(*found.C.shape)
    return replace(pilot, plan=pilot.plan.learned(nothing, {}), fell_back=True)


def _with_scales(plan: Plan, *, logarithmic: bool) -> Plan:
    return plan.learned({}, {choice.site.name: logarithmic for choice in plan.choices if choice.whitened})


def _read(plan: Plan, lacking: tuple[Block, ...], reader: PilotReader, run: Run, before: Pilot | None) -> Pilot:
    draws = reader.draws(run)
    evidence = {block.lead: reader.evidence(run, draws, plan, block) for block in lacking}
    scales = [choice.site.name for choice in plan.choices if choice.whitened and not choice.logarithmic]
    return Pilot(
        plan=plan.learned(evidence, {name: _logarithmic(reader, run, draws, name) for name in scales}),
        draws=draws,
        gradients=run.gradients_tune + run.gradients_draw + (before.gradients if before else 0),
        rounds=(*(before.rounds if before else ()), Health.of(run)),
    )


def _logarithmic(reader: PilotReader, run: Run, draws: Any, name: str) -> bool:
    scale, z, slope, bend = reader.bending(draws, name)
    return logarithmic_is_better(scale, z, reader.gradient(run, name)[:, : z.shape[1]], slope, bend)
