"""What a diagnosis can say of an effect, a location, a scale or a chain."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """One of six; the value is what a reader sees."""

    FUNNEL = "funnel"
    """Sampled too centered for what its data say: it is squeezed together where its scale is small."""
    INVERTED_FUNNEL = "inverted funnel"
    """Sampled too noncentered for what its data say: location and scale can only move in lockstep with it."""
    LOCATION_FUNNEL = "mu-tau funnel"
    """The location of effects is squeezed together where their scale is small, whatever the effects' coordinates."""
    HEAVY_TAIL = "heavy tail of a scale"
    """The posterior of a scale has a tail so heavy that the sampler seldom comes back from it."""
    STUCK_CHAIN = "stuck chain"
    """A chain that hardly moved."""
    FINE = "fine"
    """Nothing to do."""
