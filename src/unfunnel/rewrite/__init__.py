"""Giving a model other coordinates; the only room that edits PyMC's graphs."""

from unfunnel.rewrite.charted import Charted, chart, loadings_by_block, same_loadings
from unfunnel.rewrite.reparameterize import reparameterize

__all__ = ["Charted", "chart", "loadings_by_block", "reparameterize", "same_loadings"]
