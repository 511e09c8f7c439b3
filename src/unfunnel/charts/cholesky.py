"""The chart of a covariance's Cholesky factor: standard deviations by their prior, and partial correlations.

PyMC's own chart of the packed factor has the logarithms of its diagonal and the other elements as they are, so that it
keeps the standard deviations' funnel: where one of them is small, so is a row. Here a row is its standard deviation,
charted like any scale, times a unit vector, and that is made of canonical partial correlations w,

    C_ij = w_ij Π_{k<j} √(1 - w_ik²)    for j < i        C_ii = Π_{k<i} √(1 - w_ik²)

of which each has a Beta prior of its own under an LKJ prior, independent of the others and of the standard deviations.
They are explored as Fisher's z, ``w = tanh(z)``, scaled to unit variance under that prior.

References
----------
Lewandowski, D., Kurowicka, D. and Joe, H. (2009), Generating random correlation matrices based on vines and extended
onion method.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.logprob.transforms import Transform

from unfunnel.charts.scale import ScaleChart

_LOG_TWO = float(np.log(2.0))


class PackedRows:
    """Where elements are in the packed lower triangle of a matrix, row by row, and below its diagonal.

    Parameters
    ----------
    size
        Number of rows.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.rows, self.columns = np.tril_indices(size)
        self.below = np.flatnonzero(self.columns < self.rows)
        self.diagonal = np.flatnonzero(self.columns == self.rows)

    @cached_property
    def sums(self) -> NDArray[np.float64]:
        """Adds up each row; dims (row, packed)."""
        return np.asarray(self.rows == np.arange(self.size)[:, None], dtype=np.float64)

    def lengths(self, packed: Any) -> Any:
        """Length of each row of a packed matrix: of a covariance's factor, the standard deviations; dims (row,)."""
        return pt.sqrt(self.sums @ pt.sqr(packed))

    @cached_property
    def before(self) -> NDArray[np.float64]:
        """Adds up what is before an element in its row; dims (packed, below)."""
        same, earlier = self.rows[:, None] == self.rows[self.below], self.columns[:, None] > self.columns[self.below]
        return np.asarray(same & earlier, dtype=np.float64)

    @cached_property
    def after(self) -> NDArray[np.float64]:
        """Adds up what is after an element below the diagonal in its row; dims (below, packed)."""
        same, later = self.rows == self.rows[self.below][:, None], self.columns > self.columns[self.below][:, None]
        return np.asarray(same & later, dtype=np.float64)


@dataclass(frozen=True)
class FactorPrior:
    """What the chart of a factor reads from the inputs of its random variable.

    Parameters
    ----------
    spread
        Prior standard deviations of Fisher's z of the partial correlations; dims (below,).
    scale_inputs
        The inputs of the standard deviations' own random variable, with the context of their chart.
    """

    spread: Any
    scale_inputs: list[Any]


class CholeskyChart(Transform):  # type: ignore[misc]
    """From n standard deviations' coordinates, then n (n - 1) / 2 of correlations row by row, to the packed factor.

    Parameters
    ----------
    packed
        The layout of the factor.
    scale
        The chart of the standard deviations; its context is one flag for all of them.
    prior
        Reads the inputs of the random variable.
    """

    name = "partial correlations"
    ndim_supp = 1

    def __init__(self, packed: PackedRows, scale: ScaleChart, prior: Callable[[Sequence[Any]], FactorPrior]) -> None:
        self.packed, self.scale, self.prior = packed, scale, prior

    def backward(self, value: Any, *inputs: Any) -> Any:
        """From the coordinates to the packed factor."""
        prior, rows = self.prior(inputs), self.packed
        z = prior.spread * value[rows.size :]
        scales = self.scale.backward(value[: rows.size], *prior.scale_inputs)
        # On the diagonal there is the empty product.
        w = pt.ones(len(rows.rows))[rows.below].set(pt.tanh(z))
        return scales[rows.rows] * w * pt.exp(rows.before @ _log_sech(z))

    def forward(self, value: Any, *inputs: Any) -> Any:
        """From the packed factor to the coordinates."""
        prior, rows = self.prior(inputs), self.packed
        scales = self.packed.lengths(value)
        # What follows an element is added up, and not taken from 1: no difference of nearly equal numbers.
        rest = pt.sqrt(rows.after @ pt.sqr(value))
        z = pt.arcsinh(value[rows.below] / rest)
        return pt.concatenate([self.scale.forward(scales, *prior.scale_inputs), z / prior.spread])  # type: ignore[no-untyped-call]

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Log of the determinant of the derivative of `backward`."""
        prior, rows = self.prior(inputs), self.packed
        scales = self.scale.backward(value[: rows.size], *prior.scale_inputs)
        log_sech = _log_sech(prior.spread * value[rows.size :])
        of_scales = self.scale.log_jac_det(value[: rows.size], *prior.scale_inputs)
        of_rows = of_scales + np.arange(rows.size) * pt.log(scales)
        return of_rows.sum() + ((rows.rows - rows.columns)[rows.below] * log_sech + pt.log(prior.spread)).sum()

    def bending(self, value: Any, *inputs: Any) -> tuple[Any, Any, Any]:
        """What :meth:`ScaleChart.bending` says of the standard deviations, which are the first n coordinates."""
        return self.scale.bending(self.packed.lengths(value), *self.prior(inputs).scale_inputs)


def _log_sech(z: Any) -> Any:
    """``log √(1 - tanh(z)²)``, finite for every z."""
    magnitude = pt.abs(z)
    return _LOG_TWO - magnitude - pt.log1p(pt.exp(-2.0 * magnitude))
