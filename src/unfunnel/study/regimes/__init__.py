"""The regimes of the study: one file each, one line here."""

from __future__ import annotations

from collections.abc import Callable

from unfunnel.errors import InvalidArgumentError
from unfunnel.study.regime import Regime
from unfunnel.study.regimes.eight_schools import eight_schools
from unfunnel.study.regimes.small import small
from unfunnel.study.regimes.strong import strong
from unfunnel.study.regimes.unbalanced import unbalanced
from unfunnel.study.regimes.weak import weak

REGIMES: dict[str, Callable[[], Regime]] = {
    "weak": weak,
    "strong": strong,
    "unbalanced": unbalanced,
    "small": small,
    "eight_schools": eight_schools,
}


def find_regimes(name: str) -> tuple[Regime, ...]:
    """The regime of that name, or all of them in the order of the study.

    Parameters
    ----------
    name
        A key of ``REGIMES``, or "all".

    Raises
    ------
    InvalidArgumentError
        If there is no such regime.
    """
    if name == "all":
        return tuple(build() for build in REGIMES.values())
    if name not in REGIMES:
        raise InvalidArgumentError(f"There is no regime {name!r}; choose one of {', '.join(REGIMES)}, all.")
    return (REGIMES[name](),)
