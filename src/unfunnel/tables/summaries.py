"""What is kept of a table: per-group statistics, merged without loss of digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Moments:
    """Groups of observations; dims (group,), in the order of their labels.

    Parameters
    ----------
    labels
        Name of each group.
    count
        Observations.
    mean
        Their mean, in the data's unit.
    sum_of_squares
        Their squared deviations from the group's own mean, in the data's unit squared.
    """

    labels: NDArray[Any]
    count: Integers
    mean: Floats
    sum_of_squares: Floats

    @classmethod
    def merged(cls, parts: Sequence[Moments]) -> Moments:
        """Parts of one table put together.

        References
        ----------
        T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing the sample variance", The American
        Statistician 37 (1983): updating by pairs.
        """
        if len(parts) == 1:
            return parts[0]
        labels, index = _joined(parts)
        count = np.zeros(labels.size, dtype=np.int64)
        mean, scatter = np.zeros(labels.size), np.zeros(labels.size)
        for part, at in zip(parts, index, strict=True):
            total = count[at] + part.count
            share = part.count / total
            step = part.mean - mean[at]
            scatter[at] += part.sum_of_squares + step**2 * count[at] * share
            mean[at] += step * share
            count[at] = total
        return cls(labels, count, mean, scatter)


@dataclass(frozen=True, eq=False)
class Counts:
    """Groups of counted events; dims (group,), in the order of their labels.

    Parameters
    ----------
    labels
        Name of each group.
    rows
        Rows of the table.
    events
        Successes, or events.
    size
        Trials, or exposure.
    """

    labels: NDArray[Any]
    rows: Integers
    events: Floats
    size: Floats

    @classmethod
    def merged(cls, parts: Sequence[Counts]) -> Counts:
        """Parts of one table put together."""
        if len(parts) == 1:
            return parts[0]
        labels, index = _joined(parts)
        rows = np.zeros(labels.size, dtype=np.int64)
        events, size = np.zeros(labels.size), np.zeros(labels.size)
        for part, at in zip(parts, index, strict=True):
            rows[at] += part.rows
            events[at] += part.events
            size[at] += part.size
        return cls(labels, rows, events, size)


@dataclass(frozen=True, eq=False)
class Estimates:
    """One estimate a group, with its standard error, in the data's unit; dims (group,), in the order of labels."""

    labels: NDArray[Any]
    estimate: Floats
    standard_error: Floats


def _joined(parts: Sequence[Any]) -> tuple[NDArray[Any], list[NDArray[np.intp]]]:
    """All labels, sorted, and where those of each part are among them."""
    labels, index = np.unique(np.concatenate([part.labels for part in parts]), return_inverse=True)
    ends = np.cumsum([part.labels.size for part in parts])
    return labels, np.split(index, ends[:-1])
