"""Two clocks at once: the wall's, which a person feels, and the processor's, which other work leaves alone."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from benchmarks.plain import processor_seconds


@dataclass(frozen=True)
class Clock:
    """Runs from the moment it is made."""

    _wall: float = field(default_factory=time.perf_counter)
    _processor: float = field(default_factory=lambda: seconds())

    @property
    def wall(self) -> float:
        """Seconds so far."""
        return time.perf_counter() - self._wall

    @property
    def processor(self) -> float:
        """Seconds so far of this process and of its children, finished or not."""
        return seconds() - self._processor


def seconds() -> float:
    """Processor seconds of this process and its children; Stan's chains run in children that never finish."""
    return processor_seconds() + sum(_of(child) for child in _children())


@contextmanager
def counting_processor_seconds(*names: str) -> Iterator[None]:
    """Make a tool's own clock, by the names that it reads, count processor seconds."""
    patches = [patch(name, seconds) for name in names]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def _children() -> list[str]:
    lists = Path("/proc/self/task").glob("*/children")
    return [child for one in lists for child in one.read_text(encoding="ascii").split()]


def _of(process: str) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    # utime, stime, and those of its own finished children.
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
