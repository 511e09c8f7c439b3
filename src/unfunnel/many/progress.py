"""How far many fits are, as a bar on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from unfunnel.many.record import Record


@contextmanager
def bar_of(total: int, done: int, *, shown: bool) -> Iterator[Callable[[Record], None]]:
    """A function to call with every fit that has ended; it moves a bar, where one is shown."""
    if not shown:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        task, failed = progress.add_task("fits", total=total, completed=done), 0

        def ended(record: Record) -> None:
            nonlocal failed
            failed += record.failed
            progress.update(task, advance=1, description=f"fits ({failed} failed)" if failed else "fits")

        yield ended
