"""Funnel: an effect sampled more centered than its data allow."""

from __future__ import annotations

import math

from unfunnel.diagnosis.cost import cost
from unfunnel.diagnosis.cures import fitting
from unfunnel.diagnosis.judgement import Judgement, placed
from unfunnel.diagnosis.verdict import Verdict
from unfunnel.diagnosis.view import MISMATCH, View

_NARROWING = 1.5
"""Factor by which an effect's width has to change over the scale's posterior for the sentence to speak of a neck."""


def judged(view: View, element: int, name: str, library: str) -> Judgement | None:
    """The verdict on an element, or None.

    The width of a centered effect given its scale changes as ``scale**(1 - w)``: where the prior dominates (weight w
    near 0), it is squeezed together where the scale is small, and a step size that fits the mouth of the funnel is too
    long for its neck. It is called a funnel if centeredness less weight is above 0.7, and something is seen of it:
    divergences, chains that disagree, few effective draws, or many gradients for one. Where the scale hardly varies,
    as with thousands of groups, the same mismatch makes no neck, but chains that creep: location, scale and effects
    move together only. The verdict is the same, since the same mends it; the sentence says which it is.

    References
    ----------
    Betancourt, M. and Girolami, M. (2015), Hamiltonian Monte Carlo for hierarchical models. Papaspiliopoulos, O.,
    Roberts, G. and Sköld, M. (2007), A general framework for the parametrization of hierarchical models.
    """
    excess = float(view.mismatch[element])
    if not (excess > MISMATCH and view.poor):
        return None
    scale = view.pair.scale_name
    where = placed(
        view.statistics.divergences,
        view.pair.scale_name,
        view.of_element(view.divergence_quantile, element),
        view.of_element(view.start_quantile, element),
    )
    if excess * view.of_element(view.log_scale_range, element) > math.log(_NARROWING):
        why = f"where {scale} is small it is squeezed together, and the sampler cannot follow it there.{where}"
    else:
        others = " and ".join(filter(None, (view.pair.location_name, scale)))
        why = f"it follows {others}, which can only move together with it and all effects like it.{where}{cost(view)}"
    sentence = (
        f"{name} was sampled {view.pair.coordinates.names[element]}, but its data say little beside its prior (weight"
        f" {view.weight[element]:.2f} of 1): {why}"
    )
    return Judgement(Verdict.FUNNEL, excess / MISMATCH, sentence, fitting(view, library))
