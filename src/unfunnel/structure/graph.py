"""Questions about the graph of a model that reading its structure needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pytensor.compile.maker import function
from pytensor.compile.mode import Mode
from pytensor.compile.ops import ViewOp
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant, clone_get_equiv
from pytensor.graph.rewriting.basic import MergeOptimizer, SequentialGraphRewriter, dfs_rewriter
from pytensor.graph.traversal import ancestors, walk
from pytensor.scalar import Cast, Identity
from pytensor.tensor.elemwise import DimShuffle, Elemwise
from pytensor.tensor.rewriting.basic import constant_folding

Replacements = Mapping[Any, Any]

Clients = Mapping[Any, tuple[tuple[Any, int], ...]]
"""The applications that use a variable, each with the position among its inputs."""


INTERPRETED = Mode(linker="py", optimizer=None)  # type: ignore[arg-type]
"""A graph as it is, each operation by its own Python: for what is evaluated a few times, even to rewrite it is dear."""

_MERGING: Any = SequentialGraphRewriter(MergeOptimizer(), dfs_rewriter(constant_folding), MergeOptimizer())  # type: ignore[no-untyped-call]
MERGED = Mode(linker="py", optimizer=_MERGING)
"""The same of what is in a graph several times, as what the variables of a block ride on: each is computed once."""


def numbers_of(expression: Any) -> NDArray[Any]:
    """The numbers that an expression of constants and data is at present; nothing is compiled for it."""
    if isinstance(expression, Constant):
        return np.asarray(expression.data)
    if isinstance(expression, SharedVariable):
        return np.asarray(expression.get_value(borrow=True))  # type: ignore[no-untyped-call]
    return np.asarray(function([], expression, mode=INTERPRETED)())


def direct_parents(expressions: Iterable[Any], stops: Collection[Any]) -> set[Any]:
    """The stops that expressions depend on, not looking behind any of them."""
    found: set[Any] = set()

    def expand(variable: Any) -> list[Any] | None:
        if variable in stops:
            found.add(variable)
            return None
        return None if variable.owner is None else list(variable.owner.inputs)

    list(walk(list(expressions), expand))
    return found


def names_of(variables: Iterable[Any]) -> tuple[str, ...]:
    """Names of variables, in the order of the alphabet."""
    return tuple(sorted(variable.name for variable in variables))


def terms_of(model: Any) -> dict[str, list[Any]]:
    """What the likelihood is made of: the inputs of every observed variable, and every potential, by name."""
    observed = {rv.name: list(rv.owner.inputs) for rv in model.observed_RVs}
    return observed | {potential.name: [potential] for potential in model.potentials}


def clients_of(model: Any) -> Clients:
    """Who uses what in a model's graph."""
    users: dict[Any, list[tuple[Any, int]]] = {}
    nodes = {v.owner for v in ancestors([*model.basic_RVs, *model.potentials, *model.deterministics]) if v.owner}
    for node in nodes:
        for position, variable in enumerate(node.inputs):
            users.setdefault(variable, []).append((node, position))
    return {variable: tuple(found) for variable, found in users.items()}


def is_rearrangement(node: Any) -> bool:
    """Whether an application only names, casts or broadcasts its input: what comes out is the same numbers."""
    if isinstance(node.op, DimShuffle | ViewOp):
        return True
    return is_elementwise(node, (Cast, Identity))


def is_elementwise(node: Any, operation: type[Any] | tuple[type[Any], ...]) -> bool:
    """Whether an application is one of these scalar operations, element by element."""
    return isinstance(node.op, Elemwise) and isinstance(node.op.scalar_op, operation)


def plain(expression: Any) -> Any:
    """The variable behind a chain of names, casts, and added, dropped or reordered axes."""
    while expression.owner is not None and is_rearrangement(expression.owner):
        expression = expression.owner.inputs[0]
    return expression


def is_number(expression: Any) -> bool:
    """Whether a part of an index is one number that never changes."""
    if isinstance(expression, slice) or getattr(expression.type, "ndim", 0) != 0:
        return False
    return never_changes(expression)


def never_changes(expression: Any) -> bool:
    """Whether an expression is made of nothing but constants: no variable, and no data that can be set."""
    return all(leaf.owner is not None or isinstance(leaf, Constant) for leaf in ancestors([expression]))


def substituted(expression: Any, replacements: Replacements, free: Iterable[Any] = ()) -> Any:
    """An expression in which variables are replaced by others.

    Not `clone_replace`: that clones the random variables behind the replacements, and those it does not replace, and
    two variables of a model would then have one name.

    Parameters
    ----------
    expression
        Of any graph.
    replacements
        What replaces what.
    free
        Variables behind which nothing is replaced, and which are kept as they are.
    """
    memo = {variable: variable for variable in free} | dict(replacements)
    equivalents = clone_get_equiv(list(memo), [expression], copy_inputs=False, copy_orphans=False, memo=memo)
    return equivalents[expression]
