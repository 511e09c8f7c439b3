"""Free variables that decide how strongly the data depend on another one: its coefficients are none of numbers."""

from __future__ import annotations

from typing import Any

from pytensor.scalar import Add, Mul, Neg, Sub, TrueDiv
from pytensor.tensor.basic import Join
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.math import Sum
from pytensor.tensor.shape import Reshape, SpecifyShape
from pytensor.tensor.subtensor import AdvancedSubtensor, Subtensor

from unfunnel.structure.affine import is_product
from unfunnel.structure.anatomy import Anatomy
from unfunnel.structure.graph import direct_parents, is_elementwise, is_rearrangement, names_of

_ONWARD = (Subtensor, AdvancedSubtensor, Reshape, SpecifyShape, Sum, Join)


def coefficient_parents(anatomy: Anatomy, name: str) -> tuple[str, ...]:
    """Names of the free variables on which the coefficients of an effect or shared parameter depend.

    Evidence takes coefficients for numbers. A latent Gaussian process is the usual case: its standard normal values
    are multiplied by a matrix that its length scale and amplitude make.

    Parameters
    ----------
    anatomy
        The model's graph.
    name
        Of a free variable.
    """
    found: set[Any] = set()
    pending = list(anatomy.outputs(name))
    seen = set(pending)
    while pending:
        variable = pending.pop()
        for node, _ in anatomy.clients.get(variable, ()):
            others = [other for other in node.inputs if other is not variable]
            if is_product(node.op) or is_elementwise(node, (Mul, TrueDiv)):
                found |= direct_parents(others, anatomy.free)
            elif not _goes_on(node):
                continue
            onward = [output for output in node.outputs if output not in seen]
            seen.update(onward)
            pending.extend(onward)
    return names_of(found - {anatomy.model[name]})


def _goes_on(node: Any) -> bool:
    """Whether what comes out is linear in what goes in."""
    if isinstance(node.op, Elemwise):
        return is_rearrangement(node) or is_elementwise(node, (Add, Sub, Neg))
    return is_rearrangement(node) or isinstance(node.op, _ONWARD)
