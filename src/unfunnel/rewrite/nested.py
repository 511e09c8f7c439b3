"""The expressions of an elimination level by level, in a model's own graph: what charts of nested levels ride on."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pytensor.tensor as pt

from unfunnel.charts import nested_factor
from unfunnel.planning import Block, Plan
from unfunnel.rewrite.loadings import spans_of, without_members
from unfunnel.rewrite.nested_loadings import NestedLoadings
from unfunnel.rewrite.parts import BlockParts, joined
from unfunnel.structure import Anatomy


class NestedElimination(BlockParts):
    """The expressions of a block whose lead is nested in other effects.

    Parameters
    ----------
    anatomy
        The model's graph.
    plan, block
        The plan, and one of its blocks.
    loadings
        How the locations of the levels depend on each other and on the shared parameters.
    numbers
        The evidence as the charts take it: one flat vector.
    noise
        The noise scale at which it was found, or 0.
    """

    def __init__(
        self, anatomy: Anatomy, plan: Plan, block: Block, loadings: NestedLoadings, numbers: Any, noise: Any
    ) -> None:
        self._anatomy, self._plan, self._block, self._loadings = anatomy, plan, block, loadings
        self._numbers, self._noise = numbers, noise
        self.spans = spans_of(plan, block)
        self.sizes, self.levels = loadings.sizes, (block.lead, *block.parents)

    def level_context(self, level: int) -> list[Any]:
        """What rides on a level: the level above, shared parameters, evidence, scales, offset, messages."""
        above: Any = np.zeros(0)
        if level + 1 < len(self.levels):
            (output,) = self._anatomy.outputs(self.levels[level + 1])
            above = output.astype("float64").ravel()
        _, _, *messages = self._factored
        return [above, self.innovations, self._numbers, self.scales, self.offset, *messages]

    @property
    def information(self) -> Any:
        """W, what the data say about every element by way of the levels below; dim (element,)."""
        return self._factored[2]

    @property
    def coupling(self) -> Any:
        """F, how the pull of every element moves with the innovations; dims (element, shared)."""
        return self._factored[4]

    @cached_property
    def _factored(self) -> tuple[Any, ...]:
        spread, b0 = self.shared_spread, self.shared_location
        shared = sum(self._plan[name].site.size for name in self._block.shared)
        given = (self._numbers, self.scales, self.offset, self.noise_factor, spread, b0)
        return nested_factor(*given, sizes=self.sizes, shared=shared)

    @cached_property
    def scales(self) -> Any:
        """Prior standard deviations; dim (level,), or (element,) where those of a level differ."""
        found = [self._anatomy.reference(name)[1].astype("float64") for name in self.levels]
        if all(all(scale.type.broadcastable) for scale in found):
            return pt.stack([scale.squeeze() for scale in found])
        return joined([self._flat(scale, name) for scale, name in zip(found, self.levels, strict=True)])

    @cached_property
    def offset(self) -> Any:
        """What locations hold beside the level above and the shared parameters; dim (element,), or (0,)."""
        if self._loadings.upstream & set(self.levels):
            return joined([self._constant_part(name) for name in self.levels])
        constant = self._loadings.offset
        return constant if constant.any() else np.zeros(0)

    @cached_property
    def standardised_levels(self) -> Any:
        """V of all elements; dim (element,)."""
        return joined([self.standardised(name) for name in self.levels])

    @cached_property
    def leaf_locations(self) -> Any:
        """Prior locations of the leaves; dim (group,)."""
        location, _ = self._anatomy.reference(self._block.lead)
        return self._flat(location, self._block.lead)

    def _without_members(self, name: str, location: Any) -> Any:
        """Where the level above is zero too."""
        above = dict(pairwise(self.levels))
        names = (*self._block.shared, *([above[name]] if name in above else []))
        return without_members(self._anatomy, self._plan, location, names)
