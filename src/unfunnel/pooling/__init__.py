"""Partial pooling of the groups of a table, without MCMC: start with `unfunnel.pool`."""

from unfunnel.pooling.pooled import Pooled

__all__ = ["Pooled"]
