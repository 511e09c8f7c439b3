"""The cases in Stan: a program and its data.

A program stands there centered; its comments `/*<offset=..., multiplier=...>*/` are what makes it noncentered, which is
how Stan's own guide writes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.models.case import CENTERED, Case, Data
from benchmarks.peers.regimes import NAMES as REGIMES

FOLDER = Path(__file__).parent / "stan"


@dataclass(frozen=True)
class Program:
    """A file, the words of it that are put in, and the data it asks for.

    Parameters
    ----------
    file
        Its name without the ending.
    data
        From the case's data to the program's; groups count from 1.
    words
        What stands in the file in place of what.
    noncentered
        Another file for the noncentered form, where it is more than a multiplier.
    """

    file: str
    data: Callable[[Data], dict[str, Any]]
    words: dict[str, str] = field(default_factory=dict)
    noncentered: str | None = None

    def code(self, way: str) -> str:
        """The program, written in one way."""
        file = self.noncentered if way != CENTERED and self.noncentered else self.file
        text = (FOLDER / f"{file}.stan").read_text(encoding="utf-8")
        for old, new in self.words.items():
            text = text.replace(old, new)
        return text if way == CENTERED else text.replace("/*", "").replace("*/", "")


def program(case: Case) -> Program | None:
    """None where nobody wrote one."""
    return PROGRAMS.get(case.name)


def grouped(data: Data) -> dict[str, Any]:
    """Observations in groups."""
    found = {"N": len(data["y"]), "K": int(data["group"].max()) + 1, "group": data["group"] + 1, "y": data["y"]}
    return found | ({"x": data["x"]} if "x" in data else {})


def normal(data: Data) -> dict[str, Any]:
    """Noise of every observation; schools are groups of one."""
    group = data.get("group", np.arange(len(data["y"])))
    return grouped({"y": data["y"], "group": group}) | {"sigma": np.broadcast_to(data["sigma"], (len(group),))}


def plates(data: Data) -> dict[str, Any]:
    """A row is a group."""
    return {"K": len(data["y"]), **data}


def crossed(data: Data) -> dict[str, Any]:
    """Persons and items."""
    return {**data, "N": len(data["y"]), "person": data["person"] + 1, "item": data["item"] + 1}


PROGRAMS: dict[str, Program] = {
    **{name: Program("normal", normal, {"PRIOR": "normal"}) for name in REGIMES},
    "schools": Program("normal", normal, {"PRIOR": "cauchy"}),
    "surgical": Program("surgical", plates),
    "seeds": Program("seeds", plates),
    "rats": Program("rats", grouped),
    "poisson60": Program("poisson60", grouped),
    "mixed_poisson": Program("mixed", grouped, {"LIKELIHOOD": "poisson_log"}),
    "mixed_bernoulli": Program("mixed", grouped, {"LIKELIHOOD": "bernoulli_logit"}),
    "lkj_normal": Program("lkj", grouped, noncentered="lkj_noncentered"),
    "crossed100x20": Program("crossed", crossed),
}
