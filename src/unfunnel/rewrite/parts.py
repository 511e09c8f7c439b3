"""What every elimination has in its expressions: the shared parameters, the noise, and how members are taken."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

import numpy as np
import pytensor.tensor as pt

from unfunnel.planning import Block, Plan
from unfunnel.rewrite.loadings import without_members
from unfunnel.structure import Anatomy, single_noise


class BlockParts(ABC):
    """The expressions that depend on nothing but a block's shared parameters and its noise."""

    _anatomy: Anatomy
    _plan: Plan
    _block: Block
    _noise: Any

    @property
    @abstractmethod
    def _factored(self) -> tuple[Any, ...]:
        """R and w of the shared parameters, and whatever else comes with them."""

    def shared_context(self, name: str) -> list[Any]:
        """What rides on a shared variable: the later ones, the factor of their precision, and the shift."""
        later = self._block.shared[self._block.shared.index(name) + 1 :]
        return [joined([self.standardised(other) for other in later]), *self._factored[:2]]

    @cached_property
    def shared_factor(self) -> Any:
        """R, the lower triangular factor of the shared parameters' precision in z."""
        return self._factored[0]

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
        return joined([self._flat(self._anatomy.reference(name)[1], name) for name in self._block.shared])

    @cached_property
    def shared_location(self) -> Any:
        """Prior locations of the innovations; dims (shared,)."""
        return joined([self._constant_part(name) for name in self._block.shared])

    @cached_property
    def shared_standardised(self) -> Any:
        """z; dims (shared,)."""
        return joined([self.standardised(name) for name in self._block.shared])

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
        return self._flat(self._without_members(name, location), name)

    def _without_members(self, name: str, location: Any) -> Any:
        """The location of a variable where the shared parameters are zero."""
        return without_members(self._anatomy, self._plan, location, self._block.shared)

    def _flat(self, expression: Any, name: str) -> Any:
        shape = self._plan[name].site.shape_by_group
        flat: Any = pt.broadcast_to(expression.astype("float64"), shape)
        return flat.ravel()


def joined(parts: list[Any]) -> Any:
    """Vectors as one; no number where there is none."""
    return pt.concatenate(parts) if parts else np.zeros(0)  # type: ignore[no-untyped-call]
