"""Which groups a picture shows, and how far its axes reach."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.study.case import Case, Floats
from unfunnel.study.figures.labels import named

MOST = 9
MOST_POINTS = 4000


def telling(regime: Case, most: int = MOST) -> tuple[NDArray[np.intp], str]:
    """At most `most` groups, from one end of what the data say to the other, and a sentence on the choice.

    All groups in their own order if there are few enough, and then the sentence is empty.
    """
    groups = len(regime.labels)
    if groups <= most:
        return np.arange(groups), ""
    errors = regime.standard_errors
    ranked = np.lexsort((regime.means, -errors))
    chosen = ranked[np.round(np.linspace(0, groups - 1, most)).astype(int)]
    if np.ptp(errors) > 1e-12 * errors.max():
        first, last = (named(regime, int(k)) for k in chosen[[0, -1]])
        how = f"evenly spaced from the least informed, {first}, to the best informed, {last}"
    else:
        how = "evenly spaced from the lowest mean to the highest, because all are equally informed"
    return chosen, f"The picture shows {most} of the {groups} groups, {how}."


def grid_shape(panels: int) -> tuple[int, int]:
    """Rows and columns for up to nine panels."""
    columns = panels if panels <= 3 else 2 if panels == 4 else 3
    return -(-panels // columns), columns


def limits(arrays: Iterable[Any], outside: float, pad: float = 0.05) -> tuple[float, float]:
    """Axis limits that leave out at most a share `outside` of any array at either end."""
    bounds = np.array([np.quantile(a, [outside, 1 - outside]) for a in arrays])
    low, high = float(bounds[:, 0].min()), float(bounds[:, 1].max())
    margin = pad * (high - low) or 1.0
    return low - margin, high + margin


def thinned(values: Floats, most: int = MOST_POINTS) -> Floats:
    """At most `most` of the values (first axis), evenly spaced: more points only blacken the paper."""
    step = max(1, -(-len(values) // most))
    return values[::step]
