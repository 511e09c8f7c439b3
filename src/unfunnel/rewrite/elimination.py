"""The expressions of one elimination, in a model's own graph: what the charts of a block ride on."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pytensor.tensor as pt

from unfunnel.charts import Arrangement, Sizes, correlated_factor, forward_substitution, shared_factor
from unfunnel.charts.factors import prior_factor
from unfunnel.planning import Block, Plan
from unfunnel.rewrite.loadings import Loadings, spans_of, without_members
from unfunnel.rewrite.scales import scales_of
from unfunnel.structure import Anatomy, single_noise


class Elimination:
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
    """

    def __init__(
        self, anatomy: Anatomy, plan: Plan, block: Block, loadings: Loadings, numbers: Any, noise: Any
    ) -> None:
        self._anatomy, self._plan, self._block, self._loadings = anatomy, plan, block, loadings
        self._numbers, self._noise = numbers, noise
        self.spans = spans_of(plan, block)
        shared = sum(plan[name].site.size for name in block.shared)
        self.sizes = Sizes(*plan.extent(block), shared)
        self._vectors = plan[block.lead].site.vectors

    def effect_context(self, j: int) -> list[Any]:
        """What rides on effect j: later siblings, shared parameters, evidence, scales, offset, noise factor."""
        later = [self.standardised(name) for name in self._block.effects[j + 1 :]]
        v_later = pt.stack(later, axis=1) if later else np.zeros((self.sizes.groups, 0))
        return [v_later, self.innovations, self._numbers, self.scales, self.offset, self.noise_factor]

    def vectors_context(self) -> list[Any]:
        """What rides on a variable that holds all effects: the same without siblings."""
        return [self.innovations, self._numbers, self.scales, self.offset, self.noise_factor]

    def shared_context(self, name: str) -> list[Any]:
        """What rides on a shared variable: the later ones, the factor of their precision, and the shift."""
        later = self._block.shared[self._block.shared.index(name) + 1 :]
        return [_joined([self.standardised(other) for other in later]), *self._factored]

    @cached_property
    def shared_factor(self) -> Any:
        """R, the lower triangular factor of the shared parameters' precision in z."""
        return self._factored[0]

    @cached_property
    def _factored(self) -> tuple[Any, Any]:
        sizes = {"groups": self.sizes.groups, "effects": self.sizes.effects, "shared": self.sizes.shared}
        spread, b0 = self.shared_spread, self.shared_location
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
        if not self._vectors:
            return self._of_effects([self.standardised(name) for name in names])
        (name,), arrangement = names, self.arrangement
        rv, prior = self._anatomy.model[name], self._anatomy.prior(name)
        assert prior is not None
        if self.is_multivariate:
            L = prior_factor(self.scales, self.sizes.effects)
            return pt.stack(forward_substitution(L, arrangement.columns(rv - prior[0])), axis=1)
        return pt.stack(arrangement.columns((rv - prior[0]) / prior[1]), axis=1)

    @property
    def is_multivariate(self) -> bool:
        """Whether the prior of the variable that holds all effects is itself of vectors."""
        return self._anatomy.is_multivariate(self._block.lead)

    @property
    def arrangement(self) -> Arrangement:
        """How a variable holds all effects of the block."""
        return Arrangement(self.sizes, self._plan[self._block.lead].site.components_first)

    @cached_property
    def noise_factor(self) -> Any:
        """f: what all evidence is multiplied by, because the noise scale is not the one it was found at."""
        if self._block.noise is None:
            return np.asarray(1.0)
        return pt.switch(pt.gt(self._noise, 0.0), pt.sqr(self._noise / self.noise_scale), 1.0)

    @cached_property
    def noise_scale(self) -> Any:
        """The free noise scale, or 1 where there is none."""
        if self._block.noise is None:
            return np.asarray(1.0)
        observed = next(rv for rv in self._anatomy.model.observed_RVs if rv.name == self._block.noise)
        return single_noise(observed, self._anatomy.free).astype("float64")

    @cached_property
    def shared_spread(self) -> Any:
        """Prior standard deviations of the innovations; dims (shared,)."""
        return _joined([self._flat(self._anatomy.reference(name)[1], name) for name in self._block.shared])

    @cached_property
    def shared_location(self) -> Any:
        """Prior locations of the innovations; dims (shared,)."""
        return _joined([self._constant_part(name) for name in self._block.shared])

    @cached_property
    def shared_standardised(self) -> Any:
        """z; dims (shared,)."""
        return _joined([self.standardised(name) for name in self._block.shared])

    @cached_property
    def innovations(self) -> Any:
        """y; dims (shared,)."""
        return self.shared_location + self.shared_spread * self.shared_standardised

    def standardised(self, name: str) -> Any:
        """The standardised value of an effect or shared variable, raveled."""
        rv, prior = self._anatomy.model[name], self._anatomy.prior(name)
        assert prior is not None
        location, scale = (expression.astype("float64") for expression in prior)
        line = self._anatomy.line(name)
        return (((rv if line is None else line.forward(rv, *rv.owner.inputs)) - location) / scale).ravel()

    def _constant_part(self, name: str) -> Any:
        location, _ = self._anatomy.reference(name)
        return self._flat(without_members(self._anatomy, self._plan, location, self._block), name)

    def _flat(self, expression: Any, name: str) -> Any:
        shape = self._plan[name].site.shape_by_group
        flat: Any = pt.broadcast_to(expression.astype("float64"), shape)
        return flat.ravel()

    def _of_effects(self, parts: list[Any]) -> Any:
        """Something raveled of every effect; dims (group, effect)."""
        return parts[0].reshape((self.sizes.groups, self.sizes.effects)) if self._vectors else pt.stack(parts, axis=1)


def _joined(parts: list[Any]) -> Any:
    return pt.concatenate(parts) if parts else np.zeros(0)  # type: ignore[no-untyped-call]
