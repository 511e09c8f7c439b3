"""The families that are priors of scales: they have a whitening."""

from __future__ import annotations

from unfunnel.families import (
    exponential,
    gamma,
    half_cauchy,
    half_normal,
    half_student_t,
    inverse_gamma,
    log_normal,
    uniform,
    weibull,
)
from unfunnel.families.base import Family

SCALE_PRIORS: tuple[Family, ...] = (
    log_normal.FAMILY,
    half_normal.FAMILY,
    half_cauchy.FAMILY,
    half_student_t.FAMILY,
    exponential.FAMILY,
    gamma.FAMILY,
    inverse_gamma.FAMILY,
    weibull.FAMILY,
    uniform.FAMILY,
)
