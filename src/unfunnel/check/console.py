"""What the command line says of a check while it runs: its steps on stderr, with a bar where there is a terminal."""

from __future__ import annotations

from typing import Any

from unfunnel.check.check import STEPS
from unfunnel.study.console import Reporter


class CheckReporter(Reporter):
    """A progress bar over the steps of a check; `begin` and `sampled` fit :func:`unfunnel.check.check_model`."""

    def __init__(self) -> None:
        super().__init__()
        self._step = STEPS[0]
        self._first: int | None = None

    def begin(self, step: str) -> None:
        """A step begins."""
        # Where the run as written is left out, the first step is a later one.
        self._first = STEPS.index(step) if self._first is None else self._first
        self._step = step
        self.step("check", step, STEPS.index(step) - self._first, len(STEPS) - self._first)

    def compared(self, what: str, done: int, total: int) -> None:
        """A step of a comparison begins."""
        self.step("compare", what, done, total)

    def sampled(self, chains: Any) -> None:
        """The sampler's chains got further; called from another thread."""
        done = sum(chain.finished_draws for chain in chains)
        total = sum(chain.total_draws for chain in chains)
        divergences = sum(chain.divergences for chain in chains)
        self.within(f"check: {self._step}, {divergences} divergences", self._place + done / max(total, 1))

    @property
    def _place(self) -> int:
        return STEPS.index(self._step) - (self._first or 0)
