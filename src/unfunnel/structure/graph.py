"""Questions about the graph of a model that reading its structure needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pytensor.graph.traversal import walk
from pytensor.tensor.elemwise import DimShuffle


def direct_parents(expressions: Iterable[Any], rvs: set[Any]) -> set[Any]:
    """The random variables that expressions depend on, not looking behind any of them."""
    found: set[Any] = set()

    def expand(variable: Any) -> list[Any] | None:
        if variable in rvs:
            found.add(variable)
            return None
        return None if variable.owner is None else list(variable.owner.inputs)

    list(walk(list(expressions), expand))
    return found


def users(variable: Any, model: Any) -> set[Any]:
    """The random variables and potentials of a model that depend on a random variable directly."""
    rvs = set(model.basic_RVs)
    return {
        user
        for user in (*model.basic_RVs, *model.potentials)
        if user is not variable and variable in direct_parents(user.owner.inputs if user in rvs else [user], rvs)
    }


def without_broadcasting(expression: Any) -> Any:
    """The variable behind a chain of added, dropped or reordered axes."""
    while expression.owner is not None and isinstance(expression.owner.op, DimShuffle):
        expression = expression.owner.inputs[0]
    return expression
