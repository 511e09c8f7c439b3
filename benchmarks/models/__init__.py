"""The models of the benchmark; `python -m benchmarks.models` measures them."""

from benchmarks.models import correlated, crossed, families, groups, hospitals, mixed, regression, siblings
from benchmarks.models.case import Case

_ROOMS = (hospitals, groups, mixed, siblings, correlated, regression, crossed, families)
CASES: dict[str, Case] = {case.name: case for room in _ROOMS for case in room.CASES}
