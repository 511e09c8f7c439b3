"""What is kept of a fit: numbers that fit into a line of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Key:
    """Which fit: a case, a peer, a seed."""

    case: str
    peer: str
    seed: int

    def path(self, folder: Path) -> Path:
        """Where its record is."""
        return folder / f"{self.case}.{self.peer}.{self.seed}.json"


@dataclass(frozen=True)
class Numbers:
    """One fit that came to its end; NaN is null in JSON.

    Parameters
    ----------
    divergences
        Divergent draws over all chains.
    ess, ess_of
        Least bulk ESS over all elements of the case's variables, and which variable has it; NaN if one never moved.
    rhat
        Largest R-hat.
    gradients
        By phase: "tuning" (a pilot, variational inference), "warm-up", "draws".
    sampling
        Processor seconds of these phases.
    wall, processor
        Wall and processor seconds of the whole call, compilation included.
    error_sd, error_sd_of
        Largest difference of a posterior mean from the reference, in posterior standard deviations, and where.
    error_mcse, error_mcse_of
        Largest difference of a mean or standard deviation, in Monte Carlo standard errors of fit and reference.
    """

    divergences: int
    ess: float
    ess_of: str
    rhat: float
    gradients: Mapping[str, int]
    sampling: float
    wall: float
    processor: float
    error_sd: float
    error_sd_of: str
    error_mcse: float
    error_mcse_of: str

    @property
    def per_1000(self) -> float:
        """Least ESS per 1000 gradients of every phase."""
        return 1000 * self.ess / sum(self.gradients.values())

    @property
    def per_1000_draws(self) -> float:
        """Least ESS per 1000 gradients of the draws alone."""
        return 1000 * self.ess / self.gradients["draws"]

    @property
    def per_second(self) -> float:
        """Least ESS per processor second of sampling."""
        return self.ess / self.sampling

    @property
    def per_second_whole(self) -> float:
        """Least ESS per processor second of the whole call."""
        return self.ess / self.processor

    @property
    def per_second_wall(self) -> float:
        """Least ESS per wall second of the whole call."""
        return self.ess / self.wall


@dataclass(frozen=True)
class Record:
    """A fit, or why there is none: `reason` says what is not available, `failure` what went wrong."""

    key: Key
    draws: int
    numbers: Numbers | None = None
    reason: str | None = None
    failure: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Numbers and words."""
        return _null(asdict(self))

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Record:
        """What `as_json` wrote."""
        numbers = stored["numbers"]
        read = None if numbers is None else Numbers(**{k: float("nan") if v is None else v for k, v in numbers.items()})
        return cls(**{**stored, "key": Key(**stored["key"]), "numbers": read})


def write(path: Path, stored: Any) -> None:
    """Whole or not at all."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(stored, indent=1, allow_nan=False, sort_keys=True) + "\n", encoding="utf-8")
    part.replace(path)


def _null(value: Any) -> Any:
    """JSON has neither NaN nor infinity."""
    if isinstance(value, Mapping):
        return {key: _null(one) for key, one in value.items()}
    if isinstance(value, float):
        return float(f"{value:.6g}") if abs(value) < float("inf") else None
    return value
