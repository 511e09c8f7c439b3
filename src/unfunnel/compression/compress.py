"""From a model on rows to the same model on cells."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pymc.model.core import Model
from pytensor.graph.traversal import ancestors

from unfunnel.compression.constants import Constants, Shape
from unfunnel.compression.likelihoods import Summary, summary_of
from unfunnel.compression.refused import Refused
from unfunnel.compression.rows import Rows
from unfunnel.errors import InvalidArgumentError, Reason
from unfunnel.formula import read_model
from unfunnel.rewrite.fgraph import EditableModel
from unfunnel.structure import shapes_of

logger = logging.getLogger("unfunnel")


@dataclass(frozen=True)
class Compression:
    """A model on cells, and what was done to make it.

    Parameters
    ----------
    model
        The model on cells.
    sizes
        Numbers of rows and of cells, by the name of every observed variable that was compressed.
    left
        Why the others were not, by name.
    frozen
        Names of the `pymc.Data` whose present values were taken.
    """

    model: Any
    sizes: Mapping[str, tuple[int, int]]
    left: Mapping[str, Reason]
    frozen: tuple[str, ...]

    def to_json(self) -> str:
        """Numbers of rows and of cells by name, as a result stores them."""
        sizes = {name: {"rows": rows, "cells": cells} for name, (rows, cells) in self.sizes.items()}
        return json.dumps({**sizes, **{name: {"reason": reason.name} for name, reason in self.left.items()}})

    def log(self) -> None:
        """Say what was done, and what was not."""
        for name, (rows, cells) in self.sizes.items():
            logger.info("%r: %s rows became %s cells.", name, *(f"{n:,}".replace(",", " ") for n in (rows, cells)))
        if self.frozen:
            named = ", ".join(map(repr, self.frozen))
            logger.info("Present values of the data %s were taken; they cannot be set any more.", named)
        for name, reason in self.left.items():
            logger.warning("%r was not compressed. %s", name, reason.advice)


def compress(model: Any) -> Any:
    """The same PyMC model on sums over rows, where its likelihood allows it.

    Rows whose parameters are the same expression of the same elements (those of one group, or of one group and one
    value of a covariate) are one cell, and the likelihood is that of what a cell's rows sum up to: normal means,
    binomial successes, Poisson counts. Prior, posterior, free variables, Deterministics, dims, coords, initial values
    and transforms are the same, and the log density differs by a constant. A gradient then costs as much as there are
    cells, however many rows there were.

    The likelihoods are Normal (any scale; known weights and offsets, one a row, are taken into the sums), Bernoulli,
    Binomial with known `n`, and Poisson (known exposures too), with any link. A normal likelihood with a free scale
    comes with a Potential, named like it with ``_within``: what deviations from the cell means tell about the scale.
    Predictions for rows, `log_likelihood` and `loo` need the model on rows; use this one to sample, or call
    :func:`unfunnel.sample` with ``compress=True``, whose result goes with the model as written.

    Parameters
    ----------
    model
        A PyMC model, which is left untouched, or a Bambi model, which is built if it was not. Present values of its
        `pymc.Data` are taken where they are read; these data are no longer part of the new model.

    Returns
    -------
    pymc.Model
        A new model. Observed variables keep their names and have one element a cell, without dims; what was left as it
        is, and why, is logged as a warning.

    Raises
    ------
    InvalidArgumentError
        If no observed variable can be compressed; the error names each with its reason.

    Examples
    --------
    >>> import numpy as np
    >>> import pymc as pm
    >>> import unfunnel as uf
    >>> group, rng = np.repeat([0, 1, 2], 1000), np.random.default_rng(1)
    >>> with pm.Model() as model:
    ...     theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=3)
    ...     y = pm.Normal("y", theta[group], pm.HalfNormal("sigma", 2), observed=rng.normal(size=3000))
    >>> uf.compress(model)["y"].type.shape
    (3,)

    References
    ----------
    Fisher, R. A. (1922), On the mathematical foundations of theoretical statistics.
    """
    found = compression_of(read_model(model).model, "compress")
    found.log()
    return found.model


def compression_of(model: Any, call: str) -> Compression:
    """As :func:`compress`, saying nothing; `call` is the function that errors name."""
    if not isinstance(model, Model):
        raise InvalidArgumentError(
            f"{call}: model must be a PyMC model, got {model!r}; pass what `with pm.Model() as model` made."
        )
    if not model.observed_RVs:
        raise InvalidArgumentError(
            f"{call}: the model has no observed variable, so there are no rows to sum over; sample it as it is."
        )
    copy, shapes = EditableModel(model, call), shapes_of(model)
    sizes, left, frozen = {}, {}, set()
    for observed in model.observed_RVs:
        constants = Constants(model, shapes)
        try:
            summary, rows = _summary(model, observed, constants, shapes)
        except Refused as refused:
            left[observed.name] = refused.reason
            continue
        except IndexError as error:
            raise InvalidArgumentError(
                f"{call}: the parameters of {observed.name!r} pick elements that are not there: {error}. Correct the"
                " index."
            ) from error
        copy.observe(observed.name, summary.variable, summary.observed)
        if summary.within is not None:
            copy.add_potential(f"{observed.name}_within", summary.within)
        sizes[observed.name] = rows, len(summary.observed)
        frozen |= constants.read
    if not sizes:
        reasons = " ".join(f"{name!r}: {reason.advice}" for name, reason in left.items())
        raise InvalidArgumentError(f"{call}: nothing can be compressed. {reasons}")
    copy.freeze(frozen)
    return Compression(copy.build(), sizes, left, tuple(name for name in model.named_vars if name in frozen))


def _summary(model: Any, observed: Any, constants: Constants, shapes: Mapping[str, Shape]) -> tuple[Summary, int]:
    """The likelihood on cells, and the number of rows."""
    others = [rv for rv in model.basic_RVs if rv is not observed]
    if observed in set(ancestors([*others, *model.deterministics, *model.potentials])):
        raise Refused(Reason.USED_ELSEWHERE)
    values = constants.values(model.rvs_to_values[observed])
    rows = Rows(model, constants, values.shape)
    if rows.count == 0:
        raise Refused(Reason.MANY_CELLS)
    return summary_of(observed, rows, values.ravel()), rows.count
