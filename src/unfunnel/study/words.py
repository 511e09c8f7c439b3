"""Numbers and lists as a reader wants them."""

from __future__ import annotations

import numpy as np

from unfunnel.study.result import NAMES

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 3) -> str:
    """A number to some significant digits, without exponent in the usual range; "not computable" for NaN."""
    if not np.isfinite(value):
        return "not computable"
    rounded = float(f"{value:.{digits}g}")
    if 10 ** (digits - 1) <= abs(rounded) < 1e7:
        return whole(value)
    text = f"{value:.{digits}g}"
    if "e" in text:
        mantissa, power = text.split("e")
        text = f"{mantissa} × 10{str(int(power)).translate(_RAISED)}"
    return text.replace("-", "\u2212")


def whole(value: float) -> str:
    """A count, thousands set apart by a thin space."""
    return f"{value:,.0f}".replace(",", "\u202f").replace("-", "\u2212")


def counted(count: int, noun: str, many: str | None = None) -> str:
    """A count with its noun: "no divergences", "1 divergence", "7 divergences"."""
    if count == 0:
        return f"no {many or noun + 's'}"
    return f"{whole(count)} {noun if count == 1 else many or noun + 's'}"


def shown(name: str) -> str:
    """A parameterization as written in prose."""
    return NAMES[name]


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]
