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
from pytensor.scalar import Add, Mul
from pytensor.tensor.subtensor import AdvancedSubtensor, Subtensor

from unfunnel.structure.graph import Clients, direct_parents, is_elementwise, is_rearrangement, plain
from unfunnel.structure.positive import is_positive


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
    """

    scale: Any
    location: Any
    outputs: tuple[Any, ...]
    correlated: bool = False
    components_first: bool = False


@dataclass(frozen=True)
class _Product:
    """One product that z goes into."""

    node: Any
    position: int
    indexed: bool

    @property
    def scale(self) -> Any:
        rest = [factor for position, factor in enumerate(self.node.inputs) if position != self.position]
        return rest[0] if len(rest) == 1 else self.node.op(*rest)


def written_by_hand(z: Any, model: Any, clients: Clients, free: Collection[Any]) -> ByHand | None:
    """What a standardised variable is multiplied by and added to, or None where it is used in any other way.

    Parameters
    ----------
    z
        A free variable on the real line whose prior's location is 0 and whose scale is a number.
    model, clients, free
        The model, who uses what in its graph, and its free variables.
    """
    products = _products(z, clients, free)
    if not products or not is_positive(products[0].scale, model, free):
        return None
    scale = products[0].scale
    if any(not equal_computations([plain(other.scale)], [plain(scale)]) for other in products[1:]):
        return None
    if any(product.indexed for product in products):
        # After indexing, only one and the same scale for all elements is a scale of z itself.
        return ByHand(plain(scale), None, _outputs(products)) if plain(scale).type.ndim == 0 else None
    alone = len(products) == 1 and products[0].node.outputs[0].type.ndim == z.type.ndim
    found = sum_with_location(products[0].node.outputs[0], clients) if alone else None
    return ByHand(scale, None, _outputs(products)) if found is None else ByHand(scale, *found)


def _outputs(products: list[_Product]) -> tuple[Any, ...]:
    return tuple(product.node.outputs[0] for product in products)


def _products(z: Any, clients: Clients, free: Collection[Any]) -> list[_Product]:
    """All products that z goes into; empty if it is used in any other way too."""
    found: list[_Product] = []
    pending = [(z, False)]
    while pending:
        variable, indexed = pending.pop()
        for node, position in clients.get(variable, ()):
            if is_rearrangement(node):
                pending.append((node.outputs[0], indexed))
            elif isinstance(node.op, AdvancedSubtensor | Subtensor) and position == 0:
                pending.append((node.outputs[0], True))
            elif is_elementwise(node, Mul) and direct_parents([i for i in node.inputs if i is not variable], free):
                found.append(_Product(node, position, indexed))
            else:
                return []
    return found


def sum_with_location(product: Any, clients: Clients) -> tuple[Any, tuple[Any, ...]] | None:
    """The location that is added to a product, and the sum; None where the product is used without it."""
    variable = product
    while True:
        users = clients.get(variable, ())
        # A name alone (a Deterministic of the product) does not make another use of it.
        onward = [(node, position) for node, position in users if clients.get(node.outputs[0]) or not _names(node)]
        if len(onward) != 1:
            return None
        node, position = onward[0]
        if is_rearrangement(node) and node.outputs[0].type.ndim == variable.type.ndim:
            variable = node.outputs[0]
        elif is_elementwise(node, Add) and node.outputs[0].type.ndim == product.type.ndim:
            rest = [part for at, part in enumerate(node.inputs) if at != position]
            location = rest[0] if len(rest) == 1 else node.op(*rest)
            return (location, (node.outputs[0],)) if _fits(location, product) else None
        else:
            return None


def _names(node: Any) -> bool:
    return is_rearrangement(node) and node.outputs[0].name is not None


def _fits(location: Any, product: Any) -> bool:
    """Whether a location broadcasts to the effect, and not the effect to it."""
    pairs = zip(location.type.broadcastable, product.type.broadcastable, strict=True)
    return all(single or not effect_single for single, effect_single in pairs)
