"""Putting the result together: draws, statistics under PyMC's names, and what was done and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.evidence import sequence_weight
from unfunnel.formula import Conventions
from unfunnel.planning import Block, Plan
from unfunnel.planning.dims import GroupDims
from unfunnel.planning.stored import arrays_of, skeleton_of
from unfunnel.rewrite.coordinates import fitting_evidence
from unfunnel.rewrite.loadings import spans_of
from unfunnel.sampling.arguments import Arguments
from unfunnel.sampling.frame import Frame
from unfunnel.sampling.pilot import Pilot
from unfunnel.sampling.reader import PilotReader
from unfunnel.sampling.run import Run

_DRAWS_FOR_WEIGHTS = 200


def tree_of(run: Run, given: Arguments, beside: Mapping[str, Any], conventions: Conventions | None) -> Any:
    """The DataTree that :func:`unfunnel.sample` returns, from a run in memory.

    Parameters
    ----------
    run
        The final run.
    given
        With the names of variables to return.
    beside
        The groups `parameterization`, `observed_data` and `constant_data`.
    conventions
        How the draws are wanted, where the model was not written in PyMC.
    """
    groups = {
        "posterior": run.posterior[_shown(run, given)].assign_attrs(posterior_attrs(run, given)),
        "sample_stats": run.statistics.assign_attrs(run.attrs),
        **beside,
    }
    return in_a_tree(groups, conventions)


def in_a_tree(groups: Mapping[str, Any], conventions: Conventions | None) -> Any:
    """Datasets by group as one tree, by the conventions of the model's author."""
    import xarray as xr

    wanted = groups if conventions is None else conventions.applied(groups)
    return xr.DataTree.from_dict({f"/{name}": group for name, group in wanted.items()}, name="unfunnel")


def posterior_attrs(run: Run, given: Arguments) -> dict[str, Any]:
    """What is known of the run as a whole; `sampling_time` as in PyMC, in seconds."""
    known = {name: value for name, value in run.attrs.items() if name.startswith("inference_library")}
    steps = {} if given.tune is None else {"tuning_steps": given.tune}
    return {**known, **steps, "sampling_time": run.seconds, "complete": run.complete}


def data_of(model: Any) -> dict[str, Any]:
    """The groups `observed_data` and `constant_data` of a model."""
    import pymc as pm
    from arviz_base import dict_to_dataset
    from pymc.backends.arviz import coords_and_dims_for_inferencedata, find_constants, find_observations

    coords, dims = coords_and_dims_for_inferencedata(model)
    found = {"observed_data": find_observations(model), "constant_data": find_constants(model)}
    return {
        name: dict_to_dataset(data, inference_library=pm, coords=coords, dims=dims, sample_dims=[])
        for name, data in found.items()
    }


def parameterization_of(frame: Frame, chosen: Plan, run: Run | None, pilot: Pilot | None, reader: PilotReader) -> Any:
    """The group `parameterization`; before the run, without what only its draws tell."""
    import xarray as xr

    weights = {} if run is None else _weights(chosen, reader, run)
    spent = {} if run is None else {"gradients_tune": run.gradients_tune, "gradients_draw": run.gradients_draw}
    dims = GroupDims(chosen.choices, frame.coords)
    weighted = {f"{name}_weight": (dims.of_variable(chosen[name].site), array) for name, array in weights.items()}
    arrays = xr.Dataset({**arrays_of(chosen.choices, dims), **weighted})
    labels = {dim: frame.coords[own] for own, dim in dims.own.items() if dim in arrays.dims and own in frame.coords}
    numbered = {str(dim) for name in weighted for dim in arrays[name].dims} - set(labels)
    labels |= {dim: np.arange(arrays.sizes[dim]) for dim in numbered}
    return arrays.assign_coords(labels).assign_attrs(
        {
            "parameterization": ", ".join(sorted({value.name for value in chosen.effects.values()})) or "as written",
            "plan": json.dumps(skeleton_of(chosen)),
            "gradients_pilot": pilot.gradients if pilot else 0,
            **spent,
            **_of_pilot(pilot),
            **{f"{package}_version": version(package) for package in ("unfunnel", "pymc", "nutpie")},
        }
    )


def _of_pilot(pilot: Pilot | None) -> dict[str, Any]:
    """How every round of the pilot went, and whether its evidence was dropped again."""
    rounds = pilot.rounds if pilot else ()
    return {
        "pilot_rounds": len(rounds),
        "pilot_divergences": sum(health.divergences for health in rounds),
        "pilot_stuck_chains": sum(health.stuck for health in rounds),
        "pilot_steps": [round(health.steps, 2) for health in rounds],
        "pilot_fell_back": int(pilot.fell_back) if pilot else 0,
    }


def _shown(run: Run, given: Arguments) -> list[str]:
    names = list(run.posterior.data_vars)
    return names if given.var_names is None else [name for name in names if name in given.var_names]


def _weights(chosen: Plan, reader: PilotReader, run: Run) -> dict[str, NDArray[Any]]:
    """The weight E[H / (1/scale² + H)] of informed effects: 0 where the prior dominates, 1 where the data do.

    Of correlated effects it is the share of an effect's prior variance that the data on all effects of its group take
    away, which is the same where there is only one; of a step of a sequence that of the data on all steps.
    """
    samples = run.posterior.sizes["chain"] * run.posterior.sizes["draw"]
    # Thinned before they are read: the draws of a large model may be in a folder.
    thinned = run.posterior.isel(draw=slice(None, None, max(1, samples // _DRAWS_FOR_WEIGHTS)))
    draws = reader.draws(replace(run, posterior=thinned))
    correlated = {
        block.lead: _correlated_weight(reader.effect_scale(draws, block.lead), fitting_evidence(chosen, block).H)
        for block in chosen.blocks
        if chosen[block.lead].site.correlated
    }
    sequences = {
        block.lead: _sequence_weight(reader, draws, chosen, block)
        for block in chosen.blocks
        if chosen[block.lead].site.sequential
    }
    turned = {name: weight.T if chosen[name].site.components_first else weight for name, weight in correlated.items()}
    nested = {
        name: weight
        for block in chosen.blocks
        if block.parents
        for name, weight in reader.level_weights(draws, block).items()
        if name in block.parents
    }
    by_name = turned | sequences | nested
    return {name: weight.reshape(chosen[name].site.shape) for name, weight in by_name.items()} | {
        name: _weight(reader.effect_scale(draws, name), information.reshape(chosen[name].site.shape))
        for block in chosen.blocks
        for name, information in _informations(chosen, block).items()
        # An effect that sums to zero has evidence on contrasts of its elements, and no weight for each.
        if chosen[name].site.zero_sum_axes == 0 and not (chosen[name].site.correlated or chosen[name].site.sequential)
    }


def _sequence_weight(reader: PilotReader, draws: Mapping[str, NDArray[Any]], chosen: Plan, block: Block) -> Any:
    scale = reader.effect_scale(draws, block.lead)
    H = fitting_evidence(chosen, block).H.reshape(-1, chosen[block.lead].site.shape[-1])
    return sequence_weight(scale.reshape(len(scale), -1, 3), H)


def _informations(chosen: Plan, block: Block) -> dict[str, NDArray[Any]]:
    """What the data say of each element by itself: of a block's effects, and of effects among its shared parameters."""
    evidence = fitting_evidence(chosen, block)
    lead = chosen[block.lead].site
    found = {name: evidence.H[:, j, j] for j, name in enumerate(block.effects)}
    if lead.vectors:
        found = {block.lead: np.diagonal(evidence.H, axis1=1, axis2=2)}
    diagonal = np.diagonal(evidence.D)
    return found | {name: diagonal[span] for name, span in spans_of(chosen, block).items() if name in chosen.informed}


def _correlated_weight(factors: NDArray[Any], H: NDArray[Any]) -> NDArray[Any]:
    """``E[1 - diag(V) / diag(L L')]`` with ``V = (L'⁻¹ L⁻¹ + H)⁻¹``; dims (group, effect)."""
    total, identity = np.zeros(H.shape[:2]), np.eye(H.shape[1])
    for L in factors:
        whole = np.broadcast_to(L.reshape(-1, *identity.shape), H.shape)
        turned = np.swapaxes(whole, 1, 2)
        left = whole * np.swapaxes(np.linalg.solve(identity + turned @ H @ whole, turned), 1, 2)
        total += 1.0 - left.sum(axis=-1) / np.square(whole).sum(axis=-1)
    weight: NDArray[Any] = total / len(factors)
    return weight


def _weight(scale: NDArray[Any], information: NDArray[Any]) -> NDArray[Any]:
    known = np.square(scale) * information
    weight: NDArray[Any] = (known / (1.0 + known)).mean(axis=0)
    return weight
