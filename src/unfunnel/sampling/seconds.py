"""Where the time of a call went."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter


class Seconds:
    """Seconds by phase; what is in no phase is our own."""

    def __init__(self) -> None:
        self._began = perf_counter()
        self._spent: dict[str, float] = {}

    @contextmanager
    def of(self, phase: str) -> Iterator[None]:
        """Count what is done inside to a phase."""
        began = perf_counter()
        try:
            yield
        finally:
            self._spent[phase] = self._spent.get(phase, 0.0) + perf_counter() - began

    def spent(self, phase: str) -> float:
        """Seconds of a phase so far."""
        return self._spent.get(phase, 0.0)

    @property
    def other(self) -> float:
        """Seconds since the beginning that no phase has had."""
        return perf_counter() - self._began - sum(self._spent.values())
