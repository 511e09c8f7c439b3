"""Independent draws as an xarray.DataTree, laid out as PyMC and ArviZ lay out theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError
from unfunnel.exact.arrays import whole
from unfunnel.pooling.groups import Posterior

if TYPE_CHECKING:
    import xarray as xr

_CALL = "Pooled.draws"
_MOST = 100_000_000


def draw_tree(
    posterior: Posterior,
    rows: NDArray[np.intp],
    labels: NDArray[Any],
    group: str,
    draws: int,
    chains: int,
    random_seed: Any,
) -> xr.DataTree:
    """Draw the population, then the effects; see :meth:`Pooled.draws`."""
    import xarray as xr

    shape = (whole(_CALL, "chains", chains), whole(_CALL, "draws", draws))
    size = shape[0] * shape[1]
    if size * rows.size > _MOST:
        raise InvalidArgumentError(
            f"{_CALL}: {size} draws of {rows.size} groups are more than {_MOST} numbers; name the groups you need."
        )
    rng = generator(_CALL, random_seed)
    population = posterior.draw(size, rng)
    effects = posterior.draw_effects(population, rows, rng)
    dim = group if group not in ("chain", "draw", "theta", *population) else f"{group}_group"
    variables: dict[str, Any] = {
        name: (("chain", "draw"), values.reshape(shape)) for name, values in population.items()
    }
    variables["theta"] = (("chain", "draw", dim), effects.T.reshape(*shape, rows.size))
    coords = {"chain": np.arange(shape[0]), "draw": np.arange(shape[1]), dim: labels[rows]}
    attrs = {"inference_library": "unfunnel", "sampling_method": "exact: independent draws by quadrature"}
    return xr.DataTree.from_dict({"posterior": xr.Dataset(variables, coords, attrs)})


def generator(call: str, random_seed: Any) -> np.random.Generator:
    """The random numbers of a seed."""
    is_whole = isinstance(random_seed, int | np.integer) and not isinstance(random_seed, bool)
    if random_seed is None or isinstance(random_seed, np.random.Generator) or (is_whole and random_seed >= 0):
        return np.random.default_rng(random_seed)
    raise InvalidArgumentError(
        f"{call}: random_seed must be an integer >= 0, a numpy Generator or None, got {random_seed!r}."
    )
