"""What the draws of a model look like: the names, dims and coordinates of its variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLE_DIMS = ("chain", "draw")


@dataclass(frozen=True)
class Frame:
    """Names, dims and coordinates of a model's variables, as they come back with the draws.

    Parameters
    ----------
    names
        Variables of the posterior, in the model's order.
    dims
        By variable, where the author gave them.
    coords
        By dim.
    free
        The free variables among them.
    """

    names: tuple[str, ...]
    dims: dict[str, list[str]]
    coords: dict[str, Any]
    free: tuple[str, ...]

    @classmethod
    def of(cls, model: Any) -> Frame:
        """The frame of a model."""
        from pymc.backends.arviz import coords_and_dims_for_inferencedata

        coords, dims = coords_and_dims_for_inferencedata(model)
        names, free = (tuple(rv.name for rv in rvs) for rvs in (model.unobserved_RVs, model.free_RVs))
        return cls(names, {name: dims[name] for name in names if name in dims}, coords, free)

    def dataset(self, arrays: Mapping[str, NDArray[Any]], chains: list[int] | None = None) -> Any:
        """A dataset of draws, from arrays with dims (chain, draw, *dims of the variable).

        Parameters
        ----------
        arrays
            By variable.
        chains
            Labels of the chains, if some were left out.
        """
        return self._dataset(arrays, SAMPLE_DIMS, {} if chains is None else {"chain": chains})

    def dims_of(self, name: str, count: int) -> list[str]:
        """Dims of a variable, numbered where they have no name."""
        given = self.dims.get(name, [None] * count)
        return [dim or f"{name}_dim_{position}" for position, dim in enumerate(given)]

    def labels(self, dim: str, size: int) -> Any:
        """Labels of a dim; numbers where the author gave none."""
        return self.coords.get(dim, np.arange(size))

    def _dataset(self, arrays: Mapping[str, Any], sample_dims: tuple[str, ...], coords: dict[str, Any]) -> Any:
        import xarray as xr

        variables, found = {}, dict(coords)
        for name, array in arrays.items():
            own = self.dims_of(name, array.ndim - len(sample_dims))
            variables[name] = ((*sample_dims, *own), array)
            for dim, size in zip((*sample_dims, *own), array.shape, strict=True):
                found.setdefault(dim, self.labels(dim, size))
        return xr.Dataset(variables, coords=found)
