"""Products and turns of arrays of effects, group by group."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def take_out(x: Floats, basis: Floats) -> Floats:
    """Take the shared parameters out of x, in place; the slopes on them, dims (axis, group, effect)."""
    flat = x.reshape(len(x), -1)
    slopes = basis.T @ flat
    if slopes.size:
        flat -= basis @ slopes
    return slopes.reshape(len(slopes), *x.shape[1:])


def turn(x: Floats, axes: Floats) -> Floats:
    """From effects to directions; x has dims (..., group, effect)."""
    turned = x[..., :1] * axes[:, 0]
    for effect in range(1, x.shape[-1]):
        turned += x[..., effect : effect + 1] * axes[:, effect]
    return turned


def products(x: Floats, y: Floats) -> Floats:
    """Sums over draws of every effect's x with every effect's y; dims (group, effect, effect)."""
    groups, effects = x.shape[1:]
    pairs = np.empty((groups, effects, effects))
    for first, second in np.ndindex(effects, effects):
        np.einsum("nk,nk->k", x[..., first], y[..., second], out=pairs[:, first, second])
    return pairs


def both(left: Floats, matrices: Floats, right: Floats) -> Floats:
    """``left' matrices right`` of every group; dims (group, effect, direction) and (group, effect, effect)."""
    product: Floats = np.swapaxes(left, 1, 2) @ matrices @ right
    return product
