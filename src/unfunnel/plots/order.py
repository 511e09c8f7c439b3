"""How much of a funnel each group of an effect is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.diagnosis.ranks import rank_correlation

_ENOUGH = 1000
"""Draws that tell a rank correlation to 0.03, which is closer than a picture is read."""


def funnel_correlations(effect: Any, location: Any, log_scale: Any) -> NDArray[np.float64]:
    """Spearman's rank correlation of ``|effect - location|`` with the logarithm of the scale, for every element.

    Parameters
    ----------
    effect, location, log_scale
        With the dim `sample`, and the effect's dim where they have any.

    Returns
    -------
    numpy.ndarray
        Dim (element,): near 1 in a funnel, near 0 where the data hold the effect. 0 where one of them never moves.
    """
    step = max(1, effect.sizes["sample"] // _ENOUGH)
    distance, scale = np.abs(effect - location), log_scale
    distance, scale = (array.isel(sample=slice(None, None, step)) for array in (distance, scale))
    first, second = (
        array.transpose("sample", ...).values.reshape(array.sizes["sample"], -1) for array in (distance, scale)
    )
    return np.nan_to_num(rank_correlation(first, second))
