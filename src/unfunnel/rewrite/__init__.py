"""Giving a model other coordinates; the only room that edits PyMC's graphs."""

from unfunnel.rewrite.charted import Charted, chart
from unfunnel.rewrite.reparameterize import reparameterize

__all__ = ["Charted", "chart", "reparameterize"]
