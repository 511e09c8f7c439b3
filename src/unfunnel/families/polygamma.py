"""Digamma and trigamma in elementary functions.

PyTensor's own have no gradient that numba compiles (it calls back into Python for trigamma and beyond), and a chart may
be any bijection, so that an approximation costs nothing but efficiency.
"""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt


def digamma(x: Any) -> Any:
    """Approximate ψ(x) for x > 0: two steps of its recurrence and two terms of its series around x + 3/2.

    The error is at most 0.0012, where x is near 0, and at most 0.0002 of the square root of `trigamma` everywhere.
    """
    return pt.log(x + 1.5) + 1.0 / (24.0 * pt.sqr(x + 1.5)) - 1.0 / x - 1.0 / (x + 1.0)


def trigamma(x: Any) -> Any:
    """Approximate the derivative of ψ: the derivative of `digamma`, with a relative error of at most 0.0002."""
    series = 1.0 / (x + 1.5) - 1.0 / (12.0 * (x + 1.5) ** 3)
    return series + 1.0 / pt.sqr(x) + 1.0 / pt.sqr(x + 1.0)
