"""Reading a model: the role of every free variable, and the expressions that its charts are made of."""

from unfunnel.structure.anatomy import Anatomy
from unfunnel.structure.coefficients import coefficient_parents
from unfunnel.structure.graph import substituted
from unfunnel.structure.noise import single_noise
from unfunnel.structure.read import read, shapes_of
from unfunnel.structure.site import MOST_COMPONENTS, Role, Site

__all__ = [
    "MOST_COMPONENTS",
    "Anatomy",
    "Role",
    "Site",
    "coefficient_parents",
    "read",
    "shapes_of",
    "single_noise",
    "substituted",
]
