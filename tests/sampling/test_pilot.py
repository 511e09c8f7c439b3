"""What the pilot does with its rounds, told by runs that are made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import xarray as xr
from tests.models import CASES

import unfunnel as uf
from unfunnel.sampling.pilot import ROUNDS, run_pilot

GROUPS, DRAWS = 8, 40


@dataclass(frozen=True)
class MadeUpRun:
    """A run at u ~ Normal(0, 1) with the scores of evidence (h, H), in a chart that had some evidence already."""

    h: float
    H: float
    had: float
    diverging: int
    gradients_tune: int = 100
    gradients_draw: int = 10

    @property
    def statistics(self) -> Any:
        return xr.Dataset({"diverging": ("draw", np.arange(DRAWS) < self.diverging)})


class MadeUpReader:
    """Reads made-up runs; the effects' prior is Normal(0, 2), and log τ = sinh z is standard normal."""

    u = np.random.default_rng(1).normal(size=(DRAWS, GROUPS))
    log_tau = u[:, :1]
    z = np.arcsinh(log_tau)

    def draws(self, run: MadeUpRun) -> dict[str, Any]:
        return {"theta": self.u, "tau": np.exp(self.log_tau[:, 0])}

    def reference(self, draws: Any, name: str) -> Any:
        return self.u, np.zeros_like(self.u), np.full_like(self.u, 2.0)

    def gradient(self, run: MadeUpRun, name: str) -> Any:
        if name == "tau":
            return -self.log_tau * np.cosh(self.z) + np.tanh(self.z)
        score = run.h - run.H * self.u - self.u / 2.0**2
        return score * 2.0 / np.sqrt(1.0 + 2.0**2 * run.had)

    def bending(self, draws: Any, name: str) -> Any:
        return self.z, np.exp(self.log_tau) * np.cosh(self.z), np.cosh(self.z) + np.tanh(self.z)


def pilot_of(divergences: list[int], reach: bool = True) -> tuple[Any, list[Any]]:
    """The pilot of rounds with these divergences, and what every round was run in.

    Without reach the sampler cannot begin where the scale is whitened.
    """
    asked: list[Any] = []

    def run(coordinates: uf.Plan, before: Any, length: Any) -> MadeUpRun:
        if not reach and not coordinates["tau"].logarithmic:
            raise uf.SamplingError("sample: the sampler stopped.")
        evidence = coordinates["theta"].parameterization.evidence
        asked.append((coordinates, before, length))
        had = 0.0 if evidence is None else float(evidence.H[0, 0, 0])
        return MadeUpRun(h=1.0, H=float(len(asked)), had=had, diverging=divergences[len(asked) - 1])

    plan = uf.plan(CASES["eight_schools"].build())
    return run_pilot(plan, MadeUpReader(), run), asked  # type: ignore[arg-type]


@pytest.mark.parametrize(("divergences", "rounds"), [([0, 0], 2), ([9, 0], 2), ([0, 1, 0], 3), ([9, 9, 9], 3)])
def test_the_third_round_is_run_only_where_the_second_was_unhealthy(divergences: list[int], rounds: int) -> None:
    pilot, asked = pilot_of(divergences)
    assert len(asked) == rounds
    assert [length for _, _, length in asked] == list(ROUNDS[:rounds])
    assert pilot.divergences == tuple(divergences)
    assert pilot.gradients == 110 * rounds


def test_every_round_begins_with_what_the_one_before_found() -> None:
    pilot, asked = pilot_of([0, 3, 0])
    assert asked[0][0].lacking_evidence == ("theta",)
    assert asked[0][1] is None
    for number, (coordinates, before, _) in enumerate(asked[1:], start=1):
        assert before.divergences == (0, 3, 0)[:number]
        information = coordinates["theta"].parameterization.evidence.H[:, 0, 0]
        np.testing.assert_allclose(information, np.full(GROUPS, float(number)), rtol=1e-12)
    found = pilot.plan["theta"].parameterization.evidence
    np.testing.assert_allclose(found.H[:, 0, 0], np.full(GROUPS, 3.0), rtol=1e-12)
    np.testing.assert_allclose(found.h[:, 0], np.ones(GROUPS), rtol=1e-12)


def test_scales_stay_whitened_until_the_end() -> None:
    """The comparison with the logarithm starts from the whitened coordinate, and here the logarithm wins it."""
    pilot, asked = pilot_of([0, 3, 0])
    assert [coordinates["tau"].logarithmic for coordinates, _, _ in asked] == [False, False, False]
    assert pilot.plan["tau"].logarithmic is True


def test_scales_beyond_the_reach_of_their_whitened_chart_are_logarithmic() -> None:
    pilot, asked = pilot_of([0, 3, 0], reach=False)
    assert [coordinates["tau"].logarithmic for coordinates, _, _ in asked] == [True, True, True]
    assert pilot.plan["tau"].logarithmic is True
    assert not pilot.plan.lacking_evidence
