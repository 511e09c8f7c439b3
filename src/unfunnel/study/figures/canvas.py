"""What a figure of the study is, and how it becomes a PNG."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

DPI = 120
WIDTH = 7.6
PAIRED = 5.8


@dataclass(frozen=True)
class Picture:
    """One PNG, with the name of its file, its alternative text, and a heading where an exhibit has several."""

    file: str
    png: bytes
    alt: str
    heading: str = ""


@dataclass(frozen=True)
class Exhibit:
    """One figure of a regime: pictures, and plain words on what to see in them."""

    key: str
    title: str
    words: tuple[str, ...]
    pictures: tuple[Picture, ...]


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """An empty figure in inches; no pyplot, so nothing global is kept."""
    return Figure(figsize=(width, height), dpi=DPI, layout="constrained")


def picture(figure: Figure, file: str, alt: str, heading: str = "") -> Picture:
    """Draw the figure."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    # 256 colours are plenty for a drawing and make the page a third as heavy.
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    image = Image.fromarray(pixels).convert("RGB")
    image = image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    buffer = BytesIO()
    image.save(buffer, format="png", dpi=(DPI, DPI))
    return Picture(file, buffer.getvalue(), alt, heading)
