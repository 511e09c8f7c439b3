"""Whether two models differ in nothing but the values of their data, so that one compilation serves both."""

from __future__ import annotations

from types import CodeType, FunctionType
from typing import Any

import numpy as np
from pymc.pytensorf import constant_fold
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant, Variable, equal_computations
from pytensor.graph.traversal import graph_inputs
from pytensor.tensor.random.type import RandomType

_GROUPS = ("free_RVs", "observed_RVs", "deterministics", "potentials", "data_vars")


def same_structure(one: Any, other: Any) -> bool:
    """Whether compiled code of one PyMC model serves another, with the other's data and labels of dims.

    Where it cannot be told (transforms or initial values that do not compare, numbers in shared variables that are not
    the model's data), the answer is no: the price of it is a compilation, and that of a wrong yes would be a wrong
    posterior.

    Parameters
    ----------
    one, other
        PyMC models; they are only read.
    """
    if any(_names(one, group) != _names(other, group) for group in _GROUPS):
        return False
    if one.check_bounds != other.check_bounds:
        return False
    if {n: tuple(d) for n, d in one.named_vars_to_dims.items()} != {
        n: tuple(d) for n, d in other.named_vars_to_dims.items()
    }:
        return False
    pairs = list(zip(one.basic_RVs, other.basic_RVs, strict=True))
    if not all(_equal(one.rvs_to_transforms.get(a), other.rvs_to_transforms.get(b)) for a, b in pairs):
        return False
    if not all(_equal(one.rvs_to_initial_values.get(a), other.rvs_to_initial_values.get(b)) for a, b in pairs):
        return False
    ours, theirs = _outputs(one), _outputs(other)
    our_leaves, their_leaves = _leaves(ours), _leaves(theirs)
    if _numbers_of_others(one, our_leaves) or _numbers_of_others(other, their_leaves):
        return False
    if [(leaf.type, leaf.name) for leaf in our_leaves] != [(leaf.type, leaf.name) for leaf in their_leaves]:
        return False
    return bool(equal_computations(ours, theirs, our_leaves, their_leaves))


def _names(model: Any, group: str) -> list[str]:
    return [variable.name for variable in getattr(model, group)]


def _outputs(model: Any) -> list[Any]:
    observed = [model.rvs_to_values[rv] for rv in model.observed_RVs]
    lengths = [length for _, length in sorted(model.dim_lengths.items())]
    return [*model.basic_RVs, *model.deterministics, *model.potentials, *observed, *lengths]


def _leaves(outputs: list[Any]) -> list[Any]:
    """What a graph begins with, in the order in which it is found: the same for graphs of one form."""
    return list(dict.fromkeys(leaf for leaf in graph_inputs(outputs) if not isinstance(leaf, Constant)))


def _numbers_of_others(model: Any, leaves: list[Any]) -> bool:
    """Whether a graph depends on numbers that its model does not know of, and that change without it."""
    known = {*model.data_vars, *model.dim_lengths.values()}
    return any(
        isinstance(leaf, SharedVariable) and leaf not in known and not isinstance(leaf.type, RandomType)
        for leaf in leaves
    )


def bytes_of(model: Any) -> int:
    """Memory that a model's data and constants take."""
    leaves = list(graph_inputs(_outputs(model)))
    arrays = [leaf.data for leaf in leaves if isinstance(leaf, Constant)]
    shared: list[Any] = [leaf for leaf in leaves if isinstance(leaf, SharedVariable)]
    arrays += [leaf.get_value(borrow=True) for leaf in shared]
    return sum(array.nbytes for array in arrays if isinstance(array, np.ndarray))


def _same_constant(one: Any, other: Any) -> bool:
    """Whether two graphs come to one value; not their form, which compiling one of them may simplify in place."""
    if any(not isinstance(leaf, Constant) for leaf in graph_inputs([one, other])):
        return False
    ours, theirs = constant_fold([one, other], raise_not_constant=False)
    # What cannot be folded (random numbers, say) stays a graph, and is equal to itself alone.
    return not isinstance(ours, Variable) and not isinstance(theirs, Variable) and bool(np.array_equal(ours, theirs))


def _equal(one: Any, other: Any) -> bool:
    """Whether two values are known to be the same; of functions, by their code and what they close over."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, Variable):
        return _same_constant(one, other)
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    if isinstance(one, FunctionType):
        cells = ([cell.cell_contents for cell in f.__closure__ or ()] for f in (one, other))
        return _equal(one.__code__, other.__code__) and _equal(one.__defaults__, other.__defaults__) and _equal(*cells)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_equal(value, other[key]) for key, value in one.items())
    if isinstance(one, int | float | str | bytes | bool | CodeType | frozenset):
        return bool(one == other)
    return hasattr(one, "__dict__") and _equal(vars(one), vars(other))
