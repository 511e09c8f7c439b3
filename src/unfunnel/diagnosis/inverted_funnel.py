"""Inverted funnel: an effect sampled more noncentered than its data allow."""

from __future__ import annotations

from unfunnel.diagnosis.cost import cost
from unfunnel.diagnosis.cures import fitting
from unfunnel.diagnosis.judgement import Judgement, placed
from unfunnel.diagnosis.verdict import Verdict
from unfunnel.diagnosis.view import MISMATCH, View


def judged(view: View, element: int, name: str, library: str) -> Judgement | None:
    """The verdict on an element, or None.

    Where the data hold the effect (weight w near 1), its standardised value must move against location and scale in
    lockstep: a thin curved ridge, and narrower the larger the scale. It is called an inverted funnel if weight less
    centeredness is above 0.7, and something is seen of it, as in :mod:`unfunnel.diagnosis.funnel`.

    References
    ----------
    Betancourt, M. and Girolami, M. (2015), Hamiltonian Monte Carlo for hierarchical models.
    """
    excess = -float(view.mismatch[element])
    if not (excess > MISMATCH and view.poor):
        return None
    others = " and ".join(filter(None, (view.pair.location_name, view.pair.scale_name)))
    where = placed(
        view.statistics.divergences,
        view.pair.scale_name,
        view.of_element(view.divergence_quantile, element),
        view.of_element(view.start_quantile, element),
    )
    sentence = (
        f"{name} was sampled {view.pair.coordinates.names[element]}, but its data hold it in place (weight"
        f" {view.weight[element]:.2f} of 1), so that its coordinate can only move in lockstep with {others}.{where}"
        f"{cost(view)}"
    )
    return Judgement(Verdict.INVERTED_FUNNEL, excess / MISMATCH, sentence, fitting(view, library))
