"""A Sphinx extension: every Python and console block of a page is run when the page is built.

What a page gave is kept in `.cache/docs` until its code, the library or one of its main dependencies changes.
``-D executed_pages=0`` builds the pages without running anything, which shows text and references in seconds.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.errors import ExtensionError
from sphinx.util import logging

from extensions.blocks import Block, BlockError, Output, blocks_of, woven
from extensions.runner import ROOT, run

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDER = "executed"
CACHE = ROOT / ".cache" / "docs"
_PACKAGES = ("pymc", "pytensor", "nutpie", "arviz", "bambi", "matplotlib", "numpy")
logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_config_value("executed_pages", default=True, rebuild="env", types=[bool])
    app.connect("source-read", _execute)
    return {"parallel_read_safe": False, "parallel_write_safe": True}


def _execute(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put what the blocks of a page gave into its source."""
    if Path(app.env.doc2path(docname)).suffix != ".md":
        return
    try:
        blocks = blocks_of(source[0])
        if blocks and app.config.executed_pages:
            outputs = _outputs(docname.replace("/", "-"), blocks, Path(app.srcdir) / FOLDER)
            source[0] = woven(source[0], outputs)
        else:
            source[0] = woven(source[0], [Output()] * len(blocks))
    except BlockError as error:
        raise ExtensionError(f"{docname}: {error}") from error


def _outputs(name: str, blocks: tuple[Block, ...], pictures: Path) -> list[Output]:
    """What the blocks give, from the cache if nothing changed; pictures with the path Sphinx finds them under."""
    kept = CACHE / f"{name}-{_key(blocks)}"
    if not (kept / "outputs.json").is_file():
        begun = time.perf_counter()
        logger.info("running %s (%d blocks) ...", name, len(blocks))
        outputs = run(name, blocks, kept)
        kept.mkdir(parents=True, exist_ok=True)
        (kept / "outputs.json").write_text(json.dumps([asdict(output) for output in outputs]), encoding="utf-8")
        logger.info("ran %s in %.0f s", name, time.perf_counter() - begun)
    pictures.mkdir(exist_ok=True)
    for picture in kept.glob("*.png"):
        shutil.copyfile(picture, pictures / picture.name)
    outputs = [Output(**output) for output in json.loads((kept / "outputs.json").read_text(encoding="utf-8"))]
    return [Output(o.text, o.html, f"/{FOLDER}/{o.picture}" if o.picture else "") for o in outputs]


def _key(blocks: tuple[Block, ...]) -> str:
    """A digest of all that decides what the blocks give."""
    digest = hashlib.sha256(json.dumps([[*asdict(block).values()] for block in blocks]).encode())
    for file in sorted([*(ROOT / "src").rglob("*.py"), Path(__file__).with_name("runner.py")]):
        digest.update(file.read_bytes())
    digest.update(" ".join(version(package) for package in _PACKAGES).encode())
    return digest.hexdigest()[:16]
