"""PyMC's own progress bars for the final run, with its divergences as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from unfunnel.sampling.arguments import Arguments


@contextmanager
def progress_of(given: Arguments) -> Iterator[Callable[[Any], None] | None]:
    """A callback for nutpie that feeds PyMC's progress bars, or None where none are to be shown."""
    if not given.progressbar:
        yield None
        return
    from pymc.progress_bar.progress import NutpieProgressBarManager

    with NutpieProgressBarManager(chains=given.chains, draws=given.draws, progressbar=given.progressbar) as manager:
        yield manager.update
