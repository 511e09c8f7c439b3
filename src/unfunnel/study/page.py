"""The page: one self-contained HTML file, verdict first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2

from unfunnel.reporting.page import style
from unfunnel.reporting.picture import data_uri, png_size
from unfunnel.study.case import THRESHOLD
from unfunnel.study.conclusions import choosing, overall, winner
from unfunnel.study.section import Section
from unfunnel.study.words import number, shown


def render(sections: Sequence[Section], stamp: Mapping[str, Any], unfinished: Sequence[str] = ()) -> str:
    """The page as text; everything that a user wrote is escaped, pictures are data URIs.

    Parameters
    ----------
    sections
        The regimes that are done, in order.
    stamp
        From :func:`~unfunnel.study.stamp.make_stamp`.
    unfinished
        Names of regimes that an interruption left out.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("unfunnel.study"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    template = environment.get_template("index.html.j2")
    return template.render(
        style=style(),
        sections=[_Shown(section) for section in sections],
        names=list(sections[0].rows) if sections else [],
        good=all(section.good for section in sections),
        overall=overall(sections),
        choosing=choosing(sections),
        unfinished=unfinished,
        stamp=stamp,
        summary=summary(sections, stamp),
        threshold=THRESHOLD,
        number=number,
        shown=shown,
        data_uri=data_uri,
        size=png_size,
    )


def summary(sections: Sequence[Section], stamp: Mapping[str, Any]) -> dict[str, Any]:
    """What `summary.json` holds: the stamp, and every row by regime and parameterization."""
    return {
        "stamp": dict(stamp),
        "regimes": {s.name: {name: row.as_json() for name, row in s.rows.items()} for s in sections},
    }


def as_text(summarized: Mapping[str, Any]) -> str:
    """The summary as JSON, without NaN."""
    return json.dumps(summarized, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


class _Shown:
    """A section with the name of its most efficient unflagged fit."""

    def __init__(self, section: Section) -> None:
        self._section = section
        self.winner = winner(section)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._section, name)
