"""What the normal hierarchical model needs to know of the data: count, mean and scatter of each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError
from unfunnel.exact.arrays import FloatArray, IntArray, integers, numbers, same_length
from unfunnel.exact.grouping import check_scatter, group_labels, group_moments, group_number


@dataclass(frozen=True, eq=False)
class GroupStatistics:
    """Sufficient statistics of normal observations in groups.

    Parameters
    ----------
    count : array of int, dims (group,)
        Number of observations of each group; 0 is allowed, such a group is informed by its prior alone.
    mean : array, dims (group,)
        Mean observation of each group, in the data's unit. Where the count is 0 it is ignored and kept as NaN.
    sum_of_squares : array, dims (group,)
        Sum of squared deviations from the group's own mean, in the data's unit squared; 0 where the count is
        0 or 1.
    labels : sequence, optional
        One distinct name per group; 0, 1, 2, ... by default.
    sigma : array, dims (group,), optional
        Known standard deviation of one observation of each group, in the data's unit; None if it is not part
        of the data.

    Raises
    ------
    InvalidArgumentError
        If an entry is not a finite number, a count is negative, a scale is not positive, the lengths disagree,
        labels repeat, or there is no group at all.

    Examples
    --------
    >>> from unfunnel import exact
    >>> statistics = exact.GroupStatistics.from_observations([1.0, 3.0, 5.0], [0, 0, 1], labels=["a", "b"])
    >>> statistics.mean
    array([2., 5.])
    """

    count: IntArray
    mean: FloatArray
    sum_of_squares: FloatArray
    labels: Any = None
    sigma: FloatArray | None = None

    def __post_init__(self) -> None:
        """Check and normalise the fields; arrays become read-only."""
        call = "GroupStatistics"
        count = integers(call, "count", self.count)
        if count.size == 0:
            raise InvalidArgumentError(f"{call}: there are no groups; at least one is needed.")
        filled = count > 0
        mean = numbers(call, "mean", _without(self.mean, ~filled))
        scatter = numbers(call, "sum_of_squares", self.sum_of_squares)
        same_length(call, "mean", mean.size, "count", count.size)
        same_length(call, "sum_of_squares", scatter.size, "count", count.size)
        check_scatter(call, scatter, count)
        self._keep("count", count)
        self._keep("mean", np.where(filled, mean, np.nan))
        self._keep("sum_of_squares", scatter)
        self._keep("labels", group_labels(call, self.labels, count.size))
        if self.sigma is not None:
            sigma = numbers(call, "sigma", self.sigma, positive=True)
            same_length(call, "sigma", sigma.size, "count", count.size)
            self._keep("sigma", sigma)

    def _keep(self, name: str, array: NDArray[Any]) -> None:
        array.flags.writeable = False
        object.__setattr__(self, name, array)

    def __repr__(self) -> str:
        """Sizes instead of whole arrays."""
        return f"GroupStatistics({self.count.size} groups, {self.count.sum()} observations)"

    @classmethod
    def from_observations(
        cls, y: Any, group_index: Any, labels: Sequence[Any] | None = None, groups: int | None = None
    ) -> Self:
        """Statistics of single observations.

        Parameters
        ----------
        y : array, dims (observation,)
            Observations, in the data's unit.
        group_index : array of int, dims (observation,)
            The group of each observation: 0, 1, ..., groups - 1.
        labels : sequence, optional
            One distinct name per group.
        groups : int, optional
            Number of groups. By default as many as there are labels, or else the largest index plus one.

        Returns
        -------
        GroupStatistics

        Raises
        ------
        InvalidArgumentError
            If `y` is not finite numbers, an index is not in range, or lengths disagree.

        References
        ----------
        T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing the sample variance", The American
        Statistician 37 (1983): the corrected two-pass algorithm.
        """
        call = "GroupStatistics.from_observations"
        values = numbers(call, "y", y)
        index = integers(call, "group_index", group_index)
        same_length(call, "group_index", index.size, "y", values.size)
        size = group_number(call, index, labels, groups)
        count, mean, scatter = group_moments(values, index, size)
        return cls(count, mean, scatter, None if labels is None else np.asarray(labels))

    @classmethod
    def from_estimates(cls, estimate: Any, standard_error: Any, labels: Sequence[Any] | None = None) -> Self:
        """Statistics of a meta-analysis: one estimate a group, with its known standard error.

        Parameters
        ----------
        estimate, standard_error : array, dims (group,)
            Estimate of each group and its standard error (> 0), in the data's unit.
        labels : sequence, optional
            One distinct name per group.

        Returns
        -------
        GroupStatistics
            With count 1 and `sigma` the standard errors.

        Raises
        ------
        InvalidArgumentError
            If a number is not finite, a standard error is not positive, or lengths disagree.
        """
        call = "GroupStatistics.from_estimates"
        values = numbers(call, "estimate", estimate)
        errors = numbers(call, "standard_error", standard_error, positive=True)
        same_length(call, "standard_error", errors.size, "estimate", values.size)
        ones = np.ones(values.size, dtype=np.int64)
        return cls(ones, values, np.zeros(values.size), None if labels is None else np.asarray(labels), errors)


def _without(mean: Any, empty: NDArray[np.bool_]) -> Any:
    """The means with whatever stands for an empty group (NaN, usually) replaced by 0."""
    given = np.asarray(mean)
    if given.shape != empty.shape or given.dtype.kind != "f":
        return mean
    return np.where(empty, 0.0, given)
