"""The scales of a block's effects as its charts take them: standard deviations, or the packed rows of a factor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.graph.basic import Constant
from pytensor.tensor.elemwise import DimShuffle
from pytensor.tensor.subtensor import AdvancedIncSubtensor

from unfunnel.charts import MOST_WRITTEN_OUT
from unfunnel.structure import Anatomy, Site
from unfunnel.structure.graph import is_rearrangement


def scales_of(anatomy: Anatomy, sites: Sequence[Site]) -> Any:
    """Prior standard deviations of effects; dims (1 or group, effect).

    Of correlated effects the lower triangle of their factor, row by row; of a sequence the spread of the first step,
    that of all others, and the persistence, dims (1 or series, 3).

    Parameters
    ----------
    anatomy
        The model's graph.
    sites
        The effects of a block: one effect each, or one that holds them all.
    """
    if sites[0].sequential:
        _, reference = anatomy.reference(sites[0].name)
        return reference.reshape((1, 3) if reference.type.ndim == 1 else (-1, 3))
    packed = _whole(anatomy, sites[0])
    if packed is not None:
        return packed[None, :]
    found = [column for site in sites for column in _columns(anatomy, site)]
    if all(all(scale.type.broadcastable) for scale in found):
        return pt.stack([scale.squeeze() for scale in found])[None, :]
    shape = sites[0].shape_by_group[:-1] if sites[0].vectors else sites[0].shape_by_group
    of_groups: list[Any] = [pt.broadcast_to(scale, shape) for scale in found]
    return pt.stack([scale.ravel() for scale in of_groups], axis=1)


def _whole(anatomy: Anatomy, site: Site) -> Any:
    """The packed factor of many effects, where the graph has it: taken apart, it would be an operation an entry."""
    many = site.correlated and site.components > MOST_WRITTEN_OUT
    return _packed(_factor(anatomy, site)) if many else None


def _factor(anatomy: Anatomy, site: Site) -> Any:
    """The scale of an effect: of correlated ones a matrix."""
    _, reference = anatomy.reference(site.name)
    return reference.astype("float64")


def _columns(anatomy: Anatomy, site: Site) -> list[Any]:
    """What the scale of a variable is for each group, effect by effect."""
    scale = _factor(anatomy, site)
    if site.correlated:
        return [entry(scale, i, j) for i in range(site.components) for j in range(i + 1)]
    if not site.vectors:
        return [scale]
    single = scale.type.ndim == 0 or scale.type.broadcastable[-1]
    return [scale[..., 0 if single else j] if scale.type.ndim else scale for j in range(site.components)]


def entry(factor: Any, i: int, j: int) -> Any:
    """An entry of a triangular matrix; where the graph makes it from its packed rows, the one of these."""
    packed = _packed(factor)
    return factor[..., i, j] if packed is None else packed[i * (i + 1) // 2 + j]


def _packed(matrix: Any) -> Any:
    """The packed rows that a graph puts into a matrix of zeros, as `pymc.expand_packed_triangular` does; or None."""
    node = matrix.owner
    if node is None or matrix.type.ndim != 2:
        return None
    if is_rearrangement(node):
        return None if isinstance(node.op, DimShuffle) else _packed(node.inputs[0])
    if not isinstance(node.op, AdvancedIncSubtensor) or not node.op.set_instead_of_inc or len(node.inputs) != 4:
        return None
    _, packed, *index = node.inputs
    if packed.type.ndim != 1 or not all(isinstance(part, Constant) for part in index):
        return None
    triangle = np.tril_indices(int(index[0].data.max()) + 1)
    in_order = all(np.array_equal(part.data, given) for part, given in zip(index, triangle, strict=True))
    return packed if in_order else None
