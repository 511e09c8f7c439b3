"""The numbers that a charted model's coordinates are made of, apart from its graph.

They are PyTensor constants in a model that is handed out (its graph then says all there is to say, and PyMC's
posterior predictive does not take it for changed data), and memory that can be set in a model that `sample` compiles
once and tries several coordinates on.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray

from unfunnel.charts import Memory, Place
from unfunnel.errors import InvalidArgumentError
from unfunnel.families import FAMILIES
from unfunnel.parameterization import Evidence, Informed
from unfunnel.planning import Block, Plan
from unfunnel.rewrite.loadings import Loadings
from unfunnel.rewrite.nested_loadings import NestedLoadings

Numbers = dict[str, NDArray[np.float64]]


def constants(numbers: Numbers) -> dict[str, Any]:
    """Numbers that never change."""
    return {name: pt.constant(value, name=name) for name, value in numbers.items()}


class SharedNumbers:
    """All numbers of a plan in one vector in memory, to be set after compilation.

    One vector and not one for each number: every input of a graph costs nodes, and time to compile them.

    Parameters
    ----------
    like
        Share its memory: of a model whose compiled code serves this one too.
    """

    def __init__(self, like: SharedNumbers | None = None) -> None:
        self._slices: dict[str, slice] = {}
        self._place: Place | None = None if like is None else like._place
        self._variable: Any = None

    def graphs(self, numbers: Numbers) -> dict[str, Any]:
        """Lay out the vector; the piece of it that holds each number, in its shape."""
        sizes = [value.size for value in numbers.values()]
        ends = np.cumsum([0, *sizes])
        self._slices = {name: slice(*span) for name, span in zip(numbers, itertools.pairwise(ends), strict=True)}
        size = int(ends[-1])
        if self._place is None:
            self._place = Place(size)
            self.set(numbers)
        # Memory that is shared is left as it is: the other model may be sampling.
        assert self._place.values.size == size
        self._variable = Memory(self._place.position, size)()
        return {name: self._piece(name, value) for name, value in numbers.items()}

    def set(self, numbers: Numbers) -> None:
        """Put other numbers into the vector."""
        assert self._place is not None
        for name, span in self._slices.items():
            self._place.values[span] = numbers[name].ravel()

    def _piece(self, name: str, value: NDArray[np.float64]) -> Any:
        span = self._slices[name]
        if value.ndim == 0:
            return self._variable[span.start]
        piece = self._variable[span]
        return piece if value.ndim == 1 else piece.reshape(value.shape)


def key(name: str, what: str) -> str:
    """Name of a number; the double colon keeps it apart from any name in a user's model."""
    return f"{name}::{what}"


def numbers_of(plan: Plan, loadings: Mapping[str, Loadings | NestedLoadings]) -> Numbers:
    """All numbers of a plan's coordinates, by name; evidence that has yet to be found is zero.

    Parameters
    ----------
    plan
        The coordinates.
    loadings
        How the locations of each block depend on its shared parameters, by leading effect.

    Returns
    -------
    dict
        Arrays: centeredness with the shape of its variable, evidence as one flat vector, or scalars.
    """
    numbers: Numbers = {}
    for block in plan.blocks:
        evidence = fitting_evidence(plan, block)
        found = loadings[block.lead]
        of_block = found.packed(evidence) if isinstance(found, NestedLoadings) else packed(evidence, found)
        numbers[key(block.lead, "evidence")] = of_block
        numbers[key(block.lead, "noise")] = np.asarray(evidence.noise)
        if has_widths(plan, block):
            numbers[key(block.lead, "widths")] = evidence.widths.ravel()
    for choice in plan.choices:
        site, value = choice.site, choice.parameterization
        if value is not None and not isinstance(value, Informed):
            numbers[key(site.name, "centeredness")] = value.broadcast(site.centeredness_shape, site.name)
        elif choice.whitened:
            numbers[key(site.name, "logarithmic")] = np.asarray(float(choice.logarithmic))
    return numbers


def fitting_evidence(plan: Plan, block: Block) -> Evidence:
    """The evidence of a block in its full sizes; none where it has yet to be found.

    Raises
    ------
    InvalidArgumentError
        If the evidence does not fit the block.
    """
    groups, effects = plan.extent(block)
    shared = sum(plan[name].site.size for name in block.shared)
    evidence = plan.evidence(block) or Evidence.none(groups, effects, shared)
    if not (has_widths(plan, block) or np.all(evidence.widths == 1.0)):
        raise InvalidArgumentError(
            f"Informed: the evidence has widths other than 1, but {block.lead!r} has none to be told: they are for a"
            f" variable with one effect a group and a prior of {' or '.join(_pulling())}. Leave them out."
        )
    untouched = not (evidence.C.any() or evidence.D.any() or evidence.h_B.any())
    if evidence.h.shape == (groups, effects) and (evidence.h_B.size == shared or untouched):
        return evidence if evidence.h_B.size == shared else evidence.with_shared(shared)
    raise InvalidArgumentError(
        f"Informed: the evidence has dims (group, effect) = {evidence.h.shape} and {evidence.h_B.size} shared"
        f" parameters, but the block of {block.lead!r} has {groups} groups, {effects} effects of each"
        f" ({', '.join(block.effects)}), and"
        f" {shared} shared parameters ({', '.join(block.shared) or 'none'})."
    )


def has_widths(plan: Plan, block: Block) -> bool:
    """Whether the prior of a block's effects looks more or less wide, depending on where an effect is."""
    site = plan[block.lead].site
    joint = site.vectors or site.sequential or block.parents or len(block.effects) > 1
    return not joint and site.family in _pulling()


def _pulling() -> list[str]:
    return [family.name for family in FAMILIES if family.pull is not None]


def packed(evidence: Evidence, loadings: Loadings) -> NDArray[np.float64]:
    """Evidence as the charts take it: in deviations from the locations and in innovations, one flat vector.

    Of effects with widths it is that of the effects in units of these, so that all have one prior scale.
    """
    A, innovations = loadings.effects, loadings.innovations
    coupled = evidence.H @ A + evidence.C
    D = np.einsum("ksd,kse->de", A, coupled) + np.einsum("ksd,kse->de", evidence.C, A) + evidence.D
    g = np.einsum("ksd,ks->d", A, evidence.h) + evidence.h_B
    D, g = innovations.T @ D @ innovations, innovations.T @ g
    c = evidence.widths[:, :, None]
    h, H, E = evidence.h * evidence.widths, c * evidence.H * c.swapaxes(1, 2), c * in_deviations(evidence, loadings)
    return np.concatenate([part.ravel() for part in (h, H, E, D, g)])


def in_deviations(evidence: Evidence, loadings: Loadings) -> NDArray[np.float64]:
    """E: how the scores in the effects' deviations from their locations move with the innovations."""
    E: NDArray[np.float64] = (evidence.H @ loadings.effects + evidence.C) @ loadings.innovations
    return E
