"""The one place that edits PyMC's graph representation of a model.

PyMC refuses to convert models with initial values, and loses them on the way back; here they are taken along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytensor.tensor as pt
from pymc.logprob.transforms import Transform
from pymc.model.fgraph import fgraph_from_model, model_free_rv, model_from_fgraph
from pymc.pytensorf import toposort_replace
from pymc.util import get_transformed_name
from pytensor.graph.basic import Constant, Variable
from pytensor.graph.replace import clone_replace
from pytensor.graph.traversal import ancestors

from unfunnel.charts import Anchor, with_context
from unfunnel.errors import InvalidArgumentError
from unfunnel.families import Family, family_of
from unfunnel.families.base import parameters_of
from unfunnel.structure import substituted

_GROUPS = ("free_RVs", "observed_RVs", "deterministics", "potentials", "data_vars")


class EditableModel:
    """A copy of a model whose free variables can be given charts; the original is never touched."""

    def __init__(self, model: Any) -> None:
        if model.parent is not None:
            raise InvalidArgumentError(
                f"reparameterize: the model {model.name!r} is nested in another one; pass the outermost model."
            )
        self._initial_values = {rv.name: value for rv, value in model.rvs_to_initial_values.items()}
        self._original = model
        self._fgraph, self._memo = fgraph_from_model(_without_initial_values(model))
        self._current = {rv.name: self._memo[rv] for rv in model.free_RVs}

    def family(self, name: str) -> Family:
        """The distribution family of a free variable."""
        family = family_of(self._current[name].owner.inputs[0])
        if family is None:
            raise InvalidArgumentError(
                f"reparameterize: {name!r} is of a family that unfunnel does not know; was the plan made for"
                " this model?"
            )
        return family

    def expression(self, original: Any) -> Any:
        """An expression of the original model's graph, in this copy's graph as it now is."""
        original = pt.as_tensor(original)
        stops = {rv: self._current[rv.name] for rv in self._original.free_RVs}
        leaves = [leaf for leaf in ancestors([original], blockers=list(stops)) if leaf.owner is None]
        # Data and the lengths of dims are other variables in the copy; constants are the same.
        stops |= {leaf: self._memo[leaf] for leaf in leaves if leaf in self._memo and not isinstance(leaf, Constant)}
        return substituted(original, stops)

    def scale_chart(self, name: str) -> Callable[[Anchor], Transform]:
        """Makes the chart of a scale."""
        chart = self.family(name).scale_chart(self._current[name].owner.inputs[0])
        if chart is None:
            raise InvalidArgumentError(f"reparameterize: the prior of {name!r} has no whitening chart.")
        return lambda _: chart

    def chart(self, name: str, make: Callable[[Anchor], Transform], context: Sequence[Any]) -> None:
        """Give a free variable a chart, whose context (of the original's graph) rides on a parameter of its family."""
        dummy, family = self._current[name], self.family(name)
        old = dummy.owner.inputs[0]
        transform, inputs = make(family.anchor(old.owner.op)), list(old.owner.inputs)
        position = parameters_of(old.owner.op, range(len(inputs)))[family.carrier]
        inputs[position] = with_context(inputs[position], *map(self.expression, context))
        op = family.charted_op(old.owner.op)
        rv = op.make_node(*inputs).outputs[old.owner.outputs.index(old)]
        rv.name = name
        # The type of the author's own value: a variable whose elements sum to zero has one less on the line.
        value = self._original.rvs_to_values[self._original[name]].type(name=get_transformed_name(name, transform))
        new = model_free_rv(rv, value, transform, name, *dummy.owner.op.dims)
        toposort_replace(self._fgraph, ((dummy, new),))
        self._current[name] = new

    def build(self) -> Any:
        """The charted model; this copy is used up."""
        data = {old: self._memo[old].owner.inputs[0] for old in self._original.data_vars}
        model = model_from_fgraph(self._fgraph, mutate_fgraph=True)
        # PyMC builds it in the order of the graph; keep its author's, in which values and gradients are laid out. That
        # of the names too: a copy of this copy must be laid out alike.
        for group in _GROUPS:
            order = _positions(variable.name for variable in getattr(self._original, group))
            getattr(model, group).sort(key=lambda variable, order=order: order[variable.name])
        order = _positions(self._original.named_vars)
        named = sorted(model.named_vars.items(), key=lambda item: order[item[0]])
        model.named_vars.clear()
        model.named_vars.update(named)
        for name, value in self._initial_values.items():
            symbolic = isinstance(value, Variable)
            model.set_initval(model[name], clone_replace(value, data) if symbolic else value)
        return model


def _positions(names: Iterable[str]) -> dict[str, int]:
    return {name: position for position, name in enumerate(names)}


def _without_initial_values(model: Any) -> Any:
    """A shallow double without initial values; `copy.copy` would make a deep one."""
    double = object.__new__(type(model))
    double.__dict__.update(model.__dict__)
    double.rvs_to_initial_values = dict.fromkeys(model.rvs_to_initial_values)
    return double
