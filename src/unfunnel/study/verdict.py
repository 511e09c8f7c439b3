"""What came of a regime, in a few sentences made from its numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from unfunnel.planning.sentences import listed
from unfunnel.study.summary import Row, flags
from unfunnel.study.words import capital, counted, number, shown

FAR = 4.0


def verdict(rows: Mapping[str, Row], agreement: float | None = None) -> tuple[str, ...]:
    """First how the informed fit did, then against which rivals, then who is flagged, then who is right.

    `agreement` is how far fits without a flag lie apart, where nothing exact is known.
    """
    known = any(np.isfinite([row.error_mu_mcse, row.error_tau_mcse]).any() for row in rows.values())
    right = _truth(rows) if known else _agreeing(rows, agreement)
    return tuple(filter(None, (_informed(rows["informed"]), _rival(rows), _flagged(rows), right)))


def best_fixed(rows: Mapping[str, Row]) -> str:
    """The most efficient of the fixed parameterizations, the unflagged ones first."""
    fixed = [name for name in rows if name != "informed"]
    return max(fixed, key=lambda name: (not rows[name].flagged, rows[name].ess_per_1000_gradients))


def _informed(row: Row) -> str:
    price = f"{number(row.ess_per_1000_gradients)} effective draws per 1000 gradients"
    if row.flagged:
        return f"The informed fit is flagged by its own diagnostics: {listed(objections(row))}. It made {price}."
    return (
        f"The informed fit is clean: {counted(row.divergences, 'divergence')}, R-hat at most {row.rhat_max:.3f},"
        f" {price}."
    )


def _rival(rows: Mapping[str, Row]) -> str:
    name = best_fixed(rows)
    rival, informed = rows[name], rows["informed"]
    whose = "the best of the fixed parameterizations" if not rival.flagged else "the fastest fixed one, though flagged,"
    text = f"{capital(whose)} is {shown(name)} with {number(rival.ess_per_1000_gradients)}"
    ratio = informed.ess_per_1000_gradients / rival.ess_per_1000_gradients
    if ratio >= 1.15:
        return f"{text}: the informed fit is {number(ratio, 2)} times as efficient."
    if ratio <= 1 / 1.15:
        return f"{text}: it is {number(1 / ratio, 2)} times as efficient as the informed fit."
    return f"{text}: about the same."


def _flagged(rows: Mapping[str, Row]) -> str:
    bad = [
        f"{shown(name)} ({listed(objections(row))})" for name, row in rows.items() if row.flagged and name != "informed"
    ]
    return f"Flagged by their own diagnostics: {'; '.join(bad)}." if bad else "No fixed parameterization is flagged."


def _truth(rows: Mapping[str, Row]) -> str:
    error = {name: max(row.error_mu_mcse, row.error_tau_mcse) for name, row in rows.items()}
    fine = [name for name, row in rows.items() if not row.flagged]
    astray = [name for name in fine if not error[name] <= FAR]
    wrong = [name for name, row in rows.items() if row.flagged and error[name] > FAR]
    text = []
    if fine and not astray:
        worst = max(error[name] for name in fine)
        who = "Every fit" if len(fine) > 1 else "The only fit"
        text.append(
            f"{who} without a flag ({listed(map(shown, fine))}) agrees with the exact posterior: the means of μ and"
            f" log τ lie within {number(worst, 2)} Monte Carlo standard errors of it."
        )
    for name in astray:
        text.append(f"Beware: {shown(name)} has no flag, yet lies {_far(error[name])} from the exact posterior.")
    for name in wrong:
        text.append(
            f"{capital(shown(name))} is not only slow but wrong: it lies {_far(error[name])} from the exact mean."
        )
    return " ".join(text)


def _agreeing(rows: Mapping[str, Row], agreement: float | None) -> str:
    text = "There is no exact density of this model to hold the fits against."
    if agreement is None:
        fine = [name for name, row in rows.items() if not row.flagged]
        return f"{text} Only {shown(fine[0])} has no flag." if len(fine) == 1 else text
    if agreement > FAR:
        return f"{text} Beware: fits without a flag disagree, their means lie {_far(agreement)} apart."
    return f"{text} The fits without a flag agree: their means of μ and log τ lie at most {_far(agreement)} apart."


def _far(error: float) -> str:
    return f"{number(error, 2)} Monte Carlo standard errors"


def objections(row: Row) -> tuple[str, ...]:
    """What the fit's own diagnostics object to."""
    return flags(row.as_numbers())
