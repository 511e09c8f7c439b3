"""Column names that are near the one asked for."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches


def hint(name: str, known: Sequence[str]) -> str:
    """A sentence, with a blank before it, on what may have been meant by an unknown name; empty if nothing is near."""
    if len(known) == 1 and any(mark in known[0] for mark in ";\t|"):
        return " Is the file separated by something other than commas?"
    by_case = {column.lower(): column for column in known}
    near = get_close_matches(name.lower(), by_case, n=1)
    return f" Did you mean {by_case[near[0]]!r}?" if near else ""


def quoted(names: Sequence[str]) -> str:
    """Names for an error, the first twenty of them."""
    shown = ", ".join(map(repr, names[:20]))
    return shown if len(names) <= 20 else f"{shown} and {len(names) - 20} more"
