"""How far fits of one model lie apart, where nothing exact is known of it."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import arviz as az
import numpy as np

from unfunnel.study.result import Result


def agreement(result: Result) -> float | None:
    """The largest distance between the means of mu or log tau of two unflagged fits, in Monte Carlo standard errors.

    None where the exact posterior is known, which fits are better held against, or fewer than two fits are unflagged.
    """
    fine = [name for name, row in result.rows.items() if not row.flagged]
    if result.exact is not None or len(fine) < 2:
        return None
    draws = [result.draws[name] for name in fine]
    return max(
        _apart(getattr(one, quantity), getattr(other, quantity))
        for one, other in combinations(draws, 2)
        for quantity in ("mu", "log_tau")
    )


def _apart(one: Any, other: Any) -> float:
    first, second = (float(az.mcse(values, chain_axis=0, draw_axis=1)) for values in (one, other))
    return float(abs(np.mean(one) - np.mean(other)) / np.hypot(first, second))
