"""A plan as JSON and arrays, so that it survives files of every kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError, Reason
from unfunnel.parameterization import Centered, Evidence, Informed, Mixed, NonCentered, Parameterization, Partial
from unfunnel.planning.blocks import Block
from unfunnel.planning.choice import Choice
from unfunnel.planning.dims import GroupDims
from unfunnel.structure import Role, Site

Arrays = dict[str, tuple[tuple[str, ...], NDArray[Any]]]
"""Dims and values by name, as xarray takes them."""

Parts = tuple[tuple[Choice, ...], tuple[Block, ...], int]
"""What a plan is made of: its choices, its blocks, and how many elements a block may share."""

_FORMAT = 5
_EVIDENCE_DIMS = {
    "h": ("group", "effect"),
    "H": ("group", "effect", "effect_"),
    "C": ("group", "effect", "shared"),
    "D": ("shared", "shared_"),
    "h_B": ("shared",),
    "widths": ("group", "effect"),
}


def arrays_of(choices: tuple[Choice, ...], dims: GroupDims | None = None) -> Arrays:
    """The arrays of every effect's parameterization.

    Those of a fixed parameterization have the dims of their variable, those of evidence its groups, raveled, the
    effects and the shared parameters of its block.

    Parameters
    ----------
    choices
        Of a plan.
    dims
        How dims are named; by default as far as the plan knows those of the model.
    """
    names = GroupDims(choices) if dims is None else dims
    return {
        f"{choice.site.name}_{what}": (_dims(choice.site, what, array, names), array)
        for choice in choices
        if choice.parameterization is not None
        for what, array in _arrays(choice.parameterization).items()
    }


def skeleton_of(plan: Any) -> dict[str, Any]:
    """Everything of a plan but the arrays, as JSON has it."""
    return {
        "format": _FORMAT,
        "choices": [_choice(choice) for choice in plan.choices],
        "blocks": [asdict(block) for block in plan.blocks],
        "max_shared": plan.max_shared,
    }


def to_json(plan: Any) -> str:
    """A plan as JSON, arrays included."""
    arrays = {name: array.tolist() for name, (_, array) in arrays_of(plan.choices).items()}
    return json.dumps({**skeleton_of(plan), "arrays": arrays})


def from_json(text: str) -> Parts:
    """What a plan is made of, from its JSON; errors of any kind where it is not that."""
    stored = json.loads(text)
    return _parts(stored, {name: np.asarray(values) for name, values in stored["arrays"].items()})


def stored_plan(tree: Any) -> Parts:
    """The same from the group `parameterization` of a result.

    Raises
    ------
    InvalidArgumentError
        If there is no such group.
    """
    if not hasattr(tree, "children"):
        raise InvalidArgumentError(
            f"Plan.from_datatree: tree must be what unfunnel.sample returned, got {type(tree).__name__}."
        )
    if "parameterization" not in tree.children or "plan" not in tree["parameterization"].attrs:
        raise InvalidArgumentError(
            "Plan.from_datatree: the tree has no group 'parameterization' with a plan; was it returned by"
            f" unfunnel.sample? It has {', '.join(map(repr, tree.children))}."
        )
    group = tree["parameterization"]
    return _parts(json.loads(group.attrs["plan"]), {name: array.values for name, array in group.data_vars.items()})


def _parts(stored: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Parts:
    if stored["format"] != _FORMAT:
        raise InvalidArgumentError(
            f"Plan: it was stored in format {stored['format']!r}, and this version reads {_FORMAT}; sample again."
        )
    choices = tuple(_restore(entry, arrays) for entry in stored["choices"])
    blocks = tuple(
        Block(
            tuple(block["effects"]),
            tuple(block["shared"]),
            tuple(block["direct"]),
            block["noise"],
            tuple(block["parents"]),
        )
        for block in stored["blocks"]
    )
    return choices, blocks, stored["max_shared"]


def _arrays(value: Parameterization) -> dict[str, NDArray[Any]]:
    match value:
        case Informed(evidence=Evidence() as evidence):
            return {what: getattr(evidence, what) for what in _EVIDENCE_DIMS} | {"noise": np.asarray(evidence.noise)}
        case Mixed(centered=centered):
            return {"centered": centered}
        case Partial(centeredness=centeredness):
            return {"centeredness": np.asarray(centeredness)}
        case _:
            return {}


def _dims(site: Site, what: str, array: NDArray[Any], names: GroupDims) -> tuple[str, ...]:
    if what in _EVIDENCE_DIMS:
        return tuple(names.made(f"{site.name}_{dim}") for dim in _EVIDENCE_DIMS[what])
    # An axis that sums to zero has not the labels of its dim.
    dims = names.on_line(site)
    # Correlated effects have one centeredness for each group.
    return dims[len(dims) - array.ndim :] if site.components_first else dims[: array.ndim]


def _choice(choice: Choice) -> dict[str, Any]:
    site = asdict(choice.site)
    site["reason"] = choice.site.reason.name if choice.site.reason else None
    return {
        "site": site,
        "parameterization": choice.parameterization.name if choice.parameterization else None,
        "lead": choice.lead,
        "whitened": choice.whitened,
        "logarithmic": choice.logarithmic,
        "reason": choice.reason.name if choice.reason else None,
    }


def _restore(entry: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Choice:
    stored: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in entry["site"].items()
    }
    stored |= {"role": Role(stored["role"]), "reason": _reason(stored["reason"])}
    site = Site(**stored)
    value = _parameterization(entry["parameterization"], site.name, arrays)
    reason = _reason(entry["reason"])
    return Choice(site, value, entry["lead"], entry["whitened"], entry["logarithmic"], reason)


def _reason(name: str | None) -> Reason | None:
    return Reason[name] if name else None


def _parameterization(kind: str | None, name: str, arrays: Mapping[str, NDArray[Any]]) -> Parameterization | None:
    match kind:
        case Informed.name:
            if f"{name}_h" not in arrays:
                return Informed()
            parts: dict[str, Any] = {field.name: arrays[f"{name}_{field.name}"] for field in fields(Evidence)}
            # JSON keeps no shape of a matrix without rows.
            shared = parts["h_B"].size
            return Informed(Evidence(**{**parts, "D": parts["D"].reshape(shared, shared)}))
        case Mixed.name:
            return Mixed(arrays[f"{name}_centered"].astype(bool))
        case Partial.name:
            return Partial(arrays[f"{name}_centeredness"])
        case Centered.name:
            return Centered()
        case NonCentered.name:
            return NonCentered()
        case None:
            return None
        case _:
            raise InvalidArgumentError(
                f"Plan: {name!r} was stored with the parameterization {kind!r}, which this version does not know;"
                " sample again."
            )
