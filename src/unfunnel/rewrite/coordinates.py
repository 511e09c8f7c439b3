"""The numbers that a charted model's coordinates are made of, apart from its graph.

They are PyTensor constants in a model that is handed out (its graph then says all there is to say, and PyMC's
posterior predictive does not take it for changed data), and shared variables in a model that `sample` compiles once
and tries several coordinates on.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.compile.sharedvalue import shared as shared_variable

from unfunnel.errors import InvalidArgumentError
from unfunnel.parameterization import Evidence, Informed
from unfunnel.planning import Plan
from unfunnel.structure import Site

Numbers = dict[str, NDArray[np.float64]]
MakeInput = Callable[[str, NDArray[np.float64]], Any]


def constant(name: str, value: NDArray[np.float64]) -> Any:
    """A number that never changes."""
    return pt.constant(value, name=name)


class SharedNumbers:
    """All numbers of a plan in one shared vector, to be set after compilation.

    One vector and not one variable each, because nutpie compiles code for every shared variable of a model: three of
    them cost a second, more than everything else that a small model's charts add.
    """

    NAME = "unfunnel::numbers"

    def __init__(self, numbers: Numbers) -> None:
        sizes = [value.size for value in numbers.values()]
        ends = np.cumsum([0, *sizes])
        self._slices = {name: slice(*span) for name, span in zip(numbers, itertools.pairwise(ends), strict=True)}
        flat = self.flat(numbers)
        self._variable = shared_variable(flat, name=self.NAME, shape=flat.shape)  # type: ignore[no-untyped-call]

    def flat(self, numbers: Numbers) -> NDArray[np.float64]:
        """The numbers as the vector holds them."""
        return np.concatenate([np.zeros(0), *(numbers[name].ravel() for name in self._slices)])

    def graph(self, name: str, value: NDArray[np.float64]) -> Any:
        """The piece of the vector that holds one number, in its shape."""
        return self._variable[self._slices[name]].reshape(value.shape)

    def set(self, numbers: Numbers) -> NDArray[np.float64]:
        """Put other numbers into the vector, and return it."""
        flat = self.flat(numbers)
        self._variable.set_value(flat)
        return flat


def key(name: str, what: str) -> str:
    """Name of a number; the double colon keeps it apart from any name in a user's model."""
    return f"{name}::{what}"


def numbers_of(plan: Plan) -> Numbers:
    """All numbers of a plan's coordinates, by name; evidence that has yet to be found is zero.

    Parameters
    ----------
    plan
        The coordinates.

    Returns
    -------
    dict
        Arrays with the shape of their variable, or scalars.
    """
    numbers: Numbers = {}
    for choice in plan.choices:
        site = choice.site
        if isinstance(choice.parameterization, Informed):
            evidence = choice.parameterization.evidence or Evidence.none(int(np.prod(site.shape)))
            _check_groups(site, evidence)
            numbers[key(site.name, "h")] = evidence.h[:, 0].reshape(site.shape)
            numbers[key(site.name, "H")] = evidence.H[:, 0, 0].reshape(site.shape)
        elif choice.parameterization is not None:
            numbers[key(site.name, "centeredness")] = choice.parameterization.broadcast(site.shape, site.name)
        elif choice.whitened:
            numbers[key(site.name, "logarithmic")] = np.asarray(float(choice.logarithmic))
    return numbers


def _check_groups(site: Site, evidence: Evidence) -> None:
    size = int(np.prod(site.shape))
    if evidence.h.shape != (size, 1) or evidence.h_B.size > 1:
        raise InvalidArgumentError(
            f"Informed: the evidence has dims (group, effect) = {evidence.h.shape} and {evidence.h_B.size} shared"
            f" parameters, but {site.name!r} has {size} elements, one effect each, and at most one population mean."
        )
    if np.any(evidence.C) or np.any(evidence.D) or np.any(evidence.h_B):
        raise InvalidArgumentError(
            f"Informed: the evidence on {site.name!r} couples it to shared parameters (C, D or h_B is not zero), but"
            " in its model they touch the data only through the effects; give evidence with C, D and h_B zero."
        )
