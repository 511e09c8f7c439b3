"""Giving a model other coordinates; the only room that edits PyMC's graphs."""

from unfunnel.rewrite.reparameterize import charted, reparameterize

__all__ = ["charted", "reparameterize"]
