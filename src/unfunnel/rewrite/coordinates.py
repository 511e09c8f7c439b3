"""The numbers that a charted model's coordinates are made of, apart from its graph.

They are PyTensor constants in a model that is handed out (its graph then says all there is to say, and PyMC's
posterior predictive does not take it for changed data), and shared variables in a model that `sample` compiles once
and tries several coordinates on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.compile.sharedvalue import shared as shared_variable

from unfunnel.errors import InvalidArgumentError
from unfunnel.parameterization import Evidence, Informed, Parameterization
from unfunnel.planning import Choice, Plan
from unfunnel.structure import Site

Numbers = dict[str, NDArray[np.float64]]
MakeInput = Callable[[str, NDArray[np.float64]], Any]


def constant(name: str, value: NDArray[np.float64]) -> Any:
    """A number that never changes."""
    return pt.constant(value, name=name)


def shared(name: str, value: NDArray[np.float64]) -> Any:
    """A number that can be set after compilation."""
    return shared_variable(value, name=name, shape=value.shape)  # type: ignore[no-untyped-call]


def key(name: str, what: str) -> str:
    """Name of a number; the double colon keeps it apart from any name in a user's model."""
    return f"{name}::{what}"


def numbers_of(plan: Plan, evidence: Mapping[str, Evidence], logarithmic: Mapping[str, bool]) -> Numbers:
    """All numbers of a plan's coordinates, by name.

    Parameters
    ----------
    plan
        The coordinates.
    evidence
        For each informed effect, by name.
    logarithmic
        Whether a whitened scale is charted by its logarithm after all, by name; the default is not.
    """
    numbers: Numbers = {}
    for choice in plan.choices:
        site = choice.site
        if isinstance(choice.parameterization, Informed):
            found = evidence[site.name]
            _check_groups(site, found)
            numbers[key(site.name, "h")] = found.h[:, 0].reshape(site.shape)
            numbers[key(site.name, "H")] = found.H[:, 0, 0].reshape(site.shape)
        elif choice.parameterization is not None:
            numbers[key(site.name, "centeredness")] = choice.parameterization.broadcast(site.shape, site.name)
        elif choice.whitened:
            numbers[key(site.name, "logarithmic")] = np.asarray(float(logarithmic.get(site.name, False)))
    return numbers


def given_evidence(plan: Plan) -> dict[str, Evidence]:
    """The evidence that a plan itself holds."""
    return {
        name: value.evidence
        for name, value in plan.effects.items()
        if isinstance(value, Informed) and value.evidence is not None
    }


def kind(choice: Choice) -> type[Parameterization] | None:
    """Parameterizations of one kind share a compiled model: informed ones, and all others."""
    value = choice.parameterization
    if value is None:
        return None
    return Informed if isinstance(value, Informed) else Parameterization


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
