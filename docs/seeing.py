"""Draw the picture of plots in the README, `docs/seeing.png`: run `python docs/seeing.py`."""

from __future__ import annotations

import logging
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib import pyplot
from PIL import Image

import unfunnel as uf
from unfunnel.reporting.picture import encode
from unfunnel.study.regimes import REGIMES

SEED, DPI = 1, 110


def funnel() -> Any:
    """Eight schools as their author wrote them: the four groups that are most of a funnel."""
    dt = uf.sample(REGIMES["eight_schools"]().model(), parameterization=uf.Centered(), random_seed=SEED)
    return uf.plot_funnel(dt, most=4, figure_kwargs={"figsize": (5.4, 4.2)}, backend="matplotlib")


def centering() -> Any:
    """What informed coordinates make of groups of 1 to 1000 observations."""
    dt = uf.sample(REGIMES["unbalanced"]().model(), random_seed=SEED)
    return uf.plot_centering(dt, figure_kwargs={"figsize": (5.4, 4.2)}, backend="matplotlib")


def draw(path: Path) -> None:
    """Both beside each other."""
    images = []
    for plots in (funnel(), centering()):
        figure = plots.get_viz("figure")
        pyplot.close(figure)
        images.append(Image.open(BytesIO(encode(figure, DPI))).convert("RGB"))
    whole = Image.new("RGB", (sum(image.width for image in images), images[0].height), "white")
    whole.paste(images[0], (0, 0))
    whole.paste(images[1], (images[0].width, 0))
    whole.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    logging.getLogger("unfunnel").setLevel(logging.ERROR)
    draw(Path(__file__).with_name("seeing.png"))
