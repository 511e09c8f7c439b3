"""A table with a title and paragraphs, whatever it is shown with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Paragraph:
    """What there is to say about some variables, beneath the table."""

    subject: str
    text: str


class Shown(Protocol):
    """A row of any table."""

    @property
    def cells(self) -> tuple[str, ...]:
        """What it shows, in the order of the table's columns."""


@dataclass(frozen=True)
class Table:
    """All that is shown of a plan, a diagnosis, a comparison or a pooled table."""

    title: str
    rows: tuple[Shown, ...]
    paragraphs: tuple[Paragraph, ...]
    columns: tuple[str, ...]


def printable(text: str) -> str:
    """The text without anything that a terminal would obey, such as the escape codes of colours."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
