"""Distribution families, one a file; a new one is a new file and one line in `FAMILIES`."""

from __future__ import annotations

from typing import Any

from unfunnel.families import exponential, half_cauchy, half_normal, log_normal, normal, student_t
from unfunnel.families.base import Family

FAMILIES: tuple[Family, ...] = (
    normal.FAMILY,
    student_t.FAMILY,
    log_normal.FAMILY,
    half_normal.FAMILY,
    half_cauchy.FAMILY,
    exponential.FAMILY,
)


def family_of(rv: Any) -> Family | None:
    """The family of a random variable, or None where unfunnel does not know it."""
    return next((family for family in FAMILIES if type(rv.owner.op) is family.op), None)


__all__ = ["FAMILIES", "Family", "family_of"]
