"""From a model and a plan to the same model with the plan's charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from unfunnel.charts import (
    EliminatedEffect,
    EliminatedInnovations,
    EliminatedLevel,
    EliminatedMultivariate,
    EliminatedSequence,
    EliminatedShared,
    EliminatedVectors,
    EliminatedWideEffect,
    PartialChart,
    PartialInnovations,
    PartialMultivariateChart,
    PartialSequence,
    Series,
)
from unfunnel.parameterization import Informed
from unfunnel.planning import Block, Choice, Plan
from unfunnel.rewrite.coordinates import Numbers, key, numbers_of
from unfunnel.rewrite.elimination import Elimination
from unfunnel.rewrite.fgraph import EditableModel
from unfunnel.rewrite.loadings import Loadings, loadings_of
from unfunnel.rewrite.nested import NestedElimination
from unfunnel.rewrite.nested_loadings import NestedLoadings, nested_loadings_of
from unfunnel.rewrite.scales import scales_of
from unfunnel.structure import Anatomy, Site

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
    loadings: Mapping[str, Loadings | NestedLoadings]
    eliminations: Mapping[str, Elimination | NestedElimination]

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
    loadings = loadings_by_block(anatomy, plan)
    inputs = make_inputs(numbers_of(plan, loadings))
    eliminations = {block.lead: _elimination(anatomy, plan, block, loadings, inputs) for block in plan.blocks}
    copy = EditableModel(model)
    for block in plan.blocks:
        _chart_block(copy, eliminations[block.lead], block, plan[block.lead].site)
    for choice in plan.choices:
        _chart(copy, anatomy, choice, inputs)
    return Charted(copy.build(), anatomy, loadings, eliminations)


def loadings_by_block(anatomy: Anatomy, plan: Plan) -> dict[str, Loadings | NestedLoadings]:
    """How the locations of each block depend on its shared parameters, with the model's present data, by its lead."""
    return {
        block.lead: (nested_loadings_of if block.parents else loadings_of)(anatomy, plan, block)
        for block in plan.blocks
    }


def same_loadings(one: Mapping[str, Loadings | NestedLoadings], other: Mapping[str, Loadings | NestedLoadings]) -> bool:
    """Whether locations depend on shared parameters in the same way."""
    return one.keys() == other.keys() and all(
        type(other[lead]) is type(found)
        and all(_equal(value, getattr(other[lead], name)) for name, value in vars(found).items())
        for lead, found in one.items()
    )


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(np.array_equal(one, other))


def _elimination(
    anatomy: Anatomy, plan: Plan, block: Block, loadings: Mapping[str, Loadings | NestedLoadings], inputs: Inputs
) -> Elimination | NestedElimination:
    evidence, noise = (inputs[key(block.lead, what)] for what in ("evidence", "noise"))
    found, widths = loadings[block.lead], inputs.get(key(block.lead, "widths"))
    if isinstance(found, NestedLoadings):
        return NestedElimination(anatomy, plan, block, found, evidence, noise)
    return Elimination(anatomy, plan, block, found, evidence, noise, widths)


def _chart_block(copy: EditableModel, elimination: Elimination | NestedElimination, block: Block, lead: Site) -> None:
    for name in block.shared:
        span = elimination.spans[name]
        shared = partial(EliminatedShared, start=span.start, stop=span.stop)
        copy.chart(name, shared, elimination.shared_context(name))
    if isinstance(elimination, NestedElimination):
        for level, name in enumerate((block.lead, *block.parents)):
            of_level = partial(EliminatedLevel, sizes=elimination.sizes, level=level)
            copy.chart(name, of_level, elimination.level_context(level))
        return
    if lead.sequential:
        chart_of = EliminatedInnovations if lead.by_hand else EliminatedSequence
        copy.chart(block.lead, partial(chart_of, series=elimination.series), elimination.joint_context())
        return
    if lead.vectors:
        make = EliminatedMultivariate if elimination.is_multivariate else EliminatedVectors
        vectors = partial(make, arrangement=elimination.arrangement)
        copy.chart(block.lead, vectors, elimination.joint_context())
        return
    effect_chart = EliminatedEffect if elimination.widths is None else EliminatedWideEffect
    for j, name in enumerate(block.effects):
        copy.chart(name, partial(effect_chart, sizes=elimination.sizes, j=j), elimination.effect_context(j))


def _chart(copy: EditableModel, anatomy: Anatomy, choice: Choice, inputs: Inputs) -> None:
    name, value = choice.site.name, choice.parameterization
    if value is not None and not isinstance(value, Informed):
        make, context = _fixed(anatomy, choice.site)
        copy.chart(name, make, [inputs[key(name, "centeredness")], *context])
    elif choice.whitened:
        copy.chart(name, copy.scale_chart(name), [inputs[key(name, "logarithmic")]])


def _fixed(anatomy: Anatomy, site: Site) -> tuple[Callable[[Any], Any], list[Any]]:
    """The chart of a fixed parameterization, and what rides on the variable beside its centeredness."""
    if not (site.correlated or site.sequential):
        # Where the author standardised the effect by hand, its location and scale are those of what is made of it.
        return PartialChart, list(anatomy.reference(site.name)) if site.by_hand else []
    location, factor = anatomy.reference(site.name)
    of_effect = [location] if site.by_hand else []
    if site.correlated:
        vectors = partial(PartialMultivariateChart, components=site.components, components_first=site.components_first)
        return vectors, [factor, *of_effect]
    steps = site.shape[-1]
    chart_of = PartialInnovations if site.by_hand else PartialSequence
    series = partial(chart_of, series=Series(site.size // steps, steps, 0))
    return series, [scales_of(anatomy, [site]), *of_effect]
