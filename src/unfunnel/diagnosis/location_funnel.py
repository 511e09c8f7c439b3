"""Mu-tau funnel: the location of few effects, squeezed together where their scale is small."""

from __future__ import annotations

import numpy as np

from unfunnel.diagnosis.cures import eliminating
from unfunnel.diagnosis.finding import Finding
from unfunnel.diagnosis.information import known_of
from unfunnel.diagnosis.judgement import placed
from unfunnel.diagnosis.pair import ELIMINATED, flat
from unfunnel.diagnosis.verdict import Verdict
from unfunnel.diagnosis.view import View

NARROWING = 0.4
"""Standard deviation of the logarithm of the location's width from which on it is a funnel; four groups have 0.35."""


def found(view: View, library: str) -> Finding | None:
    """The finding on the location of a pair; None where it is not one variable that is a single number.

    Given the scale, the location's width is ``(H_0 + sum_k H_k / (1 + tau² H_k))**(-1/2)``, with H_k what the data say
    of effect k and H_0 what the prior says of the location. With few well-observed groups that is about
    ``tau / sqrt(K)``, and log tau itself is hardly known. No centering of the effects changes it.

    References
    ----------
    Betancourt, M. (2020), Hierarchical Modeling, section 4.3.
    """
    draws = view.location_draws
    if draws is None:
        return None
    (part,), mixing = view.pair.locations, view.location_mixing
    assert mixing is not None
    narrowing = narrowing_of(view)
    wrong = narrowing > NARROWING and view.poor and part.coordinates != ELIMINATED
    correlation = float(_correlation(view))
    return Finding(
        variable=part.name,
        scale=view.pair.scale_name,
        verdict=Verdict.LOCATION_FUNNEL if wrong else Verdict.FINE,
        coordinates=part.coordinates,
        correlation=correlation,
        divergences=max(view.statistics.divergences, 0),
        divergence_quantile=float(view.divergence_quantile[0]),
        start_quantile=float(view.start_quantile[0]),
        ess_bulk=float(mixing.ess_bulk[0]),
        ess_tail=float(mixing.ess_tail[0]),
        r_hat=float(mixing.r_hat[0]),
        severity=narrowing / NARROWING if wrong else min(0.99, narrowing / NARROWING),
        sentence=_sentence(view, part.name, narrowing) if wrong else "",
        cure=eliminating(library) if wrong else "",
    )


def narrowing_of(view: View) -> float:
    """Standard deviation over the draws of the logarithm of the location's width, given the scale."""
    draws = view.location_draws
    assert draws is not None
    h, H = view.known.h, view.known.H
    scale = flat(view.pair.scale)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        shrunk = 1.0 + np.square(scale) * H
        told, pull = np.nansum(H / shrunk, axis=1), np.nansum(h / shrunk, axis=1)
        prior = known_of(draws.reshape(-1, 1), (pull / told)[:, None], told[:, None] ** -0.5).H[0]
        widths = -0.5 * np.log(told + (prior if np.isfinite(prior) else 0.0))
    known = widths[np.isfinite(widths)]
    return float(known.std()) if known.size else 0.0


def _correlation(view: View) -> float:
    from scipy import stats

    draws, log_scale = view.location_draws, view.pair.log_scale
    assert draws is not None
    if log_scale.shape[-1] != 1 or not np.ptp(draws) or not np.ptp(log_scale):
        return float("nan")
    return float(stats.spearmanr(np.abs(draws - np.median(draws)).ravel(), log_scale.ravel()).statistic)


def _sentence(view: View, name: str, narrowing: float) -> str:
    places = float(view.divergence_quantile[0]), float(view.start_quantile[0])
    where = placed(view.statistics.divergences, view.pair.scale_name, *places)
    effects = len(view.pair.labels)
    return (
        f"{name} is squeezed together where {view.pair.scale_name} is small (its width changes by a factor of"
        f" {np.exp(2 * narrowing):.0f} within a standard deviation of log {view.pair.scale_name}): {effects} effects"
        f" hardly tell their mean from their spread. No centering of {view.pair.effect} reaches this funnel;"
        f" eliminating {name} with it does.{where}"
    )
