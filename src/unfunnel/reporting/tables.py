"""Tables of a page, made by great_tables and dressed by the page's own style sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any


def html_table(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Any:
    """A table of text; the first column names the rows.

    Parameters
    ----------
    name
        Different for every table of a page: ids begin with it.
    columns, rows
        Everything in them is escaped.

    Returns
    -------
    markupsafe.Markup
    """
    import pandas as pd
    from great_tables import GT
    from markupsafe import Markup

    frame = pd.DataFrame([list(row) for row in rows], columns=list(columns), dtype="str")
    made = GT(frame, rowname_col=columns[0], id=name).tab_stubhead(columns[0])
    # Numbers are read from their ends.
    numeric = [c for c in columns[1:] if all(_is_number(value) for value in frame[c])]
    made = made.cols_align("left").cols_align("right", columns=numeric) if numeric else made.cols_align("left")
    # Its style sheet is as long as some pages, has rules for other tables than its own, and no dark colours.
    return Markup(re.sub(r"<style>.*?</style>", "", made.as_raw_html(), flags=re.DOTALL))


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"|-?[\d.]+(e[+-]?\d+)?|[-+]?(nan|inf)", text.strip(), flags=re.IGNORECASE))
