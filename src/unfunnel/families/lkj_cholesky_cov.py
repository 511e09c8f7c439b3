"""LKJCholeskyCov: the packed Cholesky factor of a covariance, with an LKJ prior and one for standard deviations.

PyMC finds the standard deviations as differences of a running sum over all rows, in which a small one beside a large
one is lost, and then the density is not finite. A charted variable has the same density with each row added by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pymc.distributions.multivariate import _lkj_normalizing_constant, _LKJCholeskyCovRV
from pymc.logprob.abstract import _logprob
from pytensor.graph.basic import Constant

from unfunnel.charts import CholeskyChart, FactorPrior, PackedRows, ScaleChart, with_context
from unfunnel.charts.context import context_of
from unfunnel.families.base import Family, parameters_of
from unfunnel.families.polygamma import trigamma
from unfunnel.families.scale_priors import SCALE_PRIORS
from unfunnel.families.support import Support
from unfunnel.families.written_out import written_out


class RowByRow:
    """What is added to PyMC's class of a variable, so that it has the density below."""


@_logprob.register(RowByRow)  # type: ignore[untyped-decorator]
def density(rv_op: Any, values: Any, *inputs: Any, **_: Any) -> Any:
    """Log density of the packed factor."""
    (value,), (n, eta, sd_dist) = values, parameters_of(rv_op, inputs)
    packed = PackedRows(int(n.data))
    scales = packed.lengths(value)
    log_diagonal = pt.log(value[packed.diagonal] / scales)
    row = np.arange(packed.size)
    # Of the correlations, and of the map from them and the standard deviations to the factor.
    of_rows = (2.0 * eta - 2.0 + packed.size - row) * log_diagonal - row * pt.log(scales)
    return _lkj_normalizing_constant(eta, packed.size) + (of_rows + pm.logp(sd_dist, scales)).sum()


def chart(rv: Any) -> CholeskyChart | None:
    """The chart of such a variable; None where its standard deviations' prior has none, or its size may change."""
    rv_op, inputs = rv.owner.op, rv.owner.inputs
    n, _, sd_dist = parameters_of(rv_op, inputs)
    family = next((family for family in SCALE_PRIORS if family.knows(sd_dist.owner.op)), None)
    if family is None or not isinstance(n, Constant) or rv.type.ndim != 1:
        return None
    packed, scale = PackedRows(int(n.data)), family.scale_chart(sd_dist)
    assert isinstance(scale, ScaleChart)
    return CholeskyChart(packed, scale, partial(prior, rv_op, packed, family))


def shape(rv: Any) -> tuple[int | None, ...]:
    """Shape of such a variable, of which PyTensor knows nothing."""
    n, *_ = parameters_of(rv.owner.op, rv.owner.inputs)
    known = isinstance(n, Constant) and rv.type.ndim == 1
    return (int(n.data) * (int(n.data) + 1) // 2,) if known else rv.type.shape


def prior(rv_op: Any, packed: PackedRows, family: Family, rv_inputs: Sequence[Any]) -> FactorPrior:
    """What the chart reads from the variable's inputs; the flag of the standard deviations rides on η."""
    _, eta, sd_dist = parameters_of(rv_op, rv_inputs)
    scale_op, scale_inputs = sd_dist.owner.op, list(sd_dist.owner.inputs)
    position = parameters_of(scale_op, range(len(scale_inputs)))[family.carrier]
    scale_inputs[position] = with_context(scale_inputs[position], *context_of(eta))
    return FactorPrior(fisher_spread(eta, packed), scale_inputs)


def fisher_spread(eta: Any, packed: PackedRows) -> Any:
    """Prior standard deviations of Fisher's z of the partial correlations; dims (below,).

    ``(1 + w) / 2`` is ``Beta(b, b)`` with ``b = η + (n - 2 - k) / 2`` in column k, so that z is half its log odds, of
    variance ``ψ'(b) / 2``.
    """
    return pt.sqrt(0.5 * trigamma(eta.astype("float64") + 0.5 * (packed.size - 2.0 - packed.columns[packed.below])))


FAMILY = Family(
    name="LKJCholeskyCov",
    op=lambda rv_op: isinstance(rv_op, _LKJCholeskyCovRV),
    carrier=1,
    support=Support.FACTOR,
    factor_chart=chart,
    shape=shape,
    prepare=partial(written_out, addition=RowByRow),
)
