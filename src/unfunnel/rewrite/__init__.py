"""Giving a model other coordinates; the only room that edits PyMC's graphs."""

from unfunnel.rewrite.charted import Charted, chart
from unfunnel.rewrite.elimination import Elimination
from unfunnel.rewrite.reparameterize import reparameterize

__all__ = ["Charted", "Elimination", "chart", "reparameterize"]
