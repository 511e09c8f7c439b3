"""A Sphinx extension: the pictures that are drawn from the code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from extensions.rooms import drawn

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("builder-inited", _draw)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _draw(app: Sphinx) -> None:
    folder = Path(app.srcdir) / "executed"
    folder.mkdir(exist_ok=True)
    picture = folder / "rooms.svg"
    picture.write_text(drawn(), encoding="utf-8")
