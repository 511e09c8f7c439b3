"""Centered against non-centered draws in one grid."""

from __future__ import annotations

import numpy as np

from unfunnel.study.figures.canvas import Exhibit, picture
from unfunnel.study.figures.funnel import funnel_limits, panels
from unfunnel.study.figures.palette import COLOURS
from unfunnel.study.figures.panels import telling, thinned
from unfunnel.study.result import Result
from unfunnel.study.words import number

PAIR = ("centered", "noncentered")


def overlay(result: Result) -> Exhibit:
    """Both sets of draws on the funnel's axes, mixed so that neither covers the other."""
    chosen, why = telling(result.regime)
    reach = funnel_limits(result, chosen)
    figure, axes = panels(result, chosen, reach)
    pair = [result.draws[name] for name in PAIR]
    log_tau = np.concatenate([thinned(d.log_tau.ravel()) for d in pair])
    which = np.repeat([0, 1], [len(thinned(d.log_tau.ravel())) for d in pair])
    order = np.random.default_rng(0).permutation(len(which))
    colours = np.array([COLOURS[name] for name in PAIR])[which][order]
    for ax, k in zip(axes, chosen, strict=True):
        theta = np.concatenate([thinned(d.theta[..., k].ravel()) for d in pair])
        ax.scatter(theta[order], log_tau[order], s=2.2, c=colours, alpha=0.35, linewidths=0)
    handles = [figure.axes[0].plot([], [], "o", ms=5, color=COLOURS[name])[0] for name in PAIR]
    figure.legend(handles, ["centered", "non-centered"], loc="outside upper center", ncols=2)
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
