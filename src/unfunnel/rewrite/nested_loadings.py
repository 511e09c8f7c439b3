"""How the locations of nested levels depend on the level above and on shared parameters: numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pytensor.compile.maker import function

from unfunnel.parameterization import Evidence
from unfunnel.planning import Block, Plan
from unfunnel.rewrite.loadings import affine_parts, initial_point, spans_of, zeros_of
from unfunnel.structure import Anatomy, substituted
from unfunnel.structure.graph import INTERPRETED

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NestedLoadings:
    """Locations as ``offset + slope * parent + along · y``, elements of all levels in one line, leaves first.

    Parameters
    ----------
    sizes
        Numbers of elements of the levels.
    parents
        The parent of every element, numbered within its level; -1 in the last one. Dim (element,).
    slopes
        What the parent's value is multiplied by; dim (element,).
    along
        Loadings on the innovations y of the shared parameters; dims (element, shared).
    offset
        Constants of the locations; dim (element,). Right only where `upstream` is empty.
    innovations
        From innovations y to shared parameters; dims (shared, shared).
    upstream
        Names of the effects and shared parameters whose location depends on free variables outside of the block too.
    """

    sizes: tuple[int, ...]
    parents: NDArray[np.intp]
    slopes: Floats
    along: Floats
    offset: Floats
    innovations: Floats
    upstream: frozenset[str]

    def packed(self, evidence: Evidence) -> Floats:
        """Evidence as the charts take it, with these numbers; see `charts/nested.py`."""
        total, shared, leaves = len(self.parents), len(self.innovations), self.sizes[0]
        h, H, C = np.zeros(total), np.zeros(total), np.zeros((total, shared))
        h[:leaves], H[:leaves] = evidence.h[:, 0], evidence.H[:, 0, 0]
        C[:leaves] = evidence.C[:, 0] @ self.innovations
        D = self.innovations.T @ evidence.D @ self.innovations
        g = self.innovations.T @ evidence.h_B
        parts = (self.sizes, h, H, C, self.parents, self.slopes, self.along, D, g)
        return np.concatenate([np.ravel(part).astype(float) for part in parts])


def nested_loadings_of(anatomy: Anatomy, plan: Plan, block: Block) -> NestedLoadings:
    """The loadings of a block with nested levels, from the model's graph and its present data."""
    levels, spans = (block.lead, *block.parents), spans_of(plan, block)
    shared = sum(plan[name].site.size for name in block.shared)
    above = dict(pairwise(levels))
    known = {name: {*spans, *([above[name]] if name in above else [])} for name in (*levels, *block.shared)}
    outside = {name: set(plan[name].site.locations) - members for name, members in known.items()}
    # Every level is zero where it is not asked for: by hand, it would bring in what its own location is made of.
    others = initial_point(anatomy, plan) if any(outside.values()) else {}
    elsewhere = others | zeros_of(anatomy, plan, levels)
    own = [affine_parts(anatomy, plan, name, spans, shared, elsewhere)[1] for name in block.shared]
    innovations = np.linalg.inv(np.eye(shared) - np.concatenate([np.zeros((0, shared)), *own]))
    along = [affine_parts(anatomy, plan, name, spans, shared, elsewhere)[1] for name in levels]
    nesting = [_nesting(anatomy, plan, name, above.get(name), block, elsewhere) for name in levels]
    parents, slopes, offset = (np.concatenate(parts) for parts in zip(*nesting, strict=True))
    return NestedLoadings(
        sizes=tuple(plan[name].site.size for name in levels),
        parents=parents.astype(np.intp),
        slopes=slopes,
        along=np.concatenate(along) @ innovations,
        offset=offset,
        innovations=innovations,
        upstream=frozenset(name for name, found in outside.items() if found),
    )


def _nesting(
    anatomy: Anatomy, plan: Plan, name: str, above: str | None, block: Block, elsewhere: Mapping[Any, Any]
) -> tuple[Floats, Floats, Floats]:
    """Parent, slope and constant of every element of a level, others being `elsewhere`."""
    location, _ = anatomy.reference(name)
    inputs = [] if above is None else [anatomy.outputs(above)[0].type()]
    at = dict(zip(() if above is None else anatomy.outputs(above), inputs, strict=True))
    expression = substituted(location, {**elsewhere, **zeros_of(anatomy, plan, block.shared), **at})
    evaluate = function(inputs, expression, mode=INTERPRETED, on_unused_input="ignore")
    shape = plan[name].site.shape_by_group

    def locations(*values: Any) -> Floats:
        return np.broadcast_to(evaluate(*values), shape).ravel().astype(float)

    if above is None:
        constant = locations()
        return np.full(constant.size, -1.0), np.zeros(constant.size), constant
    of_parents = plan[above].site.shape
    number = np.arange(1.0, 1.0 + plan[above].site.size).reshape(of_parents)
    constant = locations(np.zeros(of_parents))
    slopes = locations(np.ones(of_parents)) - constant
    used = slopes != 0.0
    # Every element takes one of its parents at the most: that of which it takes so many times the number.
    found = (locations(number) - constant) / np.where(used, slopes, 1.0) - 1.0
    return np.where(used, np.round(found), 0.0), slopes, constant
