"""Centered against non-centered draws in one grid."""

from __future__ import annotations

import numpy as np

from unfunnel.plots.canvas import legend
from unfunnel.study.figures.canvas import Exhibit, drawn, picture
from unfunnel.study.figures.funnel import funnel_limits, grid
from unfunnel.study.figures.palette import COLOURS
from unfunnel.study.figures.panels import telling
from unfunnel.study.result import Result
from unfunnel.study.words import number, shown

PAIR = ("centered", "noncentered")


def overlay(result: Result) -> Exhibit:
    """Both sets of draws on the funnel's axes."""
    chosen, why = telling(result.regime)
    reach = funnel_limits(result, chosen)
    plots = None
    for name in PAIR:
        # Light enough for the first to show through the second.
        looks = {"color": COLOURS[name], "alpha": 0.2}
        plots = grid(result, name, chosen, reach, on=plots, draws=looks, divergences=False)
    legend(plots, [(shown(name), {"marker": "o", "color": COLOURS[name]}) for name in PAIR])
    figure = drawn(plots)
    alt = f"The draws of the centered and the non-centered fit over one another, θ against log τ, {len(chosen)} groups."
    return Exhibit("overlay", "Centered against non-centered", _words(result, why), (picture(figure, "overlay", alt),))


def _words(result: Result, why: str) -> tuple[str, ...]:
    low = {name: float(np.quantile(result.draws[name].log_tau, 0.01)) for name in PAIR}
    right = float(np.quantile(result.draws[result.reference].log_tau, 0.01))
    short = {name: low[name] - right for name in PAIR}
    if max(short.values()) > 0.3:
        worse = max(short, key=short.__getitem__)
        say = (
            f"The {_word(worse)} draws stop short: their lowest hundredth lies {number(short[worse], 2)} units of log τ"
            f" above the {result.reference} one; that of the other fit lies {_side(short[_other(worse)])}. Dots of one"
            " colour alone at the bottom are what the other fit missed."
        )
    else:
        say = (
            "Both colours cover the same ground down to the lowest hundredth of log τ. Where they do, the two fits"
            " differ in what they cost, not in what they say."
        )
    return (why, say) if why else (say,)


def _side(short: float) -> str:
    if abs(short) <= 0.3:
        return "within 0.3 of it"
    return f"{number(abs(short), 2)} {'above' if short > 0 else 'below'} it"


def _other(name: str) -> str:
    return PAIR[1 - PAIR.index(name)]


def _word(name: str) -> str:
    return "non-centered" if name == "noncentered" else name
