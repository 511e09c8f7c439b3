"""How fits are shared out: those of one structure together, so that few workers compile it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from unfunnel.many.digest import digest_of_builder
from unfunnel.many.settings import Settings
from unfunnel.many.specification import Fit
from unfunnel.many.worker import Piece

_FEWEST, _MOST = 8, 256
"""Fits of a piece: enough to pay for a compilation, and few enough that the last worker is not waited for."""

_PIECES = 4
"""For every worker, so that they end at about the same time."""

Job = tuple[Fit, int]


def pieces_of(jobs: Sequence[Job], workers: int, settings: Settings, folder: Path | None, marks: Path) -> list[Piece]:
    """Pieces of fits that probably share a compilation; whether they do, a worker finds out from their models."""
    size = min(max(-(-len(jobs) // (_PIECES * workers)), _FEWEST), _MOST)
    return [
        Piece(tuple(group[begin : begin + size]), settings, folder, marks)
        for group in _by_structure(jobs)
        for begin in range(0, len(group), size)
    ]


def _by_structure(jobs: Iterable[Job]) -> list[list[Job]]:
    groups: dict[Any, list[Job]] = defaultdict(list)
    digests: dict[int, str] = {}
    for job in jobs:
        spec = job[0]
        if id(spec.build) not in digests:
            digests[id(spec.build)] = digest_of_builder(spec.build)
        groups[digests[id(spec.build)], spec.shapes].append(job)
    return list(groups.values())
