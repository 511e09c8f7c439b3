"""The page of a fit as text: one HTML file that needs nothing beside itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import Any

from unfunnel.diagnosis import Diagnosis
from unfunnel.diagnosis.table import table_of as diagnosis_table
from unfunnel.planning import Plan
from unfunnel.planning.table import table_of as plan_table
from unfunnel.reporting.gallery import Exhibit
from unfunnel.reporting.picture import data_uri, png_size
from unfunnel.reporting.summary import COLUMNS
from unfunnel.reporting.tables import html_table
from unfunnel.reporting.verdict import advice, headline, run_line
from unfunnel.showing.table import Paragraph, Table


@dataclass(frozen=True, eq=False)
class Content:
    """All that a page shows.

    Parameters
    ----------
    title
        Of the page.
    diagnosis
        Of the fit.
    plan
        What was done with every variable; None for a fit that is not of unfunnel.
    exhibits
        The pictures.
    summary
        Rows of the posterior's table.
    cut
        Variables of which that table leaves elements out.
    boxed
        Whether names in pictures are in letters that their font lacks.
    stamp
        What ran.
    """

    title: str
    diagnosis: Diagnosis
    plan: Plan | None
    exhibits: tuple[Exhibit, ...]
    summary: list[tuple[str, ...]]
    cut: list[str]
    boxed: bool
    stamp: Mapping[str, str]


def render(content: Content) -> str:
    """The page; everything that a user wrote is escaped, pictures are data URIs."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("unfunnel.reporting"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    done = None if content.plan is None else plan_table(content.plan.choices, content.plan.blocks)
    found = diagnosis_table(content.diagnosis)
    return environment.get_template("report.html.j2").render(
        style=style(),
        content=content,
        headline=headline(content.diagnosis),
        advice=advice(content.diagnosis),
        run=run_line(content.diagnosis),
        plan=None if done is None else _html("plan", done),
        plan_paragraphs=() if done is None else done.paragraphs,
        findings=_html("findings", found),
        notes=_notes(found),
        summary=html_table("summary", COLUMNS, content.summary),
        data=_embedded(as_data(content)),
        data_uri=data_uri,
        size=png_size,
    )


def as_data(content: Content) -> dict[str, Any]:
    """What a program reads of the page: the stamp, the diagnosis and the plan."""
    return {
        "stamp": dict(content.stamp),
        "diagnosis": json.loads(content.diagnosis.to_json()),
        "plan": None if content.plan is None else json.loads(content.plan.to_json()),
    }


def style() -> Any:
    """The style sheet of every page, which is ours and so not escaped: quotes in it would not survive that."""
    from markupsafe import Markup

    return Markup(files("unfunnel.reporting").joinpath("templates/style.css").read_text(encoding="utf-8"))


def _html(name: str, table: Table) -> Any:
    return html_table(name, table.columns, [row.cells for row in table.rows])


def _notes(table: Table) -> list[Paragraph]:
    return [paragraph for paragraph in table.paragraphs if paragraph.subject == "note"]


def _embedded(data: Mapping[str, Any]) -> Any:
    """JSON in a script block: without NaN, and without anything that would end the block."""
    from jinja2.utils import htmlsafe_json_dumps

    return htmlsafe_json_dumps(data, dumps=partial(json.dumps, ensure_ascii=False, allow_nan=False))
