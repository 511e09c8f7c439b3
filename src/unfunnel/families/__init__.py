"""Distribution families, one a file; a new one is a new file and one line in `FAMILIES` or `SCALE_PRIORS`."""

from __future__ import annotations

from typing import Any

from unfunnel.families import (
    autoregressive,
    beta,
    cauchy,
    gaussian_random_walk,
    gumbel,
    laplace,
    lkj_cholesky_cov,
    logistic,
    logit_normal,
    mv_normal,
    normal,
    skew_normal,
    student_t,
    truncated_normal,
    zero_sum_normal,
)
from unfunnel.families.base import Family
from unfunnel.families.scale_priors import SCALE_PRIORS

FAMILIES: tuple[Family, ...] = (
    normal.FAMILY,
    student_t.FAMILY,
    cauchy.FAMILY,
    laplace.FAMILY,
    logistic.FAMILY,
    gumbel.FAMILY,
    skew_normal.FAMILY,
    *SCALE_PRIORS,
    beta.FAMILY,
    logit_normal.FAMILY,
    truncated_normal.FAMILY,
    zero_sum_normal.FAMILY,
    mv_normal.FAMILY,
    lkj_cholesky_cov.FAMILY,
    gaussian_random_walk.FAMILY,
    autoregressive.FAMILY,
)


def family_of(rv: Any) -> Family | None:
    """The family of a random variable, or None where unfunnel does not know it."""
    return next((family for family in FAMILIES if family.has(rv)), None)


__all__ = ["FAMILIES", "Family", "family_of"]
