"""The models, by name."""

from __future__ import annotations

from benchmarks.calibration.case import Case
from benchmarks.calibration.models.counts import BINOMIAL, POISSON
from benchmarks.calibration.models.lkj import LKJ
from benchmarks.calibration.models.nested import NESTED
from benchmarks.calibration.models.normal import NORMAL, STUDENT

CASES: dict[str, Case] = {case.name: case for case in (NORMAL, BINOMIAL, POISSON, STUDENT, LKJ, NESTED)}
