"""The findings on the effects of a pair: the numbers of every element, and the first diagnostic that objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

import numpy as np

from unfunnel.diagnosis import funnel, inverted_funnel
from unfunnel.diagnosis.finding import Finding
from unfunnel.diagnosis.view import MISMATCH, View

DIAGNOSTICS = (funnel.judged, inverted_funnel.judged)
"""Of an element; a new one is a file and an entry here."""


def found(view: View, library: str) -> Iterator[Finding]:
    """One finding for every element."""
    for element in range(len(view.pair.labels)):
        yield _finding(view, element, library)


def _finding(view: View, element: int, library: str) -> Finding:
    pair, mixing = view.pair, view.mixing
    scale = view.scale_mixing
    own, other = element, element if len(scale.r_hat) > 1 else 0
    plain = Finding(
        variable=pair.effect,
        coords=pair.labels[element],
        location=pair.location_name,
        scale=pair.scale_name,
        coordinates=pair.coordinates.names[element],
        centeredness=float(pair.coordinates.centeredness[element]),
        weight=float(view.weight[element]),
        information=float(view.known.H[element]),
        correlation=float(view.correlation[element]),
        standardised_correlation=float(view.standardised_correlation[element]),
        divergences=max(view.statistics.divergences, 0),
        divergence_quantile=view.of_element(view.divergence_quantile, element),
        start_quantile=view.of_element(view.start_quantile, element),
        # A scale that is a number has neither.
        ess_bulk=float(np.fmin(mixing.ess_bulk[own], scale.ess_bulk[other])),
        ess_tail=float(np.fmin(mixing.ess_tail[own], scale.ess_tail[other])),
        r_hat=float(np.fmax(mixing.r_hat[own], scale.r_hat[other])),
        severity=_harmless(float(view.mismatch[element])),
    )
    for judged in DIAGNOSTICS:
        judgement = judged(view, element, plain.element, library)
        if judgement is not None:
            return replace(plain, **asdict(judgement))
    return plain


def _harmless(mismatch: float) -> float:
    """Severity of what is fine: how far its coordinates are from fitting, below 1."""
    return float(np.clip(abs(np.nan_to_num(mismatch)) / MISMATCH, 0.0, 0.99))
