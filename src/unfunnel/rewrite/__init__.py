"""Giving a model other coordinates; the only room that touches PyMC's graph internals."""

from unfunnel.rewrite.reparameterize import charted, reparameterize

__all__ = ["charted", "reparameterize"]
