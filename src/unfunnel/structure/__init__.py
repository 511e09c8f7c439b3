"""Reading a model: the role of every free variable."""

from unfunnel.structure.read import read
from unfunnel.structure.site import Role, Site

__all__ = ["Role", "Site", "read"]
