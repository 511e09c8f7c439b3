"""Distribution families, one a file; a new one is a new file and one line in `FAMILIES`."""

from __future__ import annotations

from typing import Any

from unfunnel.families import (
    beta,
    cauchy,
    exponential,
    gamma,
    gumbel,
    half_cauchy,
    half_normal,
    half_student_t,
    inverse_gamma,
    laplace,
    log_normal,
    logistic,
    logit_normal,
    normal,
    skew_normal,
    student_t,
    truncated_normal,
    uniform,
    weibull,
    zero_sum_normal,
)
from unfunnel.families.base import Family

FAMILIES: tuple[Family, ...] = (
    normal.FAMILY,
    student_t.FAMILY,
    cauchy.FAMILY,
    laplace.FAMILY,
    logistic.FAMILY,
    gumbel.FAMILY,
    skew_normal.FAMILY,
    log_normal.FAMILY,
    half_normal.FAMILY,
    half_cauchy.FAMILY,
    half_student_t.FAMILY,
    exponential.FAMILY,
    gamma.FAMILY,
    inverse_gamma.FAMILY,
    weibull.FAMILY,
    beta.FAMILY,
    logit_normal.FAMILY,
    truncated_normal.FAMILY,
    zero_sum_normal.FAMILY,
    uniform.FAMILY,
)


def family_of(rv: Any) -> Family | None:
    """The family of a random variable, or None where unfunnel does not know it."""
    return next((family for family in FAMILIES if family.knows(rv.owner.op)), None)


__all__ = ["FAMILIES", "Family", "family_of"]
