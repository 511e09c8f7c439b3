"""A Sphinx extension: formulas as pictures within the page, drawn by Matplotlib; nothing is loaded from a network."""

from __future__ import annotations

import io
import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any
from zlib import crc32

from sphinx.errors import ExtensionError

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

_FRACTION, _LARGE = r"\frac", r"\dfrac"
_SIZE = 12.0  # points; the size that depth and height are put in units of


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_html_math_renderer("mathtext", inline_renderers=(_inline, None), block_renderers=(_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(writer: Any, node: nodes.math) -> None:
    from docutils.nodes import SkipNode

    writer.body.append(f'<span class="formula">{drawn(node.astext())}</span>')
    raise SkipNode


def _block(writer: Any, node: nodes.math_block) -> None:
    """A formula a line, with fractions of full size."""
    from docutils.nodes import SkipNode

    lines = [line.strip() for line in re.split(r"\\\\", node.astext()) if line.strip()]
    pictures = (drawn(line.replace(_FRACTION, _LARGE)) for line in lines)
    writer.body.append("".join(f'<div class="formula">{picture}</div>\n' for picture in pictures))
    raise SkipNode


@cache
def drawn(formula: str) -> str:
    """A formula as SVG, in the colour and size of the text around it, on its base line."""
    from matplotlib import rc_context
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import math_to_image

    text = f"${' '.join(formula.split())}$"
    properties = FontProperties(size=_SIZE, math_fontfamily="stix")
    picture = io.BytesIO()
    try:
        with rc_context({"svg.fonttype": "path", "svg.hashsalt": formula}):
            depth = float(math_to_image(text, picture, prop=properties, dpi=72, format="svg", color="black"))
    except ValueError as error:
        raise ExtensionError(f"the formula {formula!r} cannot be drawn: {error}") from error
    return _within(picture.getvalue().decode(), formula, depth)


def _within(svg: str, formula: str, depth: float) -> str:
    """What Matplotlib wrote, as a part of a page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="patch_1">.*?</g>', "", svg, flags=re.DOTALL)  # the background
    width, height = (float(re.search(rf'{side}="([0-9.]+)pt"', svg)[1]) for side in ("width", "height"))
    size = (
        f'width="{width / _SIZE:.3f}em" height="{height / _SIZE:.3f}em" style="vertical-align: {-depth / _SIZE:.3f}em"'
    )
    svg = re.sub(r'width="[0-9.]+pt" height="[0-9.]+pt"', size, svg, count=1)
    # Names are of the whole page; every picture has its own.
    mark = format(crc32(formula.encode()), "x")
    svg = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>f{mark}-", svg)
    label = f'role="img" aria-label="{escape(formula, quote=True)}" fill="currentColor"'
    return svg.replace("<svg ", f"<svg {label} ", 1).replace("\n", "")
