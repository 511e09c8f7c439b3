"""A plan, or what is shown as a plan is, in a notebook, as HTML."""

from __future__ import annotations

from unfunnel.parameterization.markup import html_paragraph, html_table
from unfunnel.showing.table import Table


def html_of(table: Table) -> str:
    """The table and its paragraphs as a piece of a page, without script or style sheet."""
    rows = html_table(table.title, table.columns, [row.cells for row in table.rows])
    paragraphs = (html_paragraph(paragraph.text, f"{paragraph.subject}:") for paragraph in table.paragraphs)
    return f'<div style="overflow-x:auto">{rows}{"".join(paragraphs)}</div>'
