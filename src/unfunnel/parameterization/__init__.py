"""The parameterizations of a group-level variable, as plain immutable values.

An effect ``u_k`` has a location and a scale on the unconstrained line (for a LogNormal that is the line of
``log u_k``). A parameterization names the coordinate in which the sampler explores it; the model, and so the
posterior, never changes.
"""

from unfunnel.parameterization.fixed import Centered, Mixed, NonCentered, Parameterization, Partial
from unfunnel.parameterization.informed import Evidence, Informed

__all__ = ["Centered", "Evidence", "Informed", "Mixed", "NonCentered", "Parameterization", "Partial"]
