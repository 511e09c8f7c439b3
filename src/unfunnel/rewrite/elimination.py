"""The expressions of one elimination, in a model's own graph: what the charts of a block ride on."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pytensor.tensor as pt

from unfunnel.charts import (
    Arrangement,
    Series,
    Sizes,
    correlated_factor,
    sequence_factor,
    shared_factor,
    triangle,
)
from unfunnel.planning import Block, Plan
from unfunnel.rewrite.loadings import Loadings, spans_of
from unfunnel.rewrite.parts import BlockParts
from unfunnel.rewrite.scales import scales_of
from unfunnel.structure import Anatomy


class Elimination(BlockParts):
    """The expressions of a block.

    Parameters
    ----------
    anatomy
        The model's graph.
    plan, block
        The plan, and one of its blocks.
    loadings
        How the block's locations depend on its shared parameters.
    numbers
        The evidence as the charts take it: one flat vector.
    noise
        The noise scale at which it was found, or 0.
    widths
        Of the effects, dim (group,); None where all are 1 whatever the evidence.
    """

    def __init__(
        self, anatomy: Anatomy, plan: Plan, block: Block, loadings: Loadings, numbers: Any, noise: Any, widths: Any
    ) -> None:
        self._anatomy, self._plan, self._block, self._loadings = anatomy, plan, block, loadings
        self._numbers, self._noise, self.widths = numbers, noise, widths
        self.spans = spans_of(plan, block)
        shared = sum(plan[name].site.size for name in block.shared)
        self.sizes = Sizes(*plan.extent(block), shared)
        self._vectors, self._sequential = plan[block.lead].site.vectors, plan[block.lead].site.sequential

    def effect_context(self, j: int) -> list[Any]:
        """What rides on effect j: later siblings, shared parameters, evidence, scales, offset, noise factor, widths."""
        later = [self.standardised(name) for name in self._block.effects[j + 1 :]]
        v_later = pt.stack(later, axis=1) if later else np.zeros((self.sizes.groups, 0))
        widths = [] if self.widths is None else [self.widths]
        return [v_later, self.innovations, self._numbers, self.scales, self.offset, self.noise_factor, *widths]

    def joint_context(self) -> list[Any]:
        """What rides on a variable whose elements are eliminated together: the same without siblings."""
        return [self.innovations, self._numbers, self.scales, self.offset, self.noise_factor]

    @cached_property
    def _factored(self) -> tuple[Any, Any]:
        spread, b0 = self.shared_spread, self.shared_location
        if self._sequential:
            parents = self._numbers, self.scales, self.offset, self.noise_factor
            return sequence_factor(*parents, spread, b0, **self.series.sizes)
        sizes = {"groups": self.sizes.groups, "effects": self.sizes.effects, "shared": self.sizes.shared}
        factor = correlated_factor if self._vectors else shared_factor
        return factor(self._numbers, self.scales, self.offset, self.noise_factor, spread, b0, **sizes)

    @cached_property
    def scales(self) -> Any:
        """Prior standard deviations of the effects; dims (1 or group, effect). Of correlated ones the packed factor."""
        return scales_of(self._anatomy, [self._plan[name].site for name in self._block.effects])

    @cached_property
    def offset(self) -> Any:
        """What the effects' locations hold beside the shared parameters; dims (group, effect), or (0, effect)."""
        if self._loadings.upstream & set(self._block.effects):
            return self._of_effects([self._constant_part(name) for name in self._block.effects])
        constant = self._loadings.offset
        return constant if constant.any() else np.zeros((0, self.sizes.effects))

    @cached_property
    def effect_locations(self) -> Any:
        """Prior locations of the effects; dims (group, effect)."""
        found = [self._flat(self._anatomy.reference(name)[0], name) for name in self._block.effects]
        return self._of_effects(found)

    @cached_property
    def effects_standardised(self) -> Any:
        """v; dims (group, effect)."""
        names = self._block.effects
        if self._sequential:
            return self._innovations(*names)
        if not self._vectors:
            return self._of_effects([self.standardised(name) for name in names])
        (name,), arrangement = names, self.arrangement
        rv, prior = self._anatomy.model[name], self._anatomy.prior(name)
        assert prior is not None
        if self.is_multivariate:
            L = triangle(self.scales, self.sizes.effects)
            return pt.stack(L.solved(arrangement.columns(rv - prior[0])), axis=1)
        return pt.stack(arrangement.columns((rv - prior[0]) / prior[1]), axis=1)

    @cached_property
    def pulls(self) -> Any:
        """How steeply the prior falls at every effect of the lead, in its standardised value; dim (group,)."""
        name = self._block.lead
        rv, family = self._anatomy.model[name], self._anatomy.family(name)
        assert family is not None
        assert family.pull is not None
        parameters = family.anchor(rv.owner.op).parameters(rv.owner.inputs)
        return family.pull(self.standardised(name), *(self._flat(parameter, name) for parameter in parameters))

    def _innovations(self, name: str) -> Any:
        """V of a sequence, as effects of one a group."""
        rv, prior = self._anatomy.model[name], self._anatomy.prior(name)
        assert prior is not None
        if not self._anatomy.is_sequential(name):
            return ((rv - prior[0]) / prior[1]).reshape((-1, 1))
        deviations = (rv - prior[0]).reshape((self.series.series, self.series.steps))
        return self.series.innovations(deviations, self.scales).reshape((-1, 1))

    @property
    def series(self) -> Series:
        """How the sequence of the block is held by its variable."""
        steps = self._plan[self._block.lead].site.shape[-1]
        return Series(self.sizes.groups // steps, steps, self.sizes.shared)

    @property
    def is_multivariate(self) -> bool:
        """Whether the prior of the variable that holds all effects is itself of vectors."""
        return self._anatomy.is_multivariate(self._block.lead)

    @property
    def arrangement(self) -> Arrangement:
        """How a variable holds all effects of the block."""
        return Arrangement(self.sizes, self._plan[self._block.lead].site.components_first)

    def _of_effects(self, parts: list[Any]) -> Any:
        """Something raveled of every effect; dims (group, effect)."""
        return parts[0].reshape((self.sizes.groups, self.sizes.effects)) if self._vectors else pt.stack(parts, axis=1)
