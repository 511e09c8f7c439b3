"""What the pilot does with its rounds, told by runs that are made up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from tests.models import CASES

import unfunnel as uf
from unfunnel.planning import Block
from unfunnel.sampling.pilot import ROUNDS, run_pilot

GROUPS, DRAWS = 8, 40


@dataclass(frozen=True)
class MadeUpRun:
    """A run in which the data say H of every group."""

    H: float
    diverging: int
    stuck: bool = False
    steps: float = 10.0
    capped: bool = False
    step_size: float = 0.38
    gradients_tune: int = 100
    gradients_draw: int = 10

    @property
    def statistics(self) -> Any:
        shape = (2, DRAWS // 2)
        values = {
            "diverging": (np.arange(DRAWS) < self.diverging).reshape(shape),
            "index_in_trajectory": np.full(shape, [[0 if self.stuck else 1], [1]]),
            "n_steps": np.full(shape, self.steps),
            "reached_max_treedepth": np.full(shape, self.capped),
            "step_size_bar": np.full(shape, self.step_size),
        }
        return xr.Dataset({name: (("chain", "draw"), value) for name, value in values.items()})


class MadeUpReader:
    """Reads made-up runs, in which log τ = sinh z is standard normal."""

    u = np.random.default_rng(1).normal(size=(DRAWS, GROUPS))
    log_tau = u[:, :1]
    z = np.arcsinh(log_tau)

    def draws(self, run: MadeUpRun) -> dict[str, Any]:
        return {"theta": self.u, "tau": np.exp(self.log_tau[:, 0])}

    def evidence(self, run: MadeUpRun, draws: Any, plan: uf.Plan, block: Block) -> uf.Evidence:
        return uf.Evidence.diagonal(np.ones(GROUPS), np.full(GROUPS, run.H)).with_shared(1)

    def gradient(self, run: MadeUpRun, name: str) -> Any:
        assert name == "tau"
        return -self.log_tau * np.cosh(self.z) + np.tanh(self.z)

    def bending(self, draws: Any, name: str) -> Any:
        slope = np.exp(self.log_tau) * np.cosh(self.z)
        return np.exp(self.log_tau), self.z, slope, np.cosh(self.z) + np.tanh(self.z)


def pilot_of(divergences: list[int], reach: bool = True, first: Any = None, **last: Any) -> tuple[Any, list[Any]]:
    """The pilot of rounds with these divergences, and what every round was run in.

    Without reach the sampler cannot begin where the scale is whitened. `first` is how the first run goes, `last` how
    those after it do.
    """
    asked: list[Any] = []

    def run(coordinates: uf.Plan, before: Any, length: Any) -> MadeUpRun:
        if not reach and not coordinates["tau"].logarithmic:
            raise uf.SamplingError("sample: the sampler stopped.")
        asked.append((coordinates, before, length))
        made = MadeUpRun(H=float(len(asked)), diverging=divergences[len(asked) - 1])
        return replace(made, **(last if len(asked) > 1 else first or {}))

    plan = uf.plan(CASES["eight_schools"].build())
    return run_pilot(plan, MadeUpReader(), run), asked  # type: ignore[arg-type]


@pytest.mark.parametrize(("divergences", "rounds"), [([0, 0], 2), ([9, 0], 2), ([0, 1, 0], 3), ([9, 9, 9], 3)])
def test_the_third_round_is_run_only_where_the_second_was_unhealthy(divergences: list[int], rounds: int) -> None:
    pilot, asked = pilot_of(divergences)
    assert len(asked) == rounds
    # The later ones are longer by what is regressed on: here an effect, whose mean the data do not touch.
    longer = [replace(length, draws=length.draws + 1) for length in ROUNDS[1:]]
    assert [length for _, _, length in asked] == [ROUNDS[0], *longer][:rounds]
    assert tuple(health.divergences for health in pilot.rounds) == tuple(divergences)
    assert pilot.gradients == 110 * rounds


def test_every_round_begins_with_what_the_one_before_found() -> None:
    pilot, asked = pilot_of([5, 1, 0])
    assert asked[0][0].lacking_evidence == (Block(("theta",), ("mu",)),)
    assert asked[0][1] is None
    for number, (coordinates, before, _) in enumerate(asked[1:], start=1):
        assert tuple(health.divergences for health in before.rounds) == (5, 1, 0)[:number]
        information = coordinates["theta"].parameterization.evidence.H[:, 0, 0]
        np.testing.assert_array_equal(information, np.full(GROUPS, float(number)))
    found = pilot.plan["theta"].parameterization.evidence
    np.testing.assert_array_equal(found.H[:, 0, 0], np.full(GROUPS, 3.0))


def test_scales_stay_whitened_while_all_goes_well() -> None:
    """The comparison with the logarithm, which wins here, starts from the whitened coordinate; a third round is its."""
    pilot, asked = pilot_of([0, 3, 0])
    assert [coordinates["tau"].logarithmic for coordinates, _, _ in asked] == [False, False, True]
    assert pilot.plan["tau"].logarithmic is True


def test_scales_beyond_the_reach_of_their_whitened_chart_are_logarithmic() -> None:
    pilot, asked = pilot_of([0, 3, 0], reach=False)
    assert [coordinates["tau"].logarithmic for coordinates, _, _ in asked] == [True, True, True]
    assert pilot.plan["tau"].logarithmic is True
    assert not pilot.plan.lacking_evidence


def test_evidence_that_a_person_gave_is_kept() -> None:
    plan = uf.plan(CASES["scales_of_their_own"].build())
    given = uf.Evidence.of_information(np.ones(3), np.zeros(3))
    plan = plan.replace(log_tau=uf.Informed(given))
    asked: list[str] = []

    class Reader(MadeUpReader):
        def draws(self, run: Any) -> dict[str, Any]:
            return {"spread": np.exp(self.log_tau[:, 0])}

        def gradient(self, run: Any, name: str) -> Any:
            return super().gradient(run, "tau")

        def evidence(self, run: Any, draws: Any, plan: uf.Plan, block: Block) -> uf.Evidence:
            asked.append(block.lead)
            return uf.Evidence.none(3, shared=1)

    pilot = run_pilot(plan, Reader(), lambda *_: MadeUpRun(H=1.0, diverging=0))  # type: ignore[arg-type, return-value]
    assert set(asked) == {"theta"}
    assert pilot.plan["log_tau"].parameterization == uf.Informed(given)


def test_steps_that_were_cut_short_are_no_measure() -> None:
    """The first round's trees stop at 31 steps: that it took no more says nothing."""
    pilot, _ = pilot_of([0, 0], first={"steps": 31.0, "capped": True}, steps=63.0)
    assert not pilot.fell_back
    pilot, _ = pilot_of([0, 0], first={"steps": 31.0}, steps=64.0)
    assert pilot.fell_back


@pytest.mark.parametrize(
    ("divergences", "last", "known"),
    [
        ([0, 0], {}, True),
        ([3, 0], {}, True),
        ([3, 3, 3], {}, False),
        ([0, 0], {"steps": 22.0}, False),  # fell back
        ([0, 0, 0], {"capped": True}, False),
    ],
)
def test_a_step_size_is_one_to_go_by_where_all_went_well(divergences: list[int], last: Any, known: bool) -> None:
    pilot, _ = pilot_of(divergences, **last)
    assert pilot.got_about is known


@pytest.mark.parametrize(
    ("divergences", "last", "fell_back"),
    [
        ([0, 0], {}, False),
        ([0, 0], {"steps": 22.0}, True),  # more than twice as long as in the first round, which had no evidence
        ([0, 0], {"steps": 21.0}, False),  # one doubling
        ([3, 0], {"steps": 99.0}, False),  # the first one was no better
        ([0, 2, 2], {}, True),
        ([0, 2, 2], {"steps": 6.0}, False),
        ([0, 0, 0], {"stuck": True}, True),
    ],
)
def test_evidence_that_makes_it_worse_is_dropped(divergences: list[int], last: Any, fell_back: bool) -> None:
    pilot, _ = pilot_of(divergences, **last)
    assert pilot.fell_back == fell_back
    assert pilot.plan["theta"].parameterization.evidence.H.any() != fell_back
    assert not pilot.plan.lacking_evidence
