"""One model measured whole: ours, its peers, the ceiling."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from benchmarks.models.bars import Check, checks
from benchmarks.models.case import CENTERED, Case
from benchmarks.models.peers import Peers, Row, dimension
from benchmarks.ours import Call, call, compiled_again, fit_ours


@dataclass(frozen=True)
class Measured:
    """Everything that is printed of one model; `checks` and `calls` are by way of writing."""

    case: Case
    observations: int
    dimension: int
    peers: Peers
    ours: tuple[Row, ...]
    calls: dict[str, Call]
    checks: dict[str, list[Check]]

    def as_json(self) -> dict[str, Any]:
        """Numbers only."""
        return {
            "bar": self.case.bar,
            "observations": self.observations,
            "dimension": self.dimension,
            "peers": self.peers.as_json(),
            "ours": [row.as_json() for row in self.ours],
            "calls": {label: asdict(call) for label, call in self.calls.items()},
            "checks": {label: [asdict(check) for check in found] for label, found in self.checks.items()},
        }


def measure(
    case: Case, seeds: list[int], draws: int, peers: Peers, *, ours: bool = True, target_accept: float | str = "auto"
) -> Measured:
    """Measure one model over seeds, and hold it against its peers."""
    found = [_ours(case, way, seeds, draws, target_accept) for way in case.ours] if ours else []
    observations = _observations(case)
    return Measured(
        case,
        observations,
        dimension(case),
        peers,
        tuple(row for row, _ in found),
        {row.label: seen for row, seen in found},
        {row.label: checks(case, row, peers, seen, observations) for row, seen in found},
    )


def _ours(case: Case, way: str, seeds: list[int], draws: int, target_accept: float | str) -> tuple[Row, Call]:
    seen = call(case.model(way), seeds[0], draws, case.asked)
    model, seconds = compiled_again(case.model(way), case.asked)
    label = "unfunnel" if len(case.ours) == 1 else f"unfunnel {way}"
    return Row(label, tuple(fit_ours(case, model, seed, draws, target_accept) for seed in seeds), seconds), seen


def _observations(case: Case) -> int:
    model = case.model(CENTERED)
    return sum(int(np.size(model.rvs_to_values[variable].data)) for variable in model.observed_RVs)
