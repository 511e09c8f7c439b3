"""Stuck chain: one that hardly moved, so that its draws are worth nothing and spoil the others'."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from unfunnel.diagnosis.finding import Finding
from unfunnel.diagnosis.pair import Floats
from unfunnel.diagnosis.verdict import Verdict
from unfunnel.diagnosis.view import View

_NARROW = 1e-4
"""Share of the variance within another chain that a chain has to show."""

_REPEATED = 0.5
"""Share of its draws that a chain may repeat."""


def found(view: View, chains: Sequence[Any], library: str) -> Iterator[Finding]:
    """One finding for every chain that is stuck.

    A chain is stuck if it repeats more than half of its draws, or if the variance of an effect or of the logarithm of
    the scale within it is below a ten-thousandth of that within another. Chains that move, each at a place of its own,
    are a matter of R-hat.
    """
    if view.statistics.draws < 4:
        return
    # A scale that is a number never moves.
    moving = [view.pair.eta, *([view.pair.log_scale] if view.pair.scales else [])]
    for position, label in enumerate(chains):
        if not any(is_stuck(draws, position) for draws in moving):
            continue
        yield Finding(
            variable=view.pair.scale_name or view.pair.effect,
            coords=(("chain", label.item() if isinstance(label, np.generic) else label),),
            verdict=Verdict.STUCK_CHAIN,
            severity=1.0,
            sentence=f"Chain {label} hardly moved: its draws of {view.pair.effect} and {view.pair.scale_name} stay"
            " where they started, or nearly. The other chains do not make up for it.",
            cure="a new run with initial values where the density is finite and not flat (initval=...)"
            if library == "stan"
            else "uf.sample(model, random_seed=...), which starts the chains anew at draws of a pilot",
        )


def is_stuck(draws: Floats, chain: int) -> bool:
    """Whether one chain of an array with dims (chain, draw, element) hardly moved in some element."""
    own = draws[chain]
    if not np.isfinite(own).all():
        return False
    if np.mean((np.diff(own, axis=0) == 0).all(axis=1)) > _REPEATED:
        return True
    within = draws.var(axis=1)
    widest = np.max(np.where(np.isfinite(within), within, 0.0), axis=0)
    return bool(np.any(within[chain] < _NARROW * widest))
