"""What stands out from the paper: black, or white where the backend's theme is dark."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

ON_ANY_PAPER = "#777777"
"""Read on white and on black alike."""


def ink(backend: str) -> str:
    """The colour of text and of what has to be seen on any paper.

    ArviZ's own name for it, "B1", takes every background of plotly that is written ``rgb(...)`` for white, that of
    ``plotly_dark`` too.
    """
    contrast: Any = import_module("arviz_plots.backend.alias_utils").get_contrast_colors
    own: Any = import_module(f"arviz_plots.backend.{backend}").get_background_color
    return str(contrast((_plotly_paper() if backend == "plotly" else "") or own())[0])


def _plotly_paper() -> str:
    """The background of plotly's template as ``#rrggbb``; empty where ArviZ can read it."""
    pio: Any = import_module("plotly.io")
    if not pio.templates.default:
        return "#ffffff"
    written = str(pio.templates[pio.templates.default].layout.paper_bgcolor)
    found = re.fullmatch(r"rgb\((\d+),\s*(\d+),\s*(\d+)\)", written)
    return "#{:02x}{:02x}{:02x}".format(*map(int, found.groups())) if found else ""
