"""Which groups a picture shows, how they are named, and how far its axes reach."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
from matplotlib.font_manager import FontProperties, findfont, get_font
from numpy.typing import NDArray

from unfunnel.study.regime import Floats, Regime
from unfunnel.study.words import number

MOST = 9
MOST_POINTS = 4000


def telling(regime: Regime, most: int = MOST) -> tuple[NDArray[np.intp], str]:
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


def describe(regime: Regime, group: int) -> str:
    """How much is known of a group: its count, or its standard error where a row is an estimate."""
    if regime.estimates:
        return f"s.e. {number(float(regime.standard_errors[group]))}"
    return f"n = {regime.counts[group]}"


def clean(text: str, otherwise: str, longest: int = 22) -> str:
    """A user's text, fit for a picture: short, and in characters that the font has."""
    words = " ".join(text.split())
    if not words or any(ord(c) not in _characters() for c in words):
        words = otherwise
    if len(words) > longest:
        # Names in a list often differ only at their end, so both ends are kept.
        tail = longest // 3
        words = f"{words[: longest - 1 - tail].rstrip()}…{words[-tail:].lstrip()}"
    return words


def label(regime: Regime, group: int, longest: int = 22) -> str:
    """The group's name; in characters that the font lacks it is shown as its number, counted from 1."""
    return clean(regime.labels[group], f"group {group + 1}", longest)


def title(regime: Regime, group: int) -> str:
    """Name and information, for the title of a panel."""
    name = label(regime, group)
    if name.isdigit() or len(name) == 1:
        name = f"{clean(regime.group_word, 'group', 12)} {name}"
    return f"{name} ({describe(regime, group)})"


def named(regime: Regime, group: int) -> str:
    """Name and information, for the text beside a picture: the name as the user wrote it."""
    name = regime.labels[group]
    if name.isdigit() or len(name) == 1:
        name = f"{regime.group_word} {name}"
    return f"{name} ({describe(regime, group)})"


def value_word(regime: Regime) -> str:
    """What the observations are, for an axis."""
    return clean(regime.value_word, "value", 40)


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


@cache
def _characters() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family="DejaVu Sans"))).get_charmap())
