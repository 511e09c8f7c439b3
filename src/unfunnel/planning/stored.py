"""A plan as JSON and arrays, so that it survives netCDF and zarr beside the draws."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError, Reason
from unfunnel.parameterization import Centered, Evidence, Informed, Mixed, NonCentered, Parameterization, Partial
from unfunnel.planning.choice import Choice
from unfunnel.structure import Role, Site

Arrays = dict[str, NDArray[Any]]


def arrays_of(choices: tuple[Choice, ...]) -> dict[str, Arrays]:
    """The arrays of every effect's parameterization, raveled, by effect and by what they are."""
    return {c.site.name: _arrays(c.parameterization) for c in choices if c.parameterization is not None}


def skeleton_of(choices: tuple[Choice, ...]) -> str:
    """Everything but the arrays, as JSON."""
    return json.dumps([_choice(choice) for choice in choices])


def stored_choices(tree: Any) -> tuple[Choice, ...]:
    """The inverse of both, from the group `parameterization` of a result."""
    if "parameterization" not in tree.children or "plan" not in tree["parameterization"].attrs:
        raise InvalidArgumentError(
            "Plan.from_datatree: the tree has no group 'parameterization' with a plan; was it returned by"
            f" unfunnel.sample? It has {', '.join(map(repr, tree.children))}."
        )
    group = tree["parameterization"]
    stored = json.loads(group.attrs["plan"])
    return tuple(_restore(entry, group) for entry in stored)


def _arrays(value: Parameterization) -> Arrays:
    match value:
        case Informed(evidence=Evidence() as evidence):
            return {"h": evidence.h[:, 0], "H": evidence.H[:, 0, 0]}
        case Mixed(centered=centered):
            return {"centered": centered}
        case Partial(centeredness=centeredness):
            return {"centeredness": np.asarray(centeredness)}
        case _:
            return {}


def _choice(choice: Choice) -> dict[str, Any]:
    site = asdict(choice.site)
    site["reason"] = choice.site.reason.name if choice.site.reason else None
    name = choice.parameterization.name if choice.parameterization else None
    return {
        "site": site,
        "parameterization": name,
        "effect": choice.effect,
        "whitened": choice.whitened,
        "logarithmic": choice.logarithmic,
    }


def _restore(entry: dict[str, Any], group: Any) -> Choice:
    stored = entry["site"]
    site = Site(
        **{
            **stored,
            "dims": tuple(stored["dims"]),
            "shape": tuple(stored["shape"]),
            "scales": tuple(stored["scales"]),
            "role": Role(stored["role"]),
            "reason": Reason[stored["reason"]] if stored["reason"] else None,
        }
    )
    value = _parameterization(entry["parameterization"], site.name, group)
    return Choice(site, value, entry["effect"], entry["whitened"], entry["logarithmic"])


def _parameterization(kind: str | None, name: str, group: Any) -> Parameterization | None:
    match kind:
        case Informed.name:
            h, information = (group[f"{name}_{what}"].values.ravel() for what in ("h", "H"))
            return Informed(Evidence.diagonal(h, information))
        case Mixed.name:
            return Mixed(group[f"{name}_centered"].values.astype(bool))
        case Partial.name:
            return Partial(group[f"{name}_centeredness"].values)
        case Centered.name:
            return Centered()
        case NonCentered.name:
            return NonCentered()
        case _:
            return None
