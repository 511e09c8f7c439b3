"""The regimes of the study: one file each, one line here."""

from __future__ import annotations

from collections.abc import Callable

from unfunnel.errors import InvalidArgumentError
from unfunnel.study.case import Case
from unfunnel.study.regimes.adc import adc
from unfunnel.study.regimes.eight_schools import eight_schools
from unfunnel.study.regimes.multivariate import multivariate_strong, multivariate_weak
from unfunnel.study.regimes.small import small
from unfunnel.study.regimes.strong import strong
from unfunnel.study.regimes.unbalanced import unbalanced
from unfunnel.study.regimes.weak import weak

REGIMES: dict[str, Callable[[], Case]] = {
    "weak": weak,
    "strong": strong,
    "unbalanced": unbalanced,
    "small": small,
    "eight_schools": eight_schools,
    "adc": adc,
    "multivariate_weak": multivariate_weak,
    "multivariate_strong": multivariate_strong,
}

TOGETHER = {"multivariate": ("multivariate_weak", "multivariate_strong")}
"""One name for several regimes."""


def find_regimes(name: str) -> tuple[Case, ...]:
    """The regime of that name, or all of them in the order of the study.

    Parameters
    ----------
    name
        A key of ``REGIMES`` or ``TOGETHER``, or "all".

    Raises
    ------
    InvalidArgumentError
        If there is no such regime.
    """
    if name == "all":
        return tuple(build() for build in REGIMES.values())
    names = TOGETHER.get(name, (name,))
    if not set(names) <= set(REGIMES):
        known = ", ".join([*REGIMES, *TOGETHER])
        raise InvalidArgumentError(f"There is no regime {name!r}; choose one of {known}, all.")
    return tuple(REGIMES[one]() for one in names)
