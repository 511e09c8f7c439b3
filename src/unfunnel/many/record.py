"""What is known of a fit when it has ended, well or not: a line of the table."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

DONE, FAILED = "done", "failed"

_NUMBERS = ("min_ess", "r_hat", "seconds", "processor_seconds")


@dataclass(frozen=True, kw_only=True)
class Record:
    """One fit in numbers.

    Parameters
    ----------
    name
        Of the fit.
    status
        "done" or "failed".
    seed
        That it was sampled with.
    min_ess, worst
        Smallest bulk effective sample size over every element of every free variable, and which has it.
    r_hat
        Largest R-hat of them.
    divergences
        Over all chains, after warm-up.
    gradients
        Of pilot, warm-up and draws.
    seconds
        Wall time on the worker, of everything: building, compiling where that was needed, sampling, writing.
    processor_seconds
        The same of processor time, of all threads of the worker's process.
    compiled
        Whether it took a compilation.
    warnings
        What sampling had to say.
    error, message, traceback
        Of a failed fit: the error's type, its text, and where it came from.
    worker
        The process that did it, as HOST:PID.
    """

    name: str
    status: str
    seed: int
    min_ess: float = math.nan
    worst: str = ""
    r_hat: float = math.nan
    divergences: int = 0
    gradients: int = 0
    seconds: float = math.nan
    processor_seconds: float = math.nan
    compiled: bool = False
    warnings: tuple[str, ...] = ()
    error: str = ""
    message: str = ""
    traceback: str = ""
    worker: str = ""

    @property
    def failed(self) -> bool:
        """Whether there is no result."""
        return self.status == FAILED

    def to_json(self) -> str:
        """As text; NaN is null there."""
        values = asdict(self)
        plain = {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in values.items()}
        return json.dumps(plain, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Record:
        """As :meth:`to_json` wrote it."""
        values: Mapping[str, Any] = json.loads(text)
        numbers = {name: math.nan for name in _NUMBERS if values[name] is None}
        return cls(**{**values, **numbers, "warnings": tuple(values["warnings"])})
