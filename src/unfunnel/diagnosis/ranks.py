"""Rank correlations of many elements at once."""

from __future__ import annotations

import numpy as np
from scipy import stats

from unfunnel.diagnosis.pair import Floats

_RANKED = 2**25
"""Numbers that are ranked in one go."""


def rank_correlation(x: Floats, y: Floats) -> Floats:
    """Spearman's of every element, dim (element,); NaN of draws that are not finite or do not differ.

    Parameters
    ----------
    x
        Draws; dims (sample, element).
    y
        Dims (sample, element or 1).
    """
    step = max(1, _RANKED // len(x))
    single = _scores(y) if y.shape[1] == 1 else None
    parts = [
        (_scores(x[:, i : i + step]) * (_scores(y[:, i : i + step]) if single is None else single)).mean(axis=0)
        for i in range(0, x.shape[1], step)
    ]
    return np.concatenate(parts)


def _scores(x: Floats) -> Floats:
    """Standardised ranks."""
    ranks = stats.rankdata(x, axis=0, nan_policy="propagate")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((ranks - ranks.mean(axis=0)) / ranks.std(axis=0))
