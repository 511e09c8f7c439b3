"""From a model and a plan to the same model with the plan's charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from unfunnel.charts import (
    EliminatedEffect,
    EliminatedMultivariate,
    EliminatedShared,
    EliminatedVectors,
    PartialChart,
    PartialMultivariateChart,
)
from unfunnel.parameterization import Informed
from unfunnel.planning import Block, Choice, Plan
from unfunnel.rewrite.coordinates import Numbers, key, numbers_of
from unfunnel.rewrite.elimination import Elimination
from unfunnel.rewrite.fgraph import EditableModel
from unfunnel.rewrite.loadings import Loadings, loadings_of
from unfunnel.structure import Anatomy

Inputs = Mapping[str, Any]
"""The numbers of the charts by name, as constants or as pieces of memory that can be set."""


@dataclass(frozen=True)
class Charted:
    """A charted model, and what its charts are made of.

    Parameters
    ----------
    model
        The charted twin of the original model.
    anatomy
        The original's graph.
    loadings
        How the locations of each block depend on its shared parameters, by leading effect.
    eliminations
        The expressions of every block, in the original's graph, by leading effect.
    """

    model: Any
    anatomy: Anatomy
    loadings: Mapping[str, Loadings]
    eliminations: Mapping[str, Elimination]

    def numbers(self, plan: Plan) -> Numbers:
        """The numbers by which the charts take the coordinates of another plan of the same blocks."""
        return numbers_of(plan, self.loadings)


def chart(model: Any, plan: Plan, make_inputs: Callable[[Numbers], Inputs]) -> Charted:
    """Give a copy of a model the charts of a plan.

    Parameters
    ----------
    model
        A PyMC model; it is left untouched.
    plan
        The plan.
    make_inputs
        Makes the numbers of the charts into PyTensor constants or pieces of memory that can be set.
    """
    anatomy = Anatomy(model)
    loadings = {block.lead: loadings_of(anatomy, plan, block) for block in plan.blocks}
    inputs = make_inputs(numbers_of(plan, loadings))
    eliminations = {block.lead: _elimination(anatomy, plan, block, loadings, inputs) for block in plan.blocks}
    copy = EditableModel(model)
    for block in plan.blocks:
        _chart_block(copy, eliminations[block.lead], block, vectors=plan[block.lead].site.vectors)
    for choice in plan.choices:
        _chart(copy, anatomy, choice, inputs)
    return Charted(copy.build(), anatomy, loadings, eliminations)


def _elimination(
    anatomy: Anatomy, plan: Plan, block: Block, loadings: Mapping[str, Loadings], inputs: Inputs
) -> Elimination:
    evidence, noise = (inputs[key(block.lead, what)] for what in ("evidence", "noise"))
    return Elimination(anatomy, plan, block, loadings[block.lead], evidence, noise)


def _chart_block(copy: EditableModel, elimination: Elimination, block: Block, *, vectors: bool) -> None:
    for name in block.shared:
        span = elimination.spans[name]
        shared = partial(EliminatedShared, start=span.start, stop=span.stop)
        copy.chart(name, shared, elimination.shared_context(name))
    if vectors:
        make = EliminatedMultivariate if elimination.is_multivariate else EliminatedVectors
        chart_of = partial(make, arrangement=elimination.arrangement)
        copy.chart(block.lead, chart_of, elimination.vectors_context())
        return
    for j, name in enumerate(block.effects):
        copy.chart(name, partial(EliminatedEffect, sizes=elimination.sizes, j=j), elimination.effect_context(j))


def _chart(copy: EditableModel, anatomy: Anatomy, choice: Choice, inputs: Inputs) -> None:
    name, value = choice.site.name, choice.parameterization
    if value is not None and not isinstance(value, Informed) and choice.site.correlated:
        location, factor = anatomy.reference(name)
        site = choice.site
        make = partial(PartialMultivariateChart, components=site.components, components_first=site.components_first)
        context = [inputs[key(name, "centeredness")], factor, *([location] if choice.site.by_hand else [])]
        copy.chart(name, make, context)
    elif value is not None and not isinstance(value, Informed):
        # Where the author standardised the effect by hand, its location and scale are those of what is made of it.
        of_effect = anatomy.reference(name) if choice.site.by_hand else ()
        copy.chart(name, PartialChart, [inputs[key(name, "centeredness")], *of_effect])
    elif choice.whitened:
        copy.chart(name, copy.scale_chart(name), [inputs[key(name, "logarithmic")]])
