"""The models of the benchmark; `python -m benchmarks.models` measures them."""

from benchmarks.models import (
    correlated,
    crossed,
    factors,
    families,
    groups,
    hospitals,
    mixed,
    nested,
    regression,
    sequences,
    shapes,
    siblings,
)
from benchmarks.models.case import Case

_ROOMS = (
    hospitals,
    groups,
    mixed,
    siblings,
    correlated,
    nested,
    sequences,
    shapes,
    regression,
    crossed,
    factors,
    families,
)
CASES: dict[str, Case] = {case.name: case for room in _ROOMS for case in room.CASES}
