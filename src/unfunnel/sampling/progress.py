"""PyMC's own progress bars for the final run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def progress_of(chains: int, draws: int, show: bool) -> Iterator[Callable[[Any], None] | None]:
    """A callback for nutpie that feeds PyMC's progress bars, or None where none are to be shown."""
    if not show:
        yield None
        return
    from pymc.progress_bar.progress import NutpieProgressBarManager

    with NutpieProgressBarManager(chains=chains, draws=draws, progressbar=True) as manager:
        yield manager.update
