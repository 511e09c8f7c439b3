"""A table in a terminal with rich, and as plain text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from unfunnel.showing.table import Table

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDTH = 100
"""Characters in a line of plain text, wherever it goes, so that it is the same everywhere."""

_GAP = 2


def renderables(table: Table, width: int) -> Iterator[RenderableType]:
    """What rich shows of a table in so many characters a line.

    Names are text and no markup, and are folded where they do not fit.
    """
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    rows = RichTable(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, _GAP - 1, 0, 0))
    for column, wide in zip(table.columns, _widths(table, width - _GAP * (len(table.columns) - 1)), strict=True):
        rows.add_column(column, overflow="fold", width=wide)
    for row in table.rows:
        rows.add_row(*map(Text, row.cells))
    yield from (Text(table.title, style="bold"), Text(), rows, Text())
    notes = RichTable.grid(padding=(0, _GAP, 0, 0))
    notes.add_column(style="bold", overflow="fold")
    notes.add_column(overflow="fold")
    for paragraph in table.paragraphs:
        notes.add_row(Text(paragraph.subject), Text(paragraph.text))
    yield notes


def plain(table: Table) -> str:
    """The same without colours, for `print` and files."""
    from rich.console import Console

    # Told everything, rich asks neither the environment nor a notebook that it may run in.
    console = Console(
        file=io.StringIO(),
        width=WIDTH,
        height=25,
        color_system=None,
        force_terminal=False,
        force_jupyter=False,
        force_interactive=False,
        legacy_windows=False,
        safe_box=False,
    )
    with console.capture() as captured:
        for part in renderables(table, WIDTH):
            console.print(part)
    return "\n".join(line.rstrip() for line in captured.get().strip("\n").splitlines())


def _widths(table: Table, available: int) -> list[int]:
    """Widths of the columns: as wide as they are if they fit, else the widest narrowed, their headers last."""
    from rich.cells import cell_len

    columns = zip(table.columns, *(row.cells for row in table.rows), strict=True)
    natural = [max(map(cell_len, column)) for column in columns]
    headers = [len(column) for column in table.columns]
    least = headers if sum(headers) <= available else [1] * len(headers)
    for limit in range(max(natural), 0, -1):
        widths = [max(low, min(wide, limit)) for low, wide in zip(least, natural, strict=True)]
        if sum(widths) <= available:
            return widths
    return least
