"""The line of code that mends a finding, in the language that the fit was made with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unfunnel.diagnosis.view import View

SAMPLE = "dt = uf.sample(model)"

_LISTED = 12
"""Elements whose coordinates are written out."""


def fitting(view: View, library: str) -> str:
    """Other coordinates for an effect: those that the weights of its data ask for."""
    centered = np.nan_to_num(view.weight) > 0.5
    effect, location, scale = view.pair.effect, view.pair.location_name or "0", view.pair.scale_name
    if library == "stan":
        return _in_stan(effect, location, scale, centered)
    if library == "numpyro":
        value = 1.0 if centered.all() else 0.0 if not centered.any() else None
        return f'reparam(model, config={{"{effect}": LocScaleReparam({value})}})'
    if centered.all() or not centered.any():
        return f'{SAMPLE}, or uf.reparameterize(model, {{"{effect}": {_single(centered)}}})'
    if len(centered) <= _LISTED:
        return f'{SAMPLE}, or uf.reparameterize(model, {{"{effect}": uf.Mixed(centered={_listed(centered)})}})'
    return SAMPLE


def eliminating(library: str) -> str:
    """The location eliminated with its effects; only unfunnel does it."""
    return f"write the model in PyMC and {SAMPLE}" if library in ("stan", "numpyro") else SAMPLE


def _single(centered: Sequence[bool] | np.ndarray) -> str:
    return "uf.Centered()" if np.all(centered) else "uf.NonCentered()"


def _listed(centered: np.ndarray) -> str:
    return f"[{', '.join(str(bool(value)) for value in centered)}]"


def _in_stan(effect: str, location: str, scale: str, centered: np.ndarray) -> str:
    if centered.all():
        return f"{effect} ~ normal({location}, {scale});"
    raw = f"{effect} = {location} + {scale} * {effect}_raw; {effect}_raw ~ normal(0, 1);"
    return raw if not centered.any() else f"{raw} for the groups whose weight is below 0.5"
