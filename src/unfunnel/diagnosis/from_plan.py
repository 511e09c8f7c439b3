"""Pairs of a fit that unfunnel sampled, without its model: where location and scale are single variables."""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.diagnosis.coordinates import Sampled
from unfunnel.diagnosis.from_model import labels_of
from unfunnel.diagnosis.pair import Floats, Pair, Part
from unfunnel.structure import Site

_PLAUSIBLE = (0.1, 10.0)
"""Mean square of the standardised effects, beyond which location and scale are not what they seem."""


def pairs_of_plan(posterior: Any, sampled: Sampled) -> tuple[tuple[Pair, ...], tuple[str, ...]]:
    """The pairs that can be had from draws alone, and the names of effects that need the model."""
    found = {site.name: _pair(posterior, sampled, site) for site in sampled.effects}
    return tuple(p for p in found.values() if p is not None), tuple(n for n, p in found.items() if p is None)


def _pair(posterior: Any, sampled: Sampled, site: Site) -> Pair | None:
    single = len(site.locations) <= 1 and len(site.scales) == 1 and site.real and not site.correlated
    names = (site.name, *site.locations, *site.scales)
    if not single or not all(name in posterior for name in names):
        return None
    value = posterior[site.name]
    scale = aligned(posterior[site.scales[0]], value)
    location = aligned(posterior[site.locations[0]], value) if site.locations else np.zeros((*value.shape[:2], 1))
    if location is None or scale is None or not (scale > 0).all():
        return None
    z = value.values.reshape(*value.shape[:2], -1)
    eta = location + scale * z if site.by_hand else z
    if not plausible(eta, location, scale):
        return None
    return Pair(
        effect=site.name,
        labels=labels_of(value, value.dims[2:]),
        eta=eta,
        location=location,
        scale=scale,
        coordinates=sampled.coordinates(site),
        locations=tuple(part_of(posterior, name, sampled.of_part(name)) for name in site.locations),
        scales=tuple(part_of(posterior, name, sampled.of_part(name)) for name in site.scales),
        weight=sampled.weight(site),
    )


def aligned(array: Any, like: Any) -> Floats | None:
    """Draws of a location or scale for the elements of an effect; dims (chain, draw, element or 1), or None."""
    if array.ndim == 2:
        return np.asarray(array.values, dtype=np.float64)[..., None]
    own = set(array.dims) - {"chain", "draw"}
    if not own <= set(like.dims):
        return None
    whole = array.broadcast_like(like).transpose(*like.dims)
    return np.asarray(whole.values, dtype=np.float64).reshape(*like.shape[:2], -1)


def part_of(posterior: Any, name: str, coordinates: str = "") -> Part:
    """A location or a scale, with its draws where it is a single number."""
    array = posterior[name]
    return Part(name, coordinates, np.asarray(array.values, dtype=np.float64) if array.ndim == 2 else None)


def plausible(eta: Floats, location: Floats, scale: Floats) -> bool:
    """Whether effects spread about their location as wide as their scale says: a scale that is another's does not."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        square = np.median(np.square((eta - location) / scale).mean(axis=-1))
    return bool(_PLAUSIBLE[0] < square < _PLAUSIBLE[1])
