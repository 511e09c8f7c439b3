"""The families of likelihoods that have sums over rows in the place of rows, one function a family."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.scalar import Exp
from pytensor.tensor.random.basic import BernoulliRV, BinomialRV, NormalRV, PoissonRV

from unfunnel.compression.cells import Cells, Floats
from unfunnel.compression.refused import Refused
from unfunnel.compression.rows import Rows
from unfunnel.compression.splits import factor_out, term_out
from unfunnel.compression.tree import Applied, Numbers, Single, Tree, once_if_equal
from unfunnel.errors import Reason

Values = NDArray[Any]


@dataclass(frozen=True)
class Summary:
    """A likelihood on cells, in the graph of the model that it was read from.

    Parameters
    ----------
    variable, observed
        The random variable with one element a cell, and its values.
    within
        What rows within cells tell beside it, as a term of the log density; None where that is a constant.
    """

    variable: Any
    observed: Values
    within: Any = None


def summary_of(observed: Any, rows: Rows, values: Values) -> Summary:
    """The likelihood of an observed variable on cells.

    Parameters
    ----------
    observed
        The random variable.
    rows
        Reads its parameters.
    values
        Its observed values, raveled.

    Raises
    ------
    Refused
        If there is none.
    """
    op = observed.owner.op
    known = next((summary for kind, summary in _FAMILIES.items() if isinstance(op, kind)), None)
    if known is None:
        raise Refused(Reason.NO_STATISTICS)
    return known(rows, op.dist_params(observed.owner), values)


def _normal(rows: Rows, parameters: Sequence[Any], values: Values) -> Summary:
    """Of ``y_i ~ N(mu + o_i, s_i sigma)`` the mean of a cell, weighted by ``1/s_i²``, and what is left within."""
    mu, sigma = map(rows.read, parameters)
    offset, mu = term_out(mu)
    spread, sigma = _factor_out(sigma)
    values = values - offset
    _check(np.isfinite(values) & np.isfinite(spread) & (spread > 0.0))
    cells = Cells.of([mu, sigma], rows.count)
    precisions = np.broadcast_to(spread**-2.0, values.shape)
    precision = cells.sums(precisions)
    mean = cells.sums(precisions * values) / precision
    squares = cells.sums(precisions * np.square(values - mean[cells.of_row]))
    scale = _times(cells, sigma, precision**-0.5)
    variable = pm.Normal.dist(cells.expression(mu), scale, shape=len(cells))
    return Summary(variable, mean, _within(cells, sigma, squares))


def _within(cells: Cells, sigma: Tree, squares: Floats) -> Any:
    """``-(n - 1) log sigma - squares / (2 sigma²)`` of every cell; added up where sigma is one number."""
    if isinstance(sigma, Numbers):
        return None
    others = cells.counts() - 1.0
    if isinstance(sigma, Single):
        others, squares = others.sum(keepdims=True), squares.sum(keepdims=True)
    scale = cells.expression(sigma)
    return -others * pt.log(scale) - 0.5 * squares / pt.sqr(scale)


def _poisson(rows: Rows, parameters: Sequence[Any], values: Values) -> Summary:
    (mu,) = map(rows.read, parameters)
    exposure, rate = _factor_out(mu)
    _check(np.isfinite(exposure) & (exposure >= 0.0) & _are_counts(values) & ((exposure > 0.0) | (values == 0)))
    cells = Cells.of([rate], rows.count)
    return Summary(pm.Poisson.dist(_rate(cells, rate, cells.sums(exposure)), shape=len(cells)), cells.sums(values))


def _rate(cells: Cells, rate: Tree, exposure: Floats) -> Any:
    """Exposure times rate; within the exponential where there is one, of which the density takes the logarithm."""
    if isinstance(rate, Applied) and isinstance(rate.op.scalar_op, Exp) and (exposure > 0.0).all():
        (logarithm,) = rate.parts
        return pt.exp(cells.expression(logarithm) + once_if_equal(np.log(exposure)))
    return _times(cells, rate, exposure)


def _bernoulli(rows: Rows, parameters: Sequence[Any], values: Values) -> Summary:
    (p,) = map(rows.read, parameters)
    _check(_are_counts(values) & (values <= 1))
    cells = Cells.of([p], rows.count)
    return Summary(_binomial_dist(cells, cells.counts(), p), cells.sums(values))


def _binomial(rows: Rows, parameters: Sequence[Any], values: Values) -> Summary:
    n, p = map(rows.read, parameters)
    if not isinstance(n, Numbers):
        raise Refused(Reason.ROWS_NOT_READ)
    _check(_are_counts(values) & _are_counts(n.values) & (values <= n.values))
    cells = Cells.of([p], rows.count)
    return Summary(_binomial_dist(cells, cells.sums(n.values.astype(np.int64)), p), cells.sums(values))


def _binomial_dist(cells: Cells, n: Values, p: Tree) -> Any:
    return pm.Binomial.dist(n, cells.expression(p), shape=len(cells))


def _times(cells: Cells, parameter: Tree, factor: Floats) -> Any:
    """A parameter of every cell times known numbers."""
    factor = once_if_equal(factor)
    if isinstance(parameter, Numbers):
        return pt.constant(factor * (parameter.values[cells.first] if parameter.values.ndim else parameter.values))
    rest = cells.expression(parameter)
    return rest if factor.ndim == 0 and factor == 1.0 else rest * factor


def _factor_out(parameter: Tree) -> tuple[Floats, Tree]:
    """Known factors, but where their signs make the parameter's own sign: what is left need not be positive then."""
    known, rest = factor_out(parameter)
    if (known < 0.0).any() and not isinstance(rest, Numbers):
        return np.ones(()), parameter
    return known, rest


def _are_counts(values: Values) -> Any:
    return (values >= 0) & (values == np.floor(values))


def _check(possible: Any) -> None:
    """A row that cannot be makes the whole density zero, which its sum with others would hide."""
    if not np.all(possible):
        raise Refused(Reason.OUTSIDE_SUPPORT)


_FAMILIES: dict[type[Any], Callable[[Rows, Sequence[Any], Values], Summary]] = {
    NormalRV: _normal,
    BernoulliRV: _bernoulli,
    BinomialRV: _binomial,
    PoissonRV: _poisson,
}
