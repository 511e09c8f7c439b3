"""Putting the result together: draws, statistics under PyMC's names, and what was done and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from unfunnel.parameterization import Evidence, Informed
from unfunnel.planning import Plan
from unfunnel.sampling.nutpie import Run
from unfunnel.sampling.pilot import Pilot
from unfunnel.sampling.reader import PilotReader

_DRAWS_FOR_WEIGHTS = 200


def assemble(
    model: Any,
    chosen: Plan,
    run: Run,
    pilot: Pilot | None,
    reader: PilotReader,
    evidence: Mapping[str, Evidence],
    var_names: Sequence[str] | None,
) -> Any:
    """The DataTree that :func:`unfunnel.sample` returns."""
    import xarray as xr
    from pymc.backends.arviz import patch_nutpie_idata

    tree = run.tree
    patch_nutpie_idata(tree, model, sampling_time=float(tree["posterior"].attrs.get("sampling_time", np.nan)))
    groups = {
        "posterior": run.posterior if var_names is None else run.posterior[list(var_names)],
        "sample_stats": run.statistics.assign_attrs(tree["sample_stats"].attrs),
        "parameterization": _parameterization(chosen, run, pilot, reader, evidence),
        **{name: tree[name].to_dataset() for name in ("observed_data", "constant_data")},
    }
    return xr.DataTree.from_dict({f"/{name}": group for name, group in groups.items()}, name="unfunnel")


def _parameterization(
    chosen: Plan, run: Run, pilot: Pilot | None, reader: PilotReader, evidence: Mapping[str, Evidence]
) -> Any:
    import xarray as xr

    posterior = run.posterior
    variables: dict[str, Any] = {}
    for name, value in chosen.effects.items():
        dims = posterior[name].dims[2:]
        shape = chosen[name].site.shape
        if isinstance(value, Informed):
            arrays = {
                "weight": _weight(reader, run, name, evidence[name]),
                "h": evidence[name].h[:, 0],
                "H": evidence[name].H[:, 0, 0],
            }
        else:
            arrays = {"centeredness": value.broadcast(shape, name)}
        variables |= {f"{name}_{what}": (dims, np.reshape(array, shape)) for what, array in arrays.items()}
    if pilot is not None:
        variables |= {f"{name}_logarithmic": ((), flag) for name, flag in pilot.logarithmic.items()}
    coords = {dim: posterior.coords[dim] for dim in posterior.coords if dim not in ("chain", "draw")}
    used = {dim for dims, _ in variables.values() for dim in dims}
    return xr.Dataset(
        variables,
        coords={dim: values for dim, values in coords.items() if dim in used},
        attrs={
            "parameterization": ", ".join(sorted({value.name for value in chosen.effects.values()})) or "as written",
            "gradients_pilot": pilot.gradients if pilot else 0,
            "gradients_tune": run.gradients_tune,
            "gradients_draw": run.gradients_draw,
            "pilot_divergences": list(pilot.divergences) if pilot else [],
            "versions": ", ".join(f"{package} {version(package)}" for package in ("unfunnel", "pymc", "nutpie")),
        },
    )


def _weight(reader: PilotReader, run: Run, name: str, evidence: Evidence) -> Any:
    """w_k = E[H_k / (1/scale² + H_k)]: 0 where the prior dominates, 1 where the group's data do."""
    draws = reader.draws(run)
    size = len(draws[name])
    few = {variable: values[:: max(1, size // _DRAWS_FOR_WEIGHTS)] for variable, values in draws.items()}
    _, _, scale = reader.reference(few, name)
    known = np.square(scale) * evidence.H[:, 0, 0]
    return (known / (1.0 + known)).mean(axis=0)
