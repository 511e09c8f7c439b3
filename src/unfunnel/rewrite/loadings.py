"""How the locations of a block depend on its shared parameters: numbers, because they are affine in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.initial_point import make_initial_point_expression
from pytensor.compile.maker import function

from unfunnel.planning import Block, Plan
from unfunnel.structure import Anatomy, substituted
from unfunnel.structure.graph import INTERPRETED

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Loadings:
    """Locations as ``constant + loadings · B``, with B the shared parameters of a block.

    Parameters
    ----------
    effects
        A, of the effects; dims (group, effect, shared).
    offset
        Constants of the effects' locations; dims (group, effect). Right only where `upstream` is empty: beside other
        variables a location has no constant, and only differences of it are numbers.
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
    shared, extent = sum(plan[name].site.size for name in block.shared), plan.extent(block)
    outside = {name: set(plan[name].site.locations) - set(spans) for name in (*block.effects, *block.shared)}
    mixed = any(found and set(plan[name].site.locations) & set(spans) for name, found in outside.items())
    elsewhere = initial_point(anatomy, plan) if mixed else {}
    rows = {name: affine_parts(anatomy, plan, name, spans, shared, elsewhere) for name in outside}
    effects = np.stack([rows[name][1] for name in block.effects], axis=1)
    own = np.concatenate([np.zeros((0, shared)), *(rows[name][1] for name in block.shared)])
    return Loadings(
        effects=effects.reshape(*extent, shared),
        offset=np.stack([rows[name][0] for name in block.effects], axis=1).reshape(extent),
        innovations=np.linalg.inv(np.eye(shared) - own),
        upstream=frozenset(name for name, found in outside.items() if found),
    )


def spans_of(plan: Plan, block: Block) -> dict[str, slice]:
    """Where each shared variable's elements are among all of a block."""
    spans: dict[str, slice] = {}
    end = 0
    for name in block.shared:
        begin, end = end, end + plan[name].site.size
        spans[name] = slice(begin, end)
    return spans


def without_members(anatomy: Anatomy, plan: Plan, location: Any, names: Iterable[str]) -> Any:
    """A location where the named effects and shared parameters are zero."""
    zeros = zeros_of(anatomy, plan, names)
    return substituted(location, zeros, anatomy.free)


def zeros_of(anatomy: Anatomy, plan: Plan, names: Iterable[str]) -> dict[Any, Any]:
    """Zeros for effects and shared parameters; not `zeros_like`, which would draw a variable to ask for its shape."""
    return {
        output: pt.constant(np.zeros(plan[name].site.shape, dtype=output.dtype))
        for name in names
        for output in anatomy.outputs(name)
    }


def initial_point(anatomy: Anatomy, plan: Plan) -> dict[Any, Any]:
    """The free variables as numbers for which the model is defined: at zero, a logarithm or a quotient may not be."""
    model = anatomy.model
    found = make_initial_point_expression(
        free_rvs=model.free_RVs,
        rvs_to_transforms=model.rvs_to_transforms,
        initval_strategies=model.rvs_to_initial_values,
    )
    values = function([], found, mode=INTERPRETED)()
    shaped = (np.broadcast_to(v, plan[rv.name].site.shape) for rv, v in zip(model.free_RVs, values, strict=True))
    return {rv: pt.constant(v.astype(rv.dtype)) for rv, v in zip(model.free_RVs, shaped, strict=True)}


def affine_parts(
    anatomy: Anatomy, plan: Plan, name: str, spans: dict[str, slice], shared: int, elsewhere: Mapping[Any, Any]
) -> tuple[Floats, Floats]:
    """Constant (element,) and loadings (element, shared) of one variable's location, others being `elsewhere`."""
    site = plan[name].site
    location, _ = anatomy.reference(name)
    members = [member for member in site.locations if member in spans]
    if site.locations and not members:
        return np.zeros(site.size), np.zeros((site.size, shared))
    inputs = [anatomy.outputs(member)[0].type() for member in members]
    at = dict(zip((anatomy.outputs(member)[0] for member in members), inputs, strict=True))
    expression = substituted(location, dict(elsewhere) | at)
    evaluate = function(inputs, expression, mode=INTERPRETED, on_unused_input="ignore")

    def locations(values: dict[str, Floats]) -> Floats:
        arrays = [values.get(member, np.zeros(plan[member].site.size)) for member in members]
        shaped = [array.reshape(plan[member].site.shape) for member, array in zip(members, arrays, strict=True)]
        return np.broadcast_to(evaluate(*shaped), site.shape_by_group).ravel().astype(float)

    constant = locations({})
    loadings = np.zeros((site.size, shared))
    for member in members:
        for column, unit in enumerate(np.eye(plan[member].site.size)):
            loadings[:, spans[member].start + column] = locations({member: unit}) - constant
    return constant, loadings
