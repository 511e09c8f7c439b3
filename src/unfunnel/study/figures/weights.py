"""Centering weights of the informed parameterization against what the data say of each group."""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.planning.sentences import listed
from unfunnel.plots.centering import plot_centering
from unfunnel.study.case import THRESHOLD, Case, Floats
from unfunnel.study.figures.canvas import WIDTH, Exhibit, drawn, panels_of, picture
from unfunnel.study.figures.labels import named
from unfunnel.study.figures.pictured import trees_of
from unfunnel.study.result import Result
from unfunnel.study.words import number


def weights(result: Result) -> Exhibit | None:
    """One dot per group: 0, the prior says it all; 1, the data do. None where the effects were sampled as written.

    The curve is the weight at any information, by the exact posterior of tau or the informed draws.
    """
    regime, learned = result.regime, result.weights
    if learned is None:
        return None
    ruled = np.ptp(regime.counts) > 0 and not regime.estimates
    visuals: dict[str, Any] = {"heading": False, "mixed": None if ruled else False}
    plots = plot_centering(
        trees_of(result)[result.reference],
        "θ",
        "τ",
        precision=regime.standard_errors**-2.0,
        weight=learned,
        threshold=rule(regime) if ruled else None,
        backend="matplotlib",
        visuals={part: value for part, value in visuals.items() if value is not None},
        figure_kwargs={"figsize": (WIDTH, 3.4)},
    )
    panels_of(plots)[0].set_xlabel("precision of the group's own estimate, 1 / s.e.²")
    low, high = float(learned.min()), float(learned.max())
    alt = (
        f"Centering weights of {len(learned)} groups against the precision of their own estimates, from"
        f" {number(low, 2)} to {number(high, 2)}."
    )
    return Exhibit(
        "weights", "Who leans on the population", _words(result, learned), (picture(drawn(plots), "weights", alt),)
    )


def rule(regime: Case) -> float:
    """The precision that a group has at the rule of thumb's number of observations."""
    return float(THRESHOLD * np.median(regime.standard_errors**-2.0 / regime.counts))


def expected_weights(result: Result) -> Floats:
    """``E[tau^2 / (tau^2 + s_k^2)]``, s_k the standard error of group k; dim (group,).

    Over the exact posterior; without one, over the informed draws, and then s_k is an approximation too.
    """
    draws = result.draws[result.reference]
    tau = draws.tau.reshape(-1, 1)
    regime = result.regime
    errors = regime.standard_errors if draws.sigma is None else draws.sigma.reshape(-1, 1) / np.sqrt(regime.counts)
    return np.asarray(np.mean(tau**2 / (tau**2 + errors**2), axis=0))


def _mixed(regime: Case) -> str:
    """What the rule of thumb makes of these groups."""
    centered = np.flatnonzero(regime.counts > THRESHOLD)
    if len(centered) in (0, len(regime.labels)):
        which = "centers none of them: mixed is non-centered here" if len(centered) == 0 else "centers them all"
        return f" The rule of thumb, centered above {THRESHOLD} observations, {which}."
    names = listed(named(regime, int(k)) for k in centered) if len(centered) <= 4 else f"{len(centered)} of them"
    return f" The rule of thumb, centered above {THRESHOLD} observations, centers {names}."


def _words(result: Result, w: Floats) -> tuple[str, ...]:
    regime = result.regime
    low, high = int(np.argmin(w)), int(np.argmax(w))
    first = (
        "The weight of a group is the share of its estimate that its own data decide: 0 is what the non-centered"
        " coordinates suppose, 1 what the centered ones do, and the informed parameterization takes each group as it"
        " is."
    )
    if np.ptp(w) < 0.02:
        second = f"Here all groups have about the same weight, {number(float(w.mean()), 2)}."
    else:
        second = (
            f"Here it goes from {number(w[low], 2)} for {named(regime, low)} to {number(w[high], 2)} for"
            f" {named(regime, high)}."
        )
    second += _mixed(regime)
    gap = float(np.max(np.abs(w - expected_weights(result))))
    others = "those that the groups' standard errors give" if result.exact is None else "the exact ones"
    curve = "exact" if result.exact is not None else "informed"
    second += f" The curve is the weight that the {curve} posterior of τ gives at any precision."
    return first, f"{second} The weights learned from the pilot differ from {others} by at most {number(gap, 2)}."
