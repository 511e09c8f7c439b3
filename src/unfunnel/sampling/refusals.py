"""What cannot be sampled, said before or instead of what the sampler would say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from pymc.data import MinibatchOp
from pymc.distributions.simulator import SimulatorRV
from pymc.model.core import Model
from pytensor.graph.traversal import ancestors

from unfunnel.errors import InvalidArgumentError, OutputError, SamplingError, first_line
from unfunnel.rewrite.fgraph import refuse_single_precision
from unfunnel.structure.indices import outside

_PRINTED_OS_ERROR = re.compile(r"([^:\n]*) \(os error \d+\)")
"""How nutpie prints what the operating system told it."""


def check_model(model: Any) -> None:
    """Refuse a model without free variables, with discrete ones, or one that NUTS cannot sample for another reason.

    Raises
    ------
    InvalidArgumentError
        If it is such a model; the error says what to do.
    """
    if not isinstance(model, Model):
        raise InvalidArgumentError(
            f"sample: model must be a PyMC model or a Bambi model, got {model!r}; pass what `with pm.Model() as model`"
            " or `bambi.Model(...)` made."
        )
    if not model.free_RVs:
        raise InvalidArgumentError(
            "sample: the model has no free variable, so there is nothing to sample; its prior predictive draws are"
            " all there is (pymc.sample_prior_predictive)."
        )
    discrete = [rv.name for rv in model.free_RVs if not np.issubdtype(rv.dtype, np.floating)]
    if discrete:
        raise InvalidArgumentError(
            f"sample: {', '.join(map(repr, discrete))} is discrete, and NUTS samples continuous variables only;"
            " marginalize it, or use pymc.sample, which has other steps for it."
        )
    refuse_single_precision("sample", model)
    _refuse_random_density(model)
    _refuse_labels_of_several_parts(model)


def _refuse_random_density(model: Any) -> None:
    """NUTS follows the gradient of one density."""
    for rv in model.observed_RVs:
        data = [model.rvs_to_values[rv], *rv.owner.inputs]
        if any(isinstance(v.owner.op, MinibatchOp) for v in ancestors(data) if v.owner is not None):
            raise InvalidArgumentError(
                f"sample: {rv.name!r} takes minibatches, whose density is another one at every step; NUTS needs all"
                " rows. Build the model without pymc.Minibatch, or use pymc.fit."
            )
        if isinstance(rv.owner.op, SimulatorRV):
            raise InvalidArgumentError(
                f"sample: {rv.name!r} is simulated, and has no density whose gradient NUTS could follow; use"
                " pymc.sample_smc."
            )


def _refuse_labels_of_several_parts(model: Any) -> None:
    for dim, labels in model.coords.items():
        if any(isinstance(label, tuple | list) for label in labels or ()):
            raise InvalidArgumentError(
                f"sample: the labels of dim {dim!r} have several parts, as in {labels[0]!r}, and a result has one label"
                " for each element; join the parts into text, or give each a dim of its own."
            )


def refuse_outside(model: Any, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Refuse a model of which an index picks what is not there; `shapes` are those of its free variables, by name.

    Raises
    ------
    InvalidArgumentError
        If there is one: compiled code reads other memory there, and samples on.
    """
    found = next(outside(model, shapes), None)
    if found is not None:
        picked = "an expression" if found.picked is None else repr(found.picked)
        raise InvalidArgumentError(
            f"sample: {found.user!r} picks element {found.index} along an axis of {picked} that has {found.length}"
            f" elements, numbered from 0 to {found.length - 1}; subtract 1 from groups that are numbered from 1, and"
            " give a variable as many elements as there are groups."
        )


@contextmanager
def explained_failure(model: Any, folder: Path | None = None) -> Iterator[None]:
    """Turn the sampler's failure into a sentence that names the term of the model behind it.

    Parameters
    ----------
    model
        The model as its author wrote it.
    folder
        Where the draws are streamed to, if they are.

    Raises
    ------
    OutputError
        In place of the sampler's RuntimeError, where it could not write.
    SamplingError
        In place of any other.
    """
    try:
        yield
    except RuntimeError as error:
        if folder is not None and (cause := _PRINTED_OS_ERROR.search(str(error))):
            raise OutputError(
                f"sample: store={str(folder)!r} cannot be written any more: {cause[1].strip()}. unfunnel.load reads the"
                " draws that were written before; sample again to another folder."
            ) from error
        raise SamplingError(f"sample: the sampler stopped: {first_line(error)}. {_cause(model)}") from error


def _cause(model: Any) -> str:
    """What the model says of its initial point."""
    try:
        terms = {name: float(value) for name, value in model.point_logps().items()}
    except (IndexError, TypeError, ValueError) as error:
        return (
            f"The model's density cannot be computed: {first_line(error)}. Check that its data and dims fit each other."
        )
    bad = [f"{name!r} ({value:g})" for name, value in terms.items() if not np.isfinite(value)]
    found = f"the log density of {', '.join(bad)} is not finite" if bad else "every term is finite"
    return (
        f"At the model's initial point {found}. Give initial values where the log density is finite (initval=...), and"
        " check the data and priors of that term."
    )
