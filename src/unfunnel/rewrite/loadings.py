"""How the locations of a block depend on its shared parameters: numbers, because they are affine in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.compile.maker import function

from unfunnel.planning import Block, Plan
from unfunnel.structure import Anatomy, substituted

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Loadings:
    """Locations as ``constant + loadings · B``, with B the shared parameters of a block.

    Parameters
    ----------
    effects
        A, of the effects; dims (group, effect, shared).
    offset
        Constants of the effects' locations; dims (group, effect). Right only where `upstream` is empty.
    innovations
        From innovations y to shared parameters, ``B = innovations · y``; dims (shared, shared). The identity unless one
        shared parameter is the location of another.
    upstream
        Names of the effects and shared parameters whose location depends on free variables outside of the block too.
    """

    effects: Floats
    offset: Floats
    innovations: Floats
    upstream: frozenset[str]


def loadings_of(anatomy: Anatomy, plan: Plan, block: Block) -> Loadings:
    """The loadings of a block, from the model's graph and its present data."""
    spans = spans_of(plan, block)
    shared = sum(plan[name].site.size for name in block.shared)
    rows = {name: _affine(anatomy, plan, name, spans, shared) for name in (*block.effects, *block.shared)}
    effects = np.stack([rows[name][1] for name in block.effects], axis=1)
    own = np.concatenate([np.zeros((0, shared)), *(rows[name][1] for name in block.shared)])
    return Loadings(
        effects=effects,
        offset=np.stack([rows[name][0] for name in block.effects], axis=1),
        innovations=np.linalg.inv(np.eye(shared) - own),
        upstream=frozenset(name for name in rows if set(plan[name].site.locations) - set(block.shared)),
    )


def spans_of(plan: Plan, block: Block) -> dict[str, slice]:
    """Where each shared variable's elements are among all of a block."""
    spans: dict[str, slice] = {}
    end = 0
    for name in block.shared:
        begin, end = end, end + plan[name].site.size
        spans[name] = slice(begin, end)
    return spans


def without_members(anatomy: Anatomy, plan: Plan, location: Any, block: Block) -> Any:
    """A location where every shared parameter of the block is zero."""
    zeros = {output: _zeros(output, plan, name) for name in block.shared for output in anatomy.outputs(name)}
    return substituted(location, zeros, anatomy.free)


def _zeros(variable: Any, plan: Plan, name: str) -> Any:
    """Not `zeros_like`, which would draw a random variable to ask for its shape."""
    return pt.constant(np.zeros(plan[name].site.shape, dtype=variable.dtype))


def _affine(anatomy: Anatomy, plan: Plan, name: str, spans: dict[str, slice], shared: int) -> tuple[Floats, Floats]:
    """Constant (element,) and loadings (element, shared) of one variable's location."""
    site = plan[name].site
    location, _ = anatomy.reference(name)
    members = [member for member in site.locations if member in spans]
    inputs = [anatomy.outputs(member)[0].type() for member in members]
    at = dict(zip((anatomy.outputs(member)[0] for member in members), inputs, strict=True))
    others = {rv: _zeros(rv, plan, rv.name) for rv in anatomy.free}
    expression = substituted(location, others | at)
    evaluate = function(inputs, expression, mode="FAST_COMPILE", on_unused_input="ignore")

    def locations(values: dict[str, Floats]) -> Floats:
        arrays = [values.get(member, np.zeros(plan[member].site.size)) for member in members]
        shaped = [array.reshape(plan[member].site.shape) for member, array in zip(members, arrays, strict=True)]
        return np.broadcast_to(evaluate(*shaped), site.line_shape).ravel().astype(float)

    constant = locations({})
    loadings = np.zeros((site.size, shared))
    for member in members:
        for column, unit in enumerate(np.eye(plan[member].site.size)):
            loadings[:, spans[member].start + column] = locations({member: unit}) - constant
    return constant, loadings
