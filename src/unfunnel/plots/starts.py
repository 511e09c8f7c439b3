"""Where divergent trajectories started, if the sampler stored it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def starts_of(stats: Any, effect: Any, scale: Any) -> tuple[Floats, Floats] | None:
    """Values of an effect and of the logarithm of its scale at the starts of divergent steps.

    nutpie stores them with ``store_divergences=True``, in the model's own unconstrained coordinates. Only those whose
    coordinate is the effect itself and the logarithm of the scale can be drawn beside draws.

    Parameters
    ----------
    stats
        The group `sample_stats`.
    effect, scale
        The arrays of the posterior; dims (chain, draw, ...).

    Returns
    -------
    tuple or None
        Dims (start, element) and (start, element of the scale); None where there is nothing to draw.
    """
    if "divergence_start" not in stats:
        return None
    array = stats["divergence_start"]
    dim = array.dims[-1]
    names = [str(name) for name in array[dim].values]
    places = [_places(names, str(effect.name), effect), _places(names, f"{scale.name}_log__", scale)]
    if any(place is None for place in places):
        return None
    values = array.transpose("chain", "draw", dim).values.reshape(-1, len(names)).astype(float)
    values = values[np.isfinite(values).all(axis=1)]
    return (values[:, places[0]], values[:, places[1]]) if len(values) else None


def _places(names: list[str], name: str, array: Any) -> list[int] | None:
    """Where a variable's elements are among the coordinates; None where they are not all there."""
    size = int(np.prod(array.shape[2:], dtype=int))
    wanted = [f"{name}_{position}" for position in range(size)] if array.ndim > 2 else [name]
    return [names.index(one) for one in wanted] if set(wanted) <= set(names) else None
