"""A table of words as HTML: plain, readable without colours, and nothing in it is loaded from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

# Notebooks set tables flush right in small type; a rule in the colour of the text reads on light and dark pages.
_CELL = "text-align:left;vertical-align:top;overflow-wrap:anywhere;padding:.2em .8em .2em 0"
_HEAD = f"{_CELL};border-bottom:1px solid currentColor"
_CAPTION = "caption-side:top;text-align:left;padding:.2em 0;color:inherit"


def html_table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column names its rows, everything in it escaped."""
    head = "".join(f'<th scope="col" style="{_HEAD}">{escape(column)}</th>' for column in columns)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    return (
        f'<table style="border-collapse:collapse"><caption style="{_CAPTION}">{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def html_paragraph(text: str, subject: str = "") -> str:
    """A paragraph, begun by what it is about in bold; everything in it escaped."""
    lead = f"<strong>{escape(subject)}</strong> " if subject else ""
    return f'<p style="max-width:50em;overflow-wrap:anywhere">{lead}{escape(text)}</p>'


def _cells(row: Sequence[str]) -> str:
    name, *others = map(escape, row)
    data = "".join(f'<td style="{_CELL}">{cell}</td>' for cell in others)
    return f'<th scope="row" style="{_CELL}">{name}</th>{data}'
