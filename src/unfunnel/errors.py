"""What unfunnel raises, and why a variable may be left in its author's own coordinates."""

from __future__ import annotations

from enum import Enum


class UnfunnelError(Exception):
    """Base of every error that unfunnel raises on purpose; its text is one clear sentence."""


class InvalidArgumentError(UnfunnelError, ValueError):
    """An argument has a value that the call cannot use."""


class UnknownVariableError(UnfunnelError, LookupError):
    """A name is not a free variable of the model."""


class InvalidTableError(UnfunnelError, ValueError):
    """A table lacks a column, or holds something that is not what its column is for."""


class SamplingError(UnfunnelError, RuntimeError):
    """The sampler could not begin or go on."""


class MissingPackageError(UnfunnelError, ImportError):
    """Something optional is not installed; the error says how to install it."""


class OutputError(UnfunnelError, OSError):
    """Results cannot be written where they were asked for."""


class Reason(Enum):
    """Why a variable stays in the coordinates its author gave it, with what to do about it."""

    OBSERVED = "It is observed, so the sampler does not explore it. Name the variable that its mean depends on instead."
    NOT_GROUP_LEVEL = (
        "It is neither group-level, nor the scale of an effect or of observations, nor does it share data with effects."
        " Nothing to do: the sampler's metric adapts to its width."
    )
    SCALE = "It is a scale, which is charted together with its effects. Name the effect instead."
    DISCRETE = (
        "It is discrete, and charts are for continuous variables. Marginalize it, or let PyMC choose a step method."
    )
    NO_REFERENCE = (
        "Its family has no location and scale on the unconstrained line that unfunnel knows. It is sampled as its"
        " author wrote it."
    )
    USER_TRANSFORM = (
        "Its author gave it a transform of their own, which is respected. Remove `transform=` or"
        " `default_transform=` from it to let unfunnel choose its coordinates."
    )
    NO_SCALE_CHART = (
        "It is a scale, or a scale is made of it, but its prior has no whitening chart; it keeps its author's"
        " coordinates."
    )
    MANY_COMPONENTS = (
        "Its prior correlates more than 8 effects of a group, which are not eliminated together. It is sampled as its"
        " author wrote it, unless a fixed parameterization is asked for, such as plan(model, {name: 'noncentered'})."
    )
    NOT_SHARED = (
        "It shares data with effects, but is not eliminated with them: more elements than the plan allows"
        " (plan(model, max_shared=...)), or a scale depends on it, or none of its effects is informed. The sampler's"
        " metric adapts to its width."
    )

    @property
    def advice(self) -> str:
        """One paragraph on why, and on what to do."""
        return str(self.value)
