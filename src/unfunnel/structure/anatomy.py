"""A model's graph as charts need it: location and scale of every effect, whoever wrote it and however."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any

import pytensor.tensor as pt
from pytensor.graph.basic import Constant

from unfunnel.families import Family, family_of
from unfunnel.structure.by_hand import ByHand, written_by_hand
from unfunnel.structure.by_hand_factor import written_with_factor
from unfunnel.structure.by_hand_sum import written_as_sum
from unfunnel.structure.graph import Clients, clients_of, direct_parents, never_changes, plain, terms_of
from unfunnel.structure.positive import is_positive


class Anatomy:
    """Expressions of a model's own graph; the model is only read.

    Parameters
    ----------
    model
        A PyMC model.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.free = set(model.free_RVs)
        self.clients: Clients = clients_of(model)
        self.terms = terms_of(model)

    def family(self, name: str) -> Family | None:
        """The family of a free variable, where it has coordinates of its own family and not of its author's choice."""
        rv = self.model[name]
        family = family_of(rv)
        return family if family is not None and family.has_line(self.model.rvs_to_transforms[rv]) else None

    def prior(self, name: str) -> tuple[Any, Any] | None:
        """Location and scale of a free variable's own prior on the unconstrained line.

        Of a correlated one the scale is the lower triangular factor of a group's covariance; dims (component,
        component).
        """
        rv, family = self.model[name], self.family(name)
        if family is None or family.reference is None:
            return None
        location, scale = family.reference(*rv.owner.op.dist_params(rv.owner))
        return location, scale

    def has_scale_chart(self, name: str) -> bool:
        """Whether a free variable has a chart for scales."""
        rv = self.model[name]
        family = family_of(rv)
        if family is None or family.scale_chart(rv) is None:
            return False
        # The coefficient of an autoregression may be uniform between -1 and 1.
        return family.factor_chart is not None or is_positive(rv, self.model, self.free)

    def line(self, name: str) -> Any:
        """The transform from a free variable's support to the unconstrained line, or None where it is the line."""
        family = self.family(name)
        assert family is not None
        return family.anchor(self.model[name].owner.op).line

    @cached_property
    def by_hand(self) -> dict[str, ByHand]:
        """Effects that their author wrote non-centered."""
        found = {rv.name: self._by_hand(rv) for rv in self.model.free_RVs}
        return {name: product for name, product in found.items() if product is not None}

    def reference(self, name: str) -> tuple[Any, Any]:
        """Location and scale of the effect that a free variable is, or that it is the standardised value of."""
        prior = self.prior(name)
        assert prior is not None
        if name not in self.by_hand:
            return prior
        written = self.by_hand[name]
        location = pt.zeros(()) if written.location is None else written.location
        if written.sequential:
            return location, written.scale
        if not self.correlated(name):
            return location, written.scale * prior[1]
        own = plain(prior[1])
        return location, written.scale if (own.data == 1.0).all() else written.scale * own

    def own_scale(self, name: str) -> Any:
        """What the scale of an effect that is written by hand, no sequence, owes to the prior of its own variable."""
        prior = self.prior(name)
        assert prior is not None
        return prior[1]

    def is_multivariate(self, name: str) -> bool:
        """Whether a variable's own prior is of vectors."""
        family = self.family(name)
        return family is not None and family.multivariate

    def sequential(self, name: str) -> bool:
        """Whether an effect is a sequence."""
        return self.is_sequential(name) or (name in self.by_hand and self.by_hand[name].sequential)

    def is_sequential(self, name: str) -> bool:
        """Whether a variable's own prior is that of a sequence."""
        family = self.family(name)
        return family is not None and family.sequential

    def correlated(self, name: str) -> bool:
        """Whether the scale of an effect is a matrix."""
        return self.is_multivariate(name) or (name in self.by_hand and self.by_hand[name].correlated)

    def effect_parents(self, expressions: Iterable[Any]) -> set[str]:
        """Names of the free variables and effects that expressions depend on directly."""
        names = {rv: rv.name for rv in self.free}
        names |= {output: name for name, product in self.by_hand.items() for output in product.outputs}
        return {names[found] for found in direct_parents(expressions, names)}

    def outputs(self, name: str) -> tuple[Any, ...]:
        """The variables of the graph that stand for an effect."""
        return self.by_hand[name].outputs if name in self.by_hand else (self.model[name],)

    def _by_hand(self, rv: Any) -> ByHand | None:
        prior, family = self.prior(rv.name), self.family(rv.name)
        if prior is None or family is None or not family.real or family.multivariate or rv.type.ndim == 0:
            return None
        location, scale = map(plain, prior)
        if family.sequential or not (isinstance(location, Constant) and not location.data.any()):
            return None
        if (walk := written_as_sum(rv, scale, self.model, self.clients, self.free)) is not None:
            return walk
        if not never_changes(scale):
            return None
        found = written_by_hand(rv, self.model, self.clients, self.free)
        if found is None and rv.type.ndim == 2 and scale.type.ndim == 0 and isinstance(scale, Constant):
            found = written_with_factor(rv, self.model, self.clients, self.free)
        return found and replace(found, scale=found.scale.astype("float64"))
