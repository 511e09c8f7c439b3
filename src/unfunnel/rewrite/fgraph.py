"""The one place that edits PyMC's graph representation of a model.

PyMC refuses to convert models with initial values, and loses them on the way back; here they are taken along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pytensor.tensor as pt
from pymc.logprob.transforms import Transform
from pymc.model.fgraph import (
    ModelDeterministic,
    ModelPotential,
    ModelVar,
    fgraph_from_model,
    model_free_rv,
    model_from_fgraph,
    model_observed_rv,
    model_potential,
)
from pymc.pytensorf import toposort_replace
from pymc.util import get_transformed_name
from pytensor.compile.ops import view_op
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

    def __init__(self, model: Any, call: str = "reparameterize") -> None:
        if model.parent is not None:
            raise InvalidArgumentError(
                f"{call}: the model {model.name!r} is nested in another one; pass the outermost model."
            )
        refuse_single_precision(call, model)
        self._initial_values = {rv.name: value for rv, value in model.rvs_to_initial_values.items()}
        self._original = model
        self._fgraph, self._memo = fgraph_from_model(_without_initial_values(model))
        self._frozen: dict[Any, Any] = {}
        self._added: list[str] = []
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
        return self._substituted(original, {rv: self._current[rv.name] for rv in self._original.free_RVs})

    def _substituted(self, original: Any, stops: dict[Any, Any]) -> Any:
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

    def observe(self, name: str, variable: Any, values: Any) -> None:
        """Put another random variable, of the original's graph, and its values in the place of an observed one."""
        old = self._memo[self._original[name]]
        rv = self._with_deterministics(variable)
        rv.name = name
        value = pt.constant(values, dtype=rv.dtype)
        # Not replaced in place: it is of another length, and nothing else is made of it.
        self._fgraph.remove_output(self._fgraph.outputs.index(old))
        self._fgraph.add_output(model_observed_rv(rv, value, name), import_missing=True)

    def add_potential(self, name: str, term: Any) -> None:
        """Add a term, of the original's graph, to the log density; its name gets underscores until it is new."""
        while name in self._original.named_vars:
            name += "_"
        self._added.append(name)
        self._fgraph.add_output(model_potential(self._with_deterministics(term), name), import_missing=True)

    def freeze(self, names: Iterable[str]) -> None:
        """Make constants of data, by their present values."""
        for name in names:
            old = self._original[name]
            self._frozen[old] = pt.constant(old.get_value(), name=name)
            toposort_replace(self._fgraph, ((self._memo[old], self._frozen[old]),))

    def _with_deterministics(self, original: Any) -> Any:
        """The same with Deterministics as what they are, not as what they are made of."""
        named = [*self._original.free_RVs, *self._original.deterministics]
        return self._substituted(original, {variable: self._memo[variable] for variable in named})

    def _part_names(self) -> None:
        """Give what is named twice a variable for each name; PyMC would put the last name on the only one.

        Two Deterministics of one expression, as with those that `pymc.LKJCholeskyCov` stores and an author's own of the
        same standard deviations; a Potential that is a Deterministic.
        """
        seen: set[Any] = set()
        for dummy in [variable for variable in self._fgraph.outputs if isinstance(_op(variable), ModelVar)]:
            inner = dummy.owner.inputs[0]
            while isinstance(_op(inner), ModelVar):
                inner = inner.owner.inputs[0]
            if inner in seen and isinstance(_op(dummy), ModelDeterministic | ModelPotential):
                toposort_replace(self._fgraph, ((dummy, _op(dummy)(view_op(dummy.owner.inputs[0]))),))
            seen.add(inner)

    def build(self) -> Any:
        """The new model; this copy is used up."""
        data = {
            old: self._frozen[old] if old in self._frozen else self._memo[old].owner.inputs[0]
            for old in self._original.data_vars
        }
        self._part_names()
        model = model_from_fgraph(self._fgraph, mutate_fgraph=True)
        # PyMC builds it in the order of the graph; keep its author's, in which values and gradients are laid out. That
        # of the names too: a copy of this copy must be laid out alike.
        for group in _GROUPS:
            order = _positions([*(variable.name for variable in getattr(self._original, group)), *self._added])
            getattr(model, group).sort(key=lambda variable, order=order: order[variable.name])
        order = _positions([*self._original.named_vars, *self._added])
        named = sorted(model.named_vars.items(), key=lambda item: order[item[0]])
        model.named_vars.clear()
        model.named_vars.update(named)
        for name, value in self._initial_values.items():
            symbolic = isinstance(value, Variable)
            model.set_initval(model[name], clone_replace(value, data) if symbolic else value)
        return model


def put_labels(model: Any, coords: Mapping[str, Any]) -> None:
    """Give dims other labels, as many as before; PyMC's own `set_dim` refuses dims of fixed length."""
    for dim, labels in coords.items():
        model._coords[dim] = None if labels is None else tuple(labels)


def refuse_single_precision(call: str, model: Any) -> None:
    """Refuse a model with variables in single precision: charts, and the samplers below them, compute in double.

    Raises
    ------
    InvalidArgumentError
        If it has one.
    """
    single = [rv.name for rv in model.free_RVs if rv.dtype in ("float16", "float32")]
    if single:
        raise InvalidArgumentError(
            f"{call}: {', '.join(map(repr, single))} has single precision, and charts compute in double; build the"
            " model under pytensor.config.floatX = 'float64', which is the default. Its data may have any precision."
        )


def _op(variable: Any) -> Any:
    return variable.owner.op if variable.owner else None


def _positions(names: Iterable[str]) -> dict[str, int]:
    return {name: position for position, name in enumerate(names)}


def _without_initial_values(model: Any) -> Any:
    """A shallow double without initial values; `copy.copy` would make a deep one."""
    double = object.__new__(type(model))
    double.__dict__.update(model.__dict__)
    double.rvs_to_initial_values = dict.fromkeys(model.rvs_to_initial_values)
    return double
