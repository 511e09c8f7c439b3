"""Putting the result together: draws, statistics under PyMC's names, and what was done and why."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.planning import Plan
from unfunnel.planning.stored import arrays_of, skeleton_of
from unfunnel.sampling.nutpie import Run
from unfunnel.sampling.pilot import Pilot
from unfunnel.sampling.reader import PilotReader

_DRAWS_FOR_WEIGHTS = 200


def assemble(
    model: Any, chosen: Plan, run: Run, pilot: Pilot | None, reader: PilotReader, var_names: Sequence[str] | None
) -> Any:
    """The DataTree that :func:`unfunnel.sample` returns."""
    import xarray as xr
    from pymc.backends.arviz import patch_nutpie_idata

    tree = run.tree
    patch_nutpie_idata(tree, model, sampling_time=run.seconds)
    groups = {
        "posterior": run.posterior if var_names is None else run.posterior[list(var_names)],
        "sample_stats": run.statistics.assign_attrs(tree["sample_stats"].attrs),
        "parameterization": _parameterization(chosen, run, pilot, reader),
        **{name: tree[name].to_dataset() for name in ("observed_data", "constant_data")},
    }
    return xr.DataTree.from_dict({f"/{name}": group for name, group in groups.items()}, name="unfunnel")


def _parameterization(chosen: Plan, run: Run, pilot: Pilot | None, reader: PilotReader) -> Any:
    import xarray as xr

    arrays = arrays_of(chosen.choices)
    for name in chosen.informed:
        arrays[name]["weight"] = _weight(reader, run, name, arrays[name]["H"])
    variables = {
        f"{name}_{what}": run.posterior[name].isel(chain=0, draw=0, drop=True).copy(data=_full(array, chosen, name))
        for name, found in arrays.items()
        for what, array in found.items()
    }
    return xr.Dataset(
        variables,
        attrs={
            "parameterization": ", ".join(sorted({value.name for value in chosen.effects.values()})) or "as written",
            "plan": skeleton_of(chosen.choices),
            "gradients_pilot": pilot.gradients if pilot else 0,
            "gradients_tune": run.gradients_tune,
            "gradients_draw": run.gradients_draw,
            "pilot_divergences": sum(pilot.divergences) if pilot else 0,
            "pilot_rounds": len(pilot.divergences) if pilot else 0,
            **{f"{package}_version": version(package) for package in ("unfunnel", "pymc", "nutpie")},
        },
    )


def _full(array: NDArray[Any], chosen: Plan, name: str) -> NDArray[Any]:
    """Evidence is raveled, and a centeredness may be one number for all elements."""
    shape = chosen[name].site.shape
    return np.broadcast_to(array if array.ndim == 0 else array.reshape(shape), shape)


def _weight(reader: PilotReader, run: Run, name: str, information: NDArray[Any]) -> NDArray[Any]:
    """w_k = E[H_k / (1/scale² + H_k)]: 0 where the prior dominates, 1 where the group's data do."""
    draws = reader.draws(run)
    step = max(1, len(draws[name]) // _DRAWS_FOR_WEIGHTS)
    _, _, scale = reader.reference({variable: values[::step] for variable, values in draws.items()}, name)
    known = np.square(scale) * information
    weight: NDArray[Any] = (known / (1.0 + known)).mean(axis=0)
    return weight
