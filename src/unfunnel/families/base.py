"""What unfunnel needs to know of a distribution family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pymc.logprob.transforms import Transform

from unfunnel.charts import Anchor, ScaleChart, Whitening
from unfunnel.families.support import Support


@dataclass(frozen=True)
class Family:
    """One distribution family.

    Parameters
    ----------
    name
        PyMC's name of it.
    op
        The class of its random-variable operation, or a function that recognises the operation where PyMC makes a
        class for each variable.
    carrier
        Index of the parameter that a chart's context rides on; its gradient must pass unharmed.
    support
        Where its values lie, and so how they are mapped to the unconstrained line.
    untransformed
        Whether PyMC leaves it on its support by default, although that is not the line.
    reference
        Location and scale on the unconstrained line, from the family's parameters; None where it has none.
    pull
        The slope of the prior's negative log density in the standardised value v, from v and the family's parameters,
        where that is not v itself, as it is of a normal prior; None where nothing is made of it.
    whitening
        How the scale chart whitens it, where it is a prior for scales.
    factor_chart
        Makes the chart of a random variable that is the factor of a covariance, if there is one for it.
    shape
        What is known of the shape of a random variable before anything is compiled; None where its type has it.
    accepts
        Whether a random variable of the operation is of the family, where the operation alone does not tell.
    multivariate
        Whether its elements are vectors with a correlated prior, so that the scale of its reference is a lower
        triangular matrix.
    sequential
        Whether its elements are series of which each step follows from the one before. The scale of its reference is
        then the spread of the first step, that of all others, and the persistence; dims (*series, 3).
    prepare
        Makes of an operation the one that a charted variable has; None where it is the same.
    """

    name: str
    op: type[Any] | Callable[[Any], bool]
    carrier: int = 0
    support: Support = Support.REAL
    untransformed: bool = False
    reference: Callable[..., tuple[Any, Any]] | None = None
    pull: Callable[..., Any] | None = None
    whitening: Whitening | None = None
    factor_chart: Callable[[Any], Transform | None] | None = None
    shape: Callable[[Any], tuple[int | None, ...]] | None = None
    accepts: Callable[[Any], bool] | None = None
    multivariate: bool = False
    sequential: bool = False
    prepare: Callable[[Any], Any] | None = None

    def known_shape(self, rv: Any) -> tuple[int | None, ...]:
        """Lengths of a random variable's axes, as far as they are known before anything is compiled."""
        known: tuple[int | None, ...] = rv.type.shape if self.shape is None else self.shape(rv)
        return known

    @property
    def real(self) -> bool:
        """Whether its support is the line, with no constraint between elements."""
        return self.support is Support.REAL

    @property
    def positive(self) -> bool:
        """Whether its support is the positive numbers, which PyMC maps to the line by the logarithm."""
        return self.support is Support.POSITIVE

    def knows(self, rv_op: Any) -> bool:
        """Whether an operation is of this family; a subclass is another family."""
        return type(rv_op) is self.op if isinstance(self.op, type) else self.op(rv_op)

    def has(self, rv: Any) -> bool:
        """Whether a random variable is of this family."""
        return self.knows(rv.owner.op) and (self.accepts is None or self.accepts(rv))

    @property
    def line(self) -> Transform | None:
        """The transform from the support to the unconstrained line; it may read the random variable's inputs."""
        return self.support.line()

    def has_line(self, transform: Transform | None) -> bool:
        """Whether a variable's present transform is the family's own, so not one that its author chose."""
        return self.support.has_default(transform) or (self.untransformed and transform is None)

    def charted_op(self, rv_op: Any) -> Any:
        """The operation of a charted variable: PyMC's own, or the same with its density written out for charts."""
        return rv_op if self.prepare is None else self.prepare(rv_op)

    def scale_chart(self, rv: Any) -> Transform | None:
        """The chart of a random variable of this family as a scale, whose context is one flag; None if it has none."""
        if self.factor_chart is not None:
            return self.factor_chart(rv)
        return None if self.whitening is None else ScaleChart(self.anchor(rv.owner.op), self.whitening)

    def anchor(self, rv_op: Any) -> Anchor:
        """How charts of this family read the inputs of a random variable."""

        def parameters(rv_inputs: Any) -> list[Any]:
            return parameters_of(rv_op, rv_inputs)

        def nothing(*_: Any) -> Any:
            raise AssertionError(f"{self.name} has no reference.")

        return Anchor(self.reference or nothing, parameters, self.carrier, self.support.line(rv_op.ndim_supp))


def parameters_of(rv_op: Any, rv_inputs: Any) -> list[Any]:
    """What of a random variable's inputs are parameters of its family, whatever those inputs are."""
    return list(rv_op.dist_params(_Inputs(rv_inputs)))


def doubles(*parameters: Any) -> list[Any]:
    """Parameters in double precision: small integer constants have logarithms in half and squares that overflow."""
    return [parameter.astype("float64") for parameter in parameters]


@dataclass(frozen=True)
class _Inputs:
    """What `dist_params` asks of a node."""

    inputs: Any
