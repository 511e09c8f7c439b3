"""A picture in a page: a PNG with its alternative text."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Picture:
    """One PNG, with the name of its file, its alternative text, and a heading where there are several."""

    file: str
    png: bytes
    alt: str
    heading: str = ""


def encode(figure: Any, dpi: float) -> bytes:
    """A figure of matplotlib as a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    # 256 colours are plenty for a drawing and make the page a third as heavy.
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    image = Image.fromarray(pixels).convert("RGB")
    image = image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    buffer = BytesIO()
    image.save(buffer, format="png", dpi=(dpi, dpi))
    return buffer.getvalue()


def data_uri(picture: Picture) -> str:
    """The picture as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(picture.png).decode('ascii')}"


def png_size(picture: Picture) -> tuple[int, int]:
    """Width and height in pixels, from the PNG's header."""
    return int.from_bytes(picture.png[16:20], "big"), int.from_bytes(picture.png[20:24], "big")
