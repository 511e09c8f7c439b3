"""The products with positive factors that a standardised variable goes into, whatever their number and order.

``tau * z``, ``z * tau * lam``, ``2.0 * z * tau``, ``z / sqrt(precision)``: all of them are a scale times z.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import pytensor.tensor as pt
from pytensor.scalar import Mul, TrueDiv
from pytensor.tensor.subtensor import AdvancedSubtensor, Subtensor

from unfunnel.structure.graph import Clients, direct_parents, is_elementwise, is_rearrangement, plain
from unfunnel.structure.positive import is_positive


@dataclass(frozen=True)
class Product:
    """A standardised variable, times something.

    Parameters
    ----------
    output
        The variable of the graph.
    factors
        What z is multiplied by.
    indexed
        Whether its elements were picked by an index before.
    """

    output: Any
    factors: tuple[Any, ...] = ()
    indexed: bool = False

    def times(self, factor: Any) -> Product:
        """The same with one factor more."""
        return replace(self, factors=(*self.factors, factor))

    @property
    def scale(self) -> Any:
        """The factors as one; a number without dims where all of them are."""
        bare = [plain(factor) for factor in self.factors]
        factors = bare if all(factor.type.ndim == 0 for factor in bare) else self.factors
        return factors[0] if len(factors) == 1 else pt.mul(*factors)


def products_of(z: Any, model: Any, clients: Clients, free: Collection[Any]) -> list[Product]:
    """All products of a variable with an expression of free variables; empty if it is used in any other way too.

    Parameters
    ----------
    z
        A variable of the model's graph.
    model, clients, free
        The model, who uses what in its graph, and its free variables.
    """
    found: list[Product] = []
    pending = [Product(z)]
    while pending:
        before = pending.pop()
        for node, position in clients.get(before.output, ()):
            after = replace(before, output=node.outputs[0])
            if is_rearrangement(node):
                pending.append(after)
            elif isinstance(node.op, AdvancedSubtensor | Subtensor) and position == 0:
                pending.append(replace(after, indexed=True))
            elif (factor := factor_of(node, position)) is None or not is_positive(factor, model, free):
                return []
            elif direct_parents([factor], free):
                found.append(_with_later_factors(after.times(factor), model, clients, free))
            else:
                pending.append(after.times(factor))
    return found


def factor_of(node: Any, position: int) -> Any:
    """What one input of an application is multiplied by, or None where it is no product."""
    rest = [factor for at, factor in enumerate(node.inputs) if at != position]
    if is_elementwise(node, Mul):
        return rest[0] if len(rest) == 1 else node.op(*rest)
    if is_elementwise(node, TrueDiv) and position == 0:
        return 1.0 / rest[0]
    return None


def only_use(variable: Any, clients: Clients) -> tuple[Any, int] | None:
    """The one application that uses a variable, but for names that nothing else uses."""
    uses = [use for use in clients.get(variable, ()) if clients.get(use[0].outputs[0]) or not is_name(use[0])]
    return uses[0] if len(uses) == 1 else None


def is_name(node: Any) -> bool:
    """Whether an application only gives its input another name, as a Deterministic does."""
    return is_rearrangement(node) and node.outputs[0].name is not None


def fits(part: Any, effect: Any) -> bool:
    """Whether a location or a factor broadcasts to an effect, and not the effect to it."""
    pairs = zip(part.type.broadcastable, effect.type.broadcastable, strict=True)
    return all(single or not effect_single for single, effect_single in pairs)


def _with_later_factors(product: Product, model: Any, clients: Clients, free: Collection[Any]) -> Product:
    """With the factors by which the product itself is multiplied, as long as it is used in no other way."""
    variable = product.output
    while (use := only_use(variable, clients)) is not None:
        node, position = use
        factor = factor_of(node, position)
        if factor is not None and _scales(factor, product, model, free):
            product = replace(product, output=node.outputs[0]).times(factor)
        elif not (is_rearrangement(node) and node.outputs[0].type.ndim == variable.type.ndim):
            break
        variable = node.outputs[0]
    return product


def _scales(factor: Any, product: Product, model: Any, free: Collection[Any]) -> bool:
    """Whether a factor is part of a product's scale, and neither a number nor another dim of the model."""
    if not direct_parents([factor], free) or not is_positive(factor, model, free):
        return False
    if product.indexed:
        return bool(plain(factor).type.ndim == 0)
    return bool(factor.type.ndim == product.output.type.ndim and fits(factor, product.output))
