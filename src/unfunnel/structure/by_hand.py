"""Recognising effects that their author wrote non-centered: ``z ~ Normal(0, 1)`` and ``u = location + scale * z``.

Such a z is the standardised effect itself. It is found by walking from z to what uses it, through names, casts,
broadcasting and indexing, up to products with a positive expression of other free variables; and on to a sum with a
location, where everything that uses the product uses that sum.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from pytensor.graph.basic import equal_computations
from pytensor.scalar import Add

from unfunnel.structure.graph import Clients, is_elementwise, is_rearrangement, plain
from unfunnel.structure.products import fits, only_use, products_of


@dataclass(frozen=True)
class ByHand:
    """An effect written as location + scale · z, as expressions of the model's graph.

    Parameters
    ----------
    scale
        What z is multiplied by: numbers, or a lower triangular matrix.
    location
        What is added to the product wherever it is used, or None.
    outputs
        The variables that stand for the effect: the sum with its location, or else the products.
    correlated
        Whether the scale is a matrix, so that a group's effects are correlated.
    components_first
        Whether z then has a row for each effect of a group, and a column for each group.
    sequential
        Whether z are the innovations of a random walk. The scale is then the spread of the first step, that of all
        others, and 1; with what belongs to the prior of z itself.
    """

    scale: Any
    location: Any
    outputs: tuple[Any, ...]
    correlated: bool = False
    components_first: bool = False
    sequential: bool = False


def written_by_hand(z: Any, model: Any, clients: Clients, free: Collection[Any]) -> ByHand | None:
    """What a standardised variable is multiplied by and added to, or None where it is used in any other way.

    Parameters
    ----------
    z
        A free variable on the real line whose prior's location is 0 and whose scale is a number.
    model, clients, free
        The model, who uses what in its graph, and its free variables.
    """
    products = products_of(z, model, clients, free)
    if not products:
        return None
    scale = products[0].scale
    if any(not equal_computations([plain(other.scale)], [plain(scale)]) for other in products[1:]):
        return None
    outputs = tuple(product.output for product in products)
    if any(product.indexed for product in products):
        # After indexing, only one and the same scale for all elements is a scale of z itself.
        return ByHand(plain(scale), None, outputs) if plain(scale).type.ndim == 0 else None
    alone = len(products) == 1 and outputs[0].type.ndim == z.type.ndim
    found = sum_with_location(outputs[0], clients) if alone else None
    return ByHand(scale, None, outputs) if found is None else ByHand(scale, *found)


def sum_with_location(product: Any, clients: Clients) -> tuple[Any, tuple[Any, ...]] | None:
    """The location that is added to a product, and the sum; None where the product is used without it."""
    variable = product
    while (use := only_use(variable, clients)) is not None:
        node, position = use
        if is_rearrangement(node) and node.outputs[0].type.ndim == variable.type.ndim:
            variable = node.outputs[0]
        elif is_elementwise(node, Add) and node.outputs[0].type.ndim == product.type.ndim:
            rest = [part for at, part in enumerate(node.inputs) if at != position]
            location = rest[0] if len(rest) == 1 else node.op(*rest)
            return (location, (node.outputs[0],)) if fits(location, product) else None
        else:
            return None
    return None
